import { RefusedColumnsError, RefusedDefinitionError } from '../../errors.js'
import { namesOf } from '../names.js'
import type { TransitionState } from '../state/transitions.js'
import { newColumnsOf, oldColumnsOf, type Transition } from '../transition.js'
import type { FoundTable } from './check-table.js'

/**
 * Makes sure that no other transition of this database, which may have begun from another checkout, has the names of
 * this one's objects.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_DEFINITION
 */
export function checkNames (transition: Transition, states: readonly TransitionState[]): void {
  const { insertFunction } = namesOf(transition.name)
  const other = states.find(({ name }) => name !== transition.name && namesOf(name).insertFunction === insertFunction)
  if (other === undefined) return
  throw new RefusedDefinitionError(`transition \`${transition.name}\`: its triggers and functions would bear the same names as those of \`${other.name}\`, which is at \`${other.phase}\` in this database: rename the file of the one that has not begun`)
}

/**
 * Makes sure that no other transition under way has a column of this one.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_COLUMNS
 */
export function checkOverlap (transition: Transition, { tableSchema, tableName }: FoundTable, states: readonly TransitionState[]): void {
  const columns = new Set([...oldColumnsOf(transition), ...newColumnsOf(transition)])
  for (const other of states) {
    if (other.name === transition.name || other.phase === 'drop') continue
    if (other.tableSchema !== tableSchema || other.tableName !== tableName) continue
    const shared = [...oldColumnsOf(other.definition), ...newColumnsOf(other.definition)].filter((name) => columns.has(name))
    if (shared.length === 0) continue
    throw new RefusedColumnsError(`transition \`${transition.name}\`: column \`${shared.join('`, `')}\` is being moved by \`${other.name}\`, which is at \`${other.phase}\`: take that one to \`drop\` first`)
  }
}
