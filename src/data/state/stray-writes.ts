import type { Session } from '../database.js'

/** A writer that knows the old side, as far as the database can tell it from others. */
export interface StrayWriter {
  /** application_name of its session; empty when it gave none */
  readonly application: string
  /** the role that it logged in as */
  readonly role: string
  readonly lastAt: Date
  /** notes, of which a session makes one a minute at most */
  readonly notes: number
}

const WRITERS = `
select application, role::text as role, max(at) as "lastAt", count(*)::int as notes
from vintage.stray_writes
where transition = $1 and at > clock_timestamp() - $2 * interval '1 millisecond'
group by application, role order by max(at) desc`

/** Who has written the old side within the last `windowMs`, the latest first. */
export async function readStrayWriters (session: Session, transition: string, windowMs: number): Promise<StrayWriter[]> {
  return await session.query<StrayWriter & Record<string, unknown>>(WRITERS, [transition, windowMs])
}
