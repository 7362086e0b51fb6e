import { readPrimaryKey } from '../backfill/key.js'
import type { Session } from '../database.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { readTransitions } from '../state/transitions.js'
import type { TripSides } from '../round-trip/sides.js'
import type { Transition } from '../transition.js'
import { checkClass } from './check-class.js'
import { checkColumns } from './check-columns.js'
import { checkConstraints } from './check-constraints.js'
import { checkExpressions } from './check-expressions.js'
import { checkNames, checkOverlap } from './check-overlap.js'
import { checkTable, type FoundTable } from './check-table.js'
import { checkTriggers } from './check-triggers.js'

/** A transition that may begin, as far as anything but its rows can tell. */
export interface Preflighted {
  readonly found: FoundTable
  readonly sides: TripSides
}

/**
 * Everything but rows that is looked at before the first DDL of a transition; nothing stays behind in the database.
 *
 * @throws the refusal of the first check that fails
 */
export async function runPreflights (session: Session, transition: Transition): Promise<Preflighted> {
  const found = await checkTable(session, transition)
  const table = qualifiedTable(found)
  await readPrimaryKey(session, table)
  await checkColumns(session, transition, table)
  const states = await readTransitions(session)
  checkNames(transition, states)
  checkOverlap(transition, found, states)
  await checkConstraints(session, transition, found)
  await checkTriggers(session, transition, table)
  const types = await checkExpressions(session, transition, table)
  return { found, sides: await checkClass(session, transition, types, table) }
}
