import { messageOf } from '../caught.js'
import type { Session } from './database.js'
import { castTo } from './dual-writer/sides.js'
import { quote } from './names.js'
import type { Transition } from './transition.js'

/** What SQL makes of one row: the columns as JSON, or why it raises. */
export type Evaluated = { readonly made: Readonly<Record<string, unknown>> } | { readonly raised: string }

/**
 * Evaluates the expressions of a transition on values of the other side, each row by itself. No table is read or written.
 *
 * @param session in a transaction
 * @param rows each with its values by column, as JSON
 * @returns the same rows, each with what SQL makes of it
 */
export async function evaluateExpressions<Row extends { readonly given: unknown }> (session: Session, transition: Transition, direction: 'upgrade' | 'downgrade', rows: readonly Row[]): Promise<Array<Row & { readonly sql: Evaluated }>> {
  const [given, made] = direction === 'upgrade' ? [transition.before, transition.after] : [transition.after, transition.before]
  const expressions: Readonly<Record<string, string>> = transition[direction]
  const columns = Object.entries(made).map(([column, type]) => `${castTo(String(expressions[column]), type)} as ${quote(column)}`)
  const parameters = Object.entries(given).map(([column, type]) => `${quote(column)} ${type}`)
  const sql = `select to_jsonb(made) as made from (select ${columns.join(', ')} from jsonb_to_record($1::jsonb) as given (${parameters.join(', ')})) made`
  const evaluated: Array<Row & { readonly sql: Evaluated }> = []
  for (const row of rows) evaluated.push({ ...row, sql: await evaluateOne(session, sql, row.given) })
  return evaluated
}

async function evaluateOne (session: Session, sql: string, given: unknown): Promise<Evaluated> {
  await session.query('savepoint vintage_row')
  try {
    const [result] = await session.query<{ made: Record<string, unknown> }>(sql, [JSON.stringify(given)])
    return { made: Object(result).made }
  } catch (error) {
    await session.query('rollback to savepoint vintage_row')
    return { raised: messageOf(error) }
  }
}
