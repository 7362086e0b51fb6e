import { isDeepStrictEqual } from 'node:util'
import { RefusedNotReadyError, RefusedUnknownTransitionError } from '../../errors.js'
import { isRecord } from '../knex/syntax.js'
import type { Transition } from '../transition.js'
import type { PhaseRow } from './phase-rows.js'

/**
 * Whether this build and this database can work together.
 *
 * @param transitions those that the build knows
 * @param rows undefined when the database has never been under fastify-vintage
 * @throws FST_ERR_VINTAGE_REFUSED_NOT_READY when the database does not serve the new side of one of them yet
 * @throws FST_ERR_VINTAGE_REFUSED_UNKNOWN_TRANSITION when columns that the build names are hidden or gone
 */
export function refuseUnready (transitions: readonly Transition[], rows: readonly PhaseRow[] = []): void {
  const lacking = transitions.flatMap((transition) => lackOf(transition, rows.find(({ name }) => name === transition.name)))
  if (lacking.length > 0) throw new RefusedNotReadyError(lacking.join('; '))
  const known = new Set(transitions.map(({ name }) => name))
  const unknown = rows.filter(({ name, phase }) => !known.has(name) && (phase === 'hide' || phase === 'drop'))
  if (unknown.length > 0) {
    throw new RefusedUnknownTransitionError(unknown.map(({ name, phase }) => `transition \`${name}\` is at \`${phase}\``).join('; '))
  }
}

function lackOf (transition: Transition, row: PhaseRow | undefined): string[] {
  if (row === undefined) return [`transition \`${transition.name}\` has not begun`]
  if (row.phase === 'expand') return [`transition \`${transition.name}\` is at \`expand\``]
  if (row.phase === 'drop') return []
  if (row.tables.length === 0) return [`the table of transition \`${transition.name}\` is not there`]
  return isSame(transition, row.definition) ? [] : [`transition \`${transition.name}\` has begun with other columns or expressions than its file has now`]
}

/** What the triggers do and what this build reads must be the same expressions. */
function isSame (transition: Transition, definition: unknown): boolean {
  return isRecord(definition) && (['before', 'after', 'upgrade'] as const).every((part) => isDeepStrictEqual({ ...transition[part] }, definition[part]))
}
