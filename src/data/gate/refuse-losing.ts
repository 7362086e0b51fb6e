import { RefusedDependentsError } from '../../errors.js'
import type { Session } from '../database.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { namesOf, notNullCheckName } from '../names.js'
import { findDependents } from '../preflight/find-dependents.js'
import { constraintsOf } from '../sql/constraints.js'
import { indexesOf } from '../sql/create-index.js'
import { transitionOf, type TransitionState } from '../state/transitions.js'

/**
 * Refuses to drop columns of the new side together with indexes, constraints or statistics that somebody else has made:
 * Postgres drops these with any of their columns, though nobody has said CASCADE.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_DEPENDENTS naming them
 */
export async function refuseLosing (session: Session, state: TransitionState): Promise<void> {
  const transition = transitionOf(state)
  const { marker, pendingIndex, twin } = namesOf(state.name)
  const indexes = indexesOf(transition, state.tableName).map(({ name }) => name)
  const constraints = constraintsOf(transition, state).map(({ name }) => name)
  const columns = Object.keys(transition.after)
  const ours = [marker, pendingIndex, ...indexes, ...indexes.map(twin), ...constraints, ...columns.map((column) => notNullCheckName(state.tableName, column))]
  const found = (await findDependents(session, transition, qualifiedTable(state), [...columns, marker])).filter(({ name }) => name !== null && !ours.includes(name))
  if (found.length === 0) return
  throw new RefusedDependentsError(`\`expand\` of \`${state.name}\` is refused: the new columns are dropped and added again on the way back, and these, which others have made, would go with them: ${found.map(({ object }) => object).join('; ')}. Drop them in a migration of your own, and make them again once the transition has come forward`)
}
