import type { Session } from '../database.js'
import type { Blocker } from '../events.js'
import { treeOf } from './table-tree.js'

/** The table locks that our transactions ask for, with the locks of others that stand in their way. */
const CONFLICTS = {
  'access exclusive': null,
  'access share': ['AccessExclusiveLock'],
  'share update exclusive': ['ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'],
  'share row exclusive': ['RowExclusiveLock', 'ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock']
} as const

export type TableLock = keyof typeof CONFLICTS

/** SQL that holds for a row `l` of pg_locks that can keep another lock out: what a serialisable transaction has read stays there after its end. */
export const IN_THE_WAY = "l.granted and l.mode <> 'SIReadLock'"

const HOLDERS = `
select l.pid, l.virtualtransaction as id, $1::text as "table", a.application_name as application, left(a.query, 200) as query, min(l.mode) as lock,
       (extract(epoch from clock_timestamp() - min(a.xact_start)) * 1000)::float8 as "ageMs"
from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid
where l.locktype = 'relation' and l.relation in ${treeOf('$1')}
  and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
  and l.pid is distinct from pg_backend_pid() and ${IN_THE_WAY}
  and ($2::text[] is null or l.mode = any ($2))
group by l.pid, l.virtualtransaction, a.application_name, a.query
order by "ageMs" desc nulls last`

/** A blocker, and what it takes to find it again. */
export interface Holder extends Blocker {
  /** of its virtual transaction: visible to every role, and tells one transaction of a session from the next */
  readonly id: string
  /** quoted, with its schema */
  readonly table: string
}

/**
 * Who holds a lock on a table that conflicts with the one that we want, oldest first.
 *
 * @param table quoted, with its schema
 */
export async function findBlockers (session: Session, table: string, lock: TableLock): Promise<Holder[]> {
  return await session.query<Holder & Record<string, unknown>>(HOLDERS, [table, CONFLICTS[lock]])
}

/** What is told of who stands in the way. */
export function blockerOf ({ id: _, table: __, ...blocker }: Holder): Blocker {
  return blocker
}

/** One line on a blocker, for messages: `pid 4711 (psql), open for 61 s: select …` */
export function describeBlocker ({ pid, application, ageMs, query, lock }: Blocker): string {
  const who = pid === null ? 'a prepared transaction' : `pid ${pid}${application ? ` (${application})` : ''}`
  const age = ageMs === null ? '' : `, open for ${(ageMs / 1000).toFixed(1)} s`
  return `${who}${age}, ${lock}${query ? `: ${query.replace(/\s+/g, ' ').trim()}` : ''}`
}

/** As {@link describeBlocker}, with the reason for which it was not ended where others would be. */
export function describeHolder (holder: Holder, spared: ReadonlyMap<string, string>): string {
  const why = spared.get(holder.id)
  return `${describeBlocker(holder)}${why === undefined ? '' : ` (not ended: ${why})`}`
}
