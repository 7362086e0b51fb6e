import { messageOf } from '../caught.js'
import type { Session } from './database.js'
import { castTo } from './dual-writer/sides.js'
import { quote } from './names.js'
import type { Transition } from './transition.js'

/** What SQL makes of one row: the columns as JSON, or why it raises. */
export type Evaluated = { readonly made: Readonly<Record<string, unknown>> } | { readonly raised: string }

/** A row, and what SQL makes of it; `held` is what its columns hold of what was given, null when they take it not at all. */
export type EvaluatedRow<Row> = Row & { readonly held: Readonly<Record<string, unknown>> | null, readonly sql: Evaluated }

/**
 * Evaluates the expressions of a transition on values of the other side, each row by itself. No table is read or written.
 *
 * @param session in a transaction
 * @param rows each with its values by column, as JSON
 * @returns the same rows, each with what SQL makes of it
 */
export async function evaluateExpressions<Row extends { readonly given: unknown }> (session: Session, transition: Transition, direction: 'upgrade' | 'downgrade', rows: readonly Row[]): Promise<Array<EvaluatedRow<Row>>> {
  const [given, made] = direction === 'upgrade' ? [transition.before, transition.after] : [transition.after, transition.before]
  const expressions: Readonly<Record<string, string>> = transition[direction]
  const select = (list: string): string => `select ${list} from jsonb_to_record($1::jsonb) as given (${Object.entries(given).map(([column, type]) => `${quote(column)} ${type}`).join(', ')})`
  const cast = (typeOf: (type: string) => string): string => Object.entries(made).map(([column, type]) => `${castTo(String(expressions[column]), typeOf(type))} as ${quote(column)}`).join(', ')
  const statements = {
    held: select('to_jsonb(given) as value'),
    made: `select to_jsonb(made) as value from (${select(cast(withoutLength))}) made`,
    // what is assigned is not cut off as a cast does it
    cut: `select to_jsonb(made) as value from (${select(cast((type) => type))}) made`
  }
  const evaluated: Array<EvaluatedRow<Row>> = []
  for (const row of rows) {
    const [held, whole] = [await evaluate(session, statements.held, row.given), await evaluate(session, statements.made, row.given)]
    const cut = statements.cut === statements.made ? whole : await evaluate(session, statements.cut, row.given)
    const isCut = 'made' in whole && 'made' in cut && JSON.stringify(whole.made) !== JSON.stringify(cut.made)
    evaluated.push({ ...row, held: 'made' in held ? held.made : null, sql: isCut ? { raised: 'a value is too long for its column' } : cut })
  }
  return evaluated
}

/** A type to which an expression is cast as the dual writer does it: what is too long for it is not cut off. */
export function withoutLength (type: string): string {
  return type.replace(/^(character varying|varchar|bit varying|varbit)\s*\(\s*\d+\s*\)/i, '$1')
}

async function evaluate (session: Session, sql: string, given: unknown): Promise<Evaluated> {
  await session.query('savepoint vintage_row')
  try {
    const [row] = await session.query<{ value: Record<string, unknown> }>(sql, [JSON.stringify(given)])
    return { made: Object(row).value }
  } catch (error) {
    await session.query('rollback to savepoint vintage_row')
    return { raised: messageOf(error) }
  }
}
