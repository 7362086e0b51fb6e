import type { Session } from '../database.js'
import { present } from '../present.js'

/** The time of the database, which all of its clients share. */
export async function readClock (session: Session): Promise<Date> {
  const [row] = await session.query<{ now: Date }>('select clock_timestamp() as now')
  return present(row).now
}
