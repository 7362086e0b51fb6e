import type { Session } from '../database.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { indexesOf } from '../sql/create-index.js'
import { transitionOf, type TransitionState } from '../state/transitions.js'
import { readIndex } from './read-index.js'

/**
 * The unique indexes of the new side that this transition has built: they refuse writes as constraints do, and come
 * and go with them. One that somebody else has made before, and that fits, stays.
 *
 * @returns their names
 */
export async function findUniqueIndexes (session: Session, state: TransitionState): Promise<string[]> {
  const found: string[] = []
  for (const { name, unique } of indexesOf(transitionOf(state), state.tableName)) {
    if (unique && (await readIndex(session, qualifiedTable(state), name, state.name))?.ours === true) found.push(name)
  }
  return found
}
