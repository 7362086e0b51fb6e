import type { Session } from '../database.js'
import { codeOf } from '../governor/transient.js'
import type { TripSides } from './sides.js'
import { writeTrip, type Route, type TripSource } from './trip-program.js'

/** Which values must come back: those of a side, or those that `upgrade` has made of the old one. */
export type Trip = 'old' | 'new' | 'upgraded'

/** A value that did not come back; columns as the text of JSON. */
export interface Loss {
  readonly given: string
  readonly made: string
  /** null where the way back raises */
  readonly back: string | null
  readonly raised: string | null
}

/** What became of the rows that were sent there and back. */
export interface TripResult {
  /** rows that came as far as the other side: what the table or an expression refuses is no row */
  readonly tried: number
  readonly lost: number
  /** why the first row that did not come so far was refused, where something raised; else null */
  readonly refused: string | null
  /** the shortest value that is lost */
  readonly shown: Loss | null
}

const QUERY_CANCELED = '57014'

/**
 * Sends rows there and back, computed and assigned as the dual writer does it, and looks whether the same comes back,
 * byte for byte. No table is written. What is not looked at within `limitMs` is left out.
 *
 * @param session in a transaction
 */
export async function runTrip (session: Session, sides: TripSides, trip: Trip, source: TripSource, limitMs: number): Promise<TripResult> {
  let result: TripResult = { tried: 0, lost: 0, refused: null, shown: null }
  await session.query(`savepoint vintage_trip; set local statement_timeout = ${2 * limitMs}`)
  try {
    await session.query(writeTrip(routeOf(sides, trip), source, limitMs))
    const rows = await session.query<{ found: TripResult }>("select current_setting('vintage.trip')::json as found")
    for (const { found } of rows) result = found
  } catch (error) {
    // what one value shows that takes longer than all of them may is not known
    if (codeOf(error) !== QUERY_CANCELED) throw error
  } finally {
    await session.query('rollback to savepoint vintage_trip')
  }
  return result
}

function routeOf ({ old: oldSide, new: newSide }: TripSides, trip: Trip): Route {
  const routes = {
    old: { lead: [], given: oldSide, made: newSide },
    new: { lead: [], given: newSide, made: oldSide },
    upgraded: { lead: [oldSide], given: newSide, made: oldSide }
  }
  return routes[trip]
}
