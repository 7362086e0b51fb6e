import type { Session } from '../database.js'
import type { Blocker } from '../events.js'
import { pause } from './pause.js'

/** With what the hash of a key is seeded, so that nobody else means the same lock; `vint` in ASCII. */
const SEED = 0x76696e74
const POLL_MS = 500

/** Of long statements that say the same key, in whatever process, one runs at a time. */
export interface Turn {
  /** e.g. the name of a transition */
  readonly key: string
  /** looks, while nobody else has the turn, whether the statement is still to be run; may throw */
  readonly wanted: (session: Session) => Promise<boolean>
}

/** A session that has a turn. */
export interface TurnHolder extends Blocker {
  readonly pid: number
  /** its statement is building an index right now */
  readonly building: boolean
}

const TAKE = 'select pg_try_advisory_lock(hashtextextended($1, $2)) as taken'
const END = 'select pg_advisory_unlock(hashtextextended($1, $2))'

const HOLDS = `l.locktype = 'advisory' and l.objsubid = 1 and l.granted and l.pid <> pg_backend_pid()
  and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
  and (l.classid::bigint << 32) | l.objid::bigint = hashtextextended($1, $2)`

const HOLDER = `
select a.pid, a.application_name as application, left(a.query, 200) as query, l.mode as lock,
       (extract(epoch from clock_timestamp() - a.query_start) * 1000)::float8 as "ageMs",
       coalesce(a.state = 'active' and a.query ilike 'create %', false)
         or exists (select 1 from pg_catalog.pg_stat_progress_create_index p where p.pid = a.pid) as building
from pg_catalog.pg_locks l join pg_catalog.pg_stat_activity a on a.pid = l.pid where ${HOLDS}`

const END_HOLDER = `select pg_terminate_backend(l.pid) from pg_catalog.pg_locks l where ${HOLDS} and l.pid = $3`

/**
 * Does `work` while this session has the turn, unless it is no longer wanted. The turn is asked for again and again,
 * not waited for in the server: who waits there holds a snapshot, and the build of an index waits for all snapshots.
 *
 * @param turn undefined: any time will do
 */
export async function takeTurn (session: Session, signal: AbortSignal, turn: Turn | undefined, work: () => Promise<void>): Promise<void> {
  if (turn === undefined) return await work()
  while ((await session.query(TAKE, [turn.key, SEED]))[0]?.taken !== true) await pause(POLL_MS, signal)
  try {
    if (await turn.wanted(session)) await work()
  } finally {
    // of a connection that was lost the server has ended it
    await session.query(END, [turn.key, SEED]).catch(() => {})
  }
}

/** Who has a turn now, of other sessions. */
export async function findTurnHolder (session: Session, key: string): Promise<TurnHolder | undefined> {
  const [holder] = await session.query<TurnHolder & Record<string, unknown>>(HOLDER, [key, SEED])
  return holder
}

/** Ends a session, if it has the turn still: it may be about something else by now. */
export async function endTurnHolder (session: Session, key: string, pid: number): Promise<void> {
  await session.query(END_HOLDER, [key, SEED, pid])
}
