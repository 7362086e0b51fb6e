import type { SelectStmt } from 'libpg-query'
import { rewrite } from '../knex/rewrite.js'
import { nodesOf, statementsOf } from '../knex/syntax.js'
import type { SpannedColumn, TableState, TableStates } from '../knex/table-state.js'
import { namesOf, quote } from '../names.js'
import type { Transition } from '../transition.js'
import { expectedExpressionOf } from './expected-expression.js'
import { namesIn, type Named } from './names-in.js'
import { withoutLimit } from './without-limit.js'

/** The forms of a statement that bear on one transition. */
export interface TransitionForms {
  readonly transition: string
  /** as `read-new` would serve it */
  readonly coming: string
  /** as the old side says that it should be */
  readonly expected: string
  /** as `coming`, and fails with 22012 where it reads a row that is still to be filled */
  readonly filled: string
}

/** A statement as it can be run to be compared, without limit and offset. */
export interface ShadowForms {
  /** as the application has sent it */
  readonly sql: string
  readonly named: Named
  /** as it is served now */
  readonly served: string
  /** of each transition that it reads columns of, before `read-new` */
  readonly transitions: readonly TransitionForms[]
}

/**
 * The forms in which a statement is compared.
 *
 * @param sql speaks head columns, parameters as `$1`
 * @returns undefined where it reads no column in transition, or two runs of it cannot be compared
 */
export function shadowFormsOf (sql: string, states: TableStates, transitions: readonly Transition[]): ShadowForms | undefined {
  const select = onlySelectIn(sql)
  const named = select === undefined ? undefined : namesIn(select)
  const text = select === undefined ? undefined : withoutLimit(sql, select)?.replace(/;\s*$/, '')
  if (named === undefined || text === undefined) return undefined
  const read = new Set<string>()
  const served = rewrite(text, withSpanned(states, (column) => ({ ...column, read: (row) => { read.add(column.transition); return column.read(row) } })))
  const forms = transitions.filter(({ name }) => read.has(name)).map((transition) => formsOf(text, states, transition))
  return forms.length === 0 ? undefined : { sql, named, served, transitions: forms }
}

function onlySelectIn (sql: string): SelectStmt | undefined {
  const statements = statementsOf(sql)
  return statements.length === 1 ? nodesOf('SelectStmt', statements)[0] : undefined
}

function formsOf (sql: string, states: TableStates, transition: Transition): TransitionForms {
  const changing = (change: (column: SpannedColumn) => Partial<SpannedColumn>): TableStates =>
    withSpanned(states, (column) => column.transition === transition.name ? { ...column, ...change(column) } : column)
  return {
    transition: transition.name,
    coming: rewrite(sql, changing(() => ({ mode: 'direct' }))),
    expected: rewrite(sql, changing(({ name }) => ({ read: expectedExpressionOf(transition, name) }))),
    filled: rewrite(sql, changing(({ name }) => ({ read: filledExpressionOf(transition, name) })))
  }
}

function withSpanned (states: TableStates, change: (column: SpannedColumn) => SpannedColumn): TableStates {
  const changed = (table: TableState): TableState => ({ ...table, spanned: new Map([...table.spanned].map(([name, column]) => [name, change(column)])) })
  return { ...states, tables: states.tables.map(changed) }
}

/** Only of a row that the statement comes to read: one that is pending elsewhere in the table bears on nothing. */
function filledExpressionOf ({ name: transition }: Transition, name: string): (row: string) => string {
  const marker = quote(namesOf(transition).marker)
  return (row) => `(case when 1 / (${row}.${marker} is not true)::int = 1 then ${row}.${quote(name)} end)`
}
