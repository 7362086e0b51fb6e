import { escapeLiteral } from 'pg'
import type { Session } from '../database.js'

/** A writer that knows the old side, as far as the database can tell it from others. */
export interface StrayWriter {
  /** application_name of its session; empty when it gave none */
  readonly application: string
  /** the role that it logged in as */
  readonly role: string
  readonly lastAt: Date
  /** notes, of which its sessions make one a minute, and at most one a minute each where they begin at once */
  readonly notes: number
}

// by the time of the statement, for which an index can be used
const WRITERS = `
select application, role::text as role, max(at) as "lastAt", count(*)::int as notes
from vintage.stray_writes
where transition = $1 and at > statement_timestamp() - $2 * interval '1 millisecond'
group by application, role order by max(at) desc`

/** Who has written the old side within the last `windowMs`, the latest first. */
export async function readStrayWriters (session: Session, transition: string, windowMs: number): Promise<StrayWriter[]> {
  return await session.query<StrayWriter & Record<string, unknown>>(WRITERS, [transition, windowMs])
}

const DAY_MS = 86_400_000

const BATCH_ROWS = 20_000

const FORGET = `
with gone as (
  delete from vintage.stray_writes where id in (
    select id from vintage.stray_writes where transition = $1 and at < statement_timestamp() - $2 * interval '1 millisecond' order by at limit ${BATCH_ROWS}
  ) returning id
)
select count(*)::int as notes from gone`

/** Takes notes away that nobody asks for any more, in batches: those older than a day and than `windowMs`. */
export async function forgetOldWrites (session: Session, transition: string, windowMs: number): Promise<void> {
  const olderThanMs = Math.max(windowMs, DAY_MS)
  while ((await session.query(FORGET, [transition, olderThanMs]))[0]?.notes === BATCH_ROWS);
}

/** Takes all notes of a transition away, as SQL. */
export function forgetWrites (transition: string): string {
  return `delete from vintage.stray_writes where transition = ${escapeLiteral(transition)}`
}
