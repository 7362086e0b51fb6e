import { RefusedDefinitionError } from '../../errors.js'
import type { TransitionDefinition } from '../transition.js'
import { sameDefinition, type TransitionState } from './transitions.js'

/**
 * The triggers do what the database has on record, the instances what the file says: until the drop the two must
 * be the same.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_DEFINITION
 */
export function refuseOtherDefinition (state: TransitionState, file: TransitionDefinition): void {
  if (state.phase === 'drop' || sameDefinition(file, state.definition)) return
  throw new RefusedDefinitionError(`transition \`${state.name}\` is at \`${state.phase}\` with another definition than the one in this checkout: bring the file back as it was, and say what is new in a transition of its own`)
}
