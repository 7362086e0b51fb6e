import { ownership } from '../constrain/index-owner.js'
import { findLeft, type Left } from '../constrain/take-back.js'
import type { Session } from '../database.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { quote } from '../names.js'
import type { TransitionState } from '../state/transitions.js'
import { isHalfWayBack } from '../steps/back-to-backfill.js'
import type { LeftOver } from './left-over.js'

/** A build that a session is still at is not left over; nor is what somebody else has made under that name. */
const INDEXES = `
select c.relname as name from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid
where i.indrelid = to_regclass($1) and not i.indisvalid
  and not exists (select 1 from pg_catalog.pg_stat_progress_create_index p where p.index_relid = c.oid)
  and ${ownership('$2', 'c')} is not null
order by 1`

/** What killed runs have left on the table of a transition that nobody moves now: constraints on their way, and indexes that are not valid, or unique. */
export async function findLeftInTransition (session: Session, state: TransitionState): Promise<LeftOver[]> {
  const table = qualifiedTable(state)
  const refusing = await findRefusing(session, state)
  const invalid = (await session.query<{ name: string }>(INDEXES, [table, state.name])).map(({ name }) => name)
  return [
    ...refusing.constraints.map((statement): LeftOver => ({ kind: 'constraint', name: statement.replace(/^.*?(?=drop|alter column)/, ''), table, statement })),
    ...[...new Set([...refusing.indexes, ...invalid])].map((name): LeftOver => ({ kind: 'index', name, table, statement: `drop index concurrently if exists ${quote(state.tableSchema)}.${quote(name)}` }))
  ]
}

/** Before `read-new` nothing is to stand in the way of a write, but half way back, where instances still go by it. */
async function findRefusing (session: Session, state: TransitionState): Promise<Pick<Left, 'constraints' | 'indexes'>> {
  const isBefore = state.phase === 'dual-write' || state.phase === 'backfill'
  return isBefore && !await isHalfWayBack(session, state) ? await findLeft(session, state, 'all') : { constraints: [], indexes: [] }
}
