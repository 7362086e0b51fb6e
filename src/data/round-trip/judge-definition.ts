import type { Session } from '../database.js'
import { withoutLength } from '../evaluate-expressions.js'
import { quote } from '../names.js'
import { hasTable } from '../state/has-table.js'
import { readTransition } from '../state/transitions.js'
import { tableOf, type Transition } from '../transition.js'
import { findLoss } from './find-loss.js'
import { readTripSides } from './read-sides.js'
import type { ColumnType } from './sides.js'
import { generatedFor } from './sources.js'

/** What can be told of a definition before its migration, with nothing but a database to compute in. */
export interface Judgement {
  /** what is lost, and the way out; null where nothing is, and for a transition that has begun in this database */
  readonly loss: string | null
  /** whether its constraints were seen */
  readonly isTableThere: boolean
}

/** @param session in a transaction */
export async function judgeDefinition (session: Session, transition: Transition): Promise<Judgement> {
  const { schema, table } = tableOf(transition)
  const named = schema === null ? quote(table) : `${quote(schema)}.${quote(table)}`
  const [found] = await session.query('select to_regclass($1) is not null as present', [named])
  const isTableThere = found?.present === true
  if (await hasTable(session, 'transitions') && await readTransition(session, transition.name) !== undefined) return { loss: null, isTableThere }
  const sides = await readTripSides(session, transition, { before: typesOf(transition.before), after: typesOf(transition.after) }, named)
  return { loss: await findLoss(session, transition, sides, generatedFor(sides)), isTableThere }
}

function typesOf (columns: Readonly<Record<string, string>>): Map<string, ColumnType> {
  return new Map(Object.entries(columns).map(([column, type]) => [column, { type, cast: withoutLength(type) }]))
}
