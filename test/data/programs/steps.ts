import knexFactory, { type Knex } from 'knex'
import { isRecord } from '../../../src/data/knex/syntax.js'
import type { Phase } from '../../../src/data/phases.js'
import type { Choices } from './choices.js'

/** What another session does between the snapshot of a statement and its lock. */
export interface Rival {
  /** on the table in transition, as a writer that knows the old columns only, while there are any */
  readonly old: string
  /** the same on the table that always had the new columns, and on the other one once the old columns are hidden */
  readonly head: string
}

/** One statement of a program, or a few in a transaction of their own. */
export interface Step {
  readonly form: string
  /** SQL, or calls of knex, for a message */
  readonly text: string
  readonly run: (knex: Knex) => PromiseLike<unknown>
  /** whether rows come in an order of their own */
  readonly isOrdered?: boolean
  /** the code with which it is refused in a phase; undefined where it is served */
  readonly refusedAs?: (phase: Phase) => string | undefined
  readonly rival?: Rival
  /** it ends its own transactions, so what it writes is taken back otherwise */
  readonly commits?: boolean
}

export type Maker = (choices: Choices) => Omit<Step, 'form'>

/** Builds SQL for messages; connects to nothing. */
export const printer = knexFactory({ client: 'pg' })

export function raw (sql: string, more: Partial<Step> = {}): Omit<Step, 'form'> {
  return { text: sql, run: async (knex) => shapeOf(await knex.raw(sql)), ...more }
}

/** Names and types of columns count as well as rows. */
function shapeOf (result: unknown): unknown {
  if (Array.isArray(result)) return result.map(shapeOf)
  if (!isRecord(result) || !Array.isArray(result.fields)) throw new TypeError('this is no result')
  const { rows, fields, rowCount } = result
  return { rows, rowCount, columns: fields.map(({ name, dataTypeID }) => `${name} ${dataTypeID}`) }
}

export function built (build: (knex: Knex) => Knex.QueryBuilder, more: Partial<Step> = {}): Omit<Step, 'form'> {
  return { text: build(printer).toString(), run: async (knex) => await build(knex), ...more }
}

/** Refused in every phase but the last. */
export function duringTransition (reason: string): (phase: Phase) => string | undefined {
  return (phase) => phase === 'drop' ? undefined : `FST_ERR_VINTAGE_STATEMENT_${reason}`
}
