import { RefusedLossError } from '../../errors.js'
import type { Session } from '../database.js'
import { pinSearchPath } from '../dual-writer/sides.js'
import { findLoss } from '../round-trip/find-loss.js'
import { readTripSides, type SideTypes } from '../round-trip/read-sides.js'
import type { TripSides } from '../round-trip/sides.js'
import { generatedFor } from '../round-trip/sources.js'
import type { Transition } from '../transition.js'

/**
 * Holds the class that a definition claims against generated values; no row is read.
 *
 * @param table quoted, with its schema
 * @throws FST_ERR_VINTAGE_REFUSED_LOSS
 */
export async function checkClass (session: Session, transition: Transition, types: SideTypes, table: string): Promise<TripSides> {
  await pinSearchPath(session)
  const sides = await readTripSides(session, transition, types, table)
  const { loss } = await findLoss(session, transition, sides, generatedFor(sides))
  if (loss !== null) throw new RefusedLossError(`transition \`${transition.name}\`: ${loss}`)
  return sides
}
