import { RefusedColumnsError } from '../../errors.js'
import type { Session } from '../database.js'
import { namesOf } from '../names.js'
import { hasSchema } from '../state/ensure-schema.js'
import { readTransitions } from '../state/transitions.js'
import { newColumnsOf, oldColumnsOf } from '../transition.js'
import type { Operation } from './operation.js'

/**
 * Refuses columns that a transition moves: what is to be on its new side belongs into its definition, and what is on
 * its old side goes with it.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_COLUMNS
 */
export async function refuseColumnsInTransition (session: Session, { subject, table }: Pick<Operation, 'subject' | 'table'>, columns: readonly string[]): Promise<void> {
  if (!await hasSchema(session)) return
  for (const { name, tableSchema, tableName, definition, phase } of await readTransitions(session)) {
    if (phase === 'drop' || tableSchema !== table.schema || tableName !== table.name) continue
    const { marker, hidden } = namesOf(name)
    const old = oldColumnsOf(definition)
    const moved = [...old, ...old.map(hidden), ...newColumnsOf(definition), marker].filter((column) => columns.includes(column))
    if (moved.length > 0) {
      throw new RefusedColumnsError(`${subject}: ${moved.map((column) => `\`${column}\``).join(', ')} belongs to transition \`${name}\`, which is at \`${phase}\`: take it to \`drop\` first, or say it in the transition (\`notNull\`, \`indexes\`)`)
    }
  }
}
