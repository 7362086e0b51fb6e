import type { Session } from '../database.js'
import { pinSearchPath } from '../dual-writer/sides.js'
import { withoutLength } from '../evaluate-expressions.js'
import { quote } from '../names.js'
import { hasTable } from '../state/has-table.js'
import { readTransition } from '../state/transitions.js'
import { tableOf, type Transition } from '../transition.js'
import { findLoss, type Finding } from './find-loss.js'
import { qualifyTypes } from './qualify-types.js'
import { readTripSides } from './read-sides.js'
import type { ColumnType } from './sides.js'
import { generatedFor } from './sources.js'

/** What can be told of a definition before its migration, with nothing but a database to compute in; of a transition that has begun in this database nothing is. */
export interface Judgement extends Finding {
  /** whether its constraints were seen */
  readonly isTableThere: boolean
}

const QUALIFIED = `
select format('%I.%I', n.nspname, c.relname) as qualified
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.oid = to_regclass($1)`

/** @param session in a transaction, whose search_path is pinned until it ends */
export async function judgeDefinition (session: Session, transition: Transition): Promise<Judgement> {
  const { schema, table } = tableOf(transition)
  const named = schema === null ? quote(table) : `${quote(schema)}.${quote(table)}`
  const [found] = await session.query<{ qualified: string }>(QUALIFIED, [named])
  const isTableThere = found !== undefined
  if (await hasTable(session, 'transitions') && await readTransition(session, transition.name) !== undefined) return { loss: null, untold: [], isTableThere }
  const nameOf = await qualifyTypes(session, [transition.before, transition.after].flatMap((columns) => Object.values(columns)))
  await pinSearchPath(session)
  const sides = await readTripSides(session, transition, { before: typesOf(transition.before, nameOf), after: typesOf(transition.after, nameOf) }, found?.qualified ?? named)
  return { ...await findLoss(session, transition, sides, generatedFor(sides)), isTableThere }
}

function typesOf (columns: Readonly<Record<string, string>>, nameOf: (type: string) => string): Map<string, ColumnType> {
  return new Map(Object.entries(columns).map(([column, type]) => [column, { type: nameOf(type), cast: withoutLength(nameOf(type)) }]))
}
