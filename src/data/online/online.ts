import type { Knex } from 'knex'
import { InvalidOptionError, RefusedInTransactionError } from '../../errors.js'
import { addCheck, type CheckOptions } from './add-check.js'
import { addColumn, type ColumnOptions } from './add-column.js'
import { addForeignKey, type ForeignKeyOptions } from './add-foreign-key.js'
import { addIndex, type IndexOptions } from './add-index.js'
import { addNotNull } from './add-not-null.js'
import { addUnique, type UniqueOptions } from './add-unique.js'
import { dropColumn } from './drop-column.js'
import type { OnlineEvent, Outcome } from './events.js'
import { settleBlockers, type BlockerPolicy } from '../governor/blocker-policy.js'
import type { TableName } from './find-table.js'
import type { IndexElement } from './index-definition.js'
import { requireCounts } from '../require-numbers.js'
import { knexSessions } from './knex-sessions.js'
import type { Operation } from './operation.js'
import { runOperation } from './run-operation.js'

/** Options of `online()`. */
export interface OnlineOptions {
  /** gets each event while work goes on @default none */
  readonly report?: (event: OnlineEvent) => void
  /** aborts at the next safe point, and cancels a long statement in the server; the same call goes on later @default none */
  readonly signal?: AbortSignal
  /** the longest that a statement may hold up an application query @default 500 */
  readonly lockDeadlineMs?: number
  /** attempts to get a lock before the call is given up @default 20 */
  readonly lockAttempts?: number
  /** what the second half of the attempts does about sessions that stand in the way: `'wait'`, `'cancel'` their statement, `'terminate'` them @default 'wait' */
  readonly blockers?: BlockerPolicy
}

/**
 * Changes of a table that others use meanwhile. Each call takes up what a killed one has left, does nothing when all is
 * there (`'present'`), and refuses when something else bears the name.
 */
export interface Online {
  /** Builds an index concurrently. */
  addIndex (table: TableName, elements: readonly IndexElement[], options?: IndexOptions): Promise<Outcome>
  /** Makes columns unique: an index that is built concurrently, which the constraint takes over. */
  addUnique (table: TableName, columns: readonly string[], options?: UniqueOptions): Promise<Outcome>
  /** Makes a column NOT NULL without reading the table under a lock. */
  addNotNull (table: TableName, column: string): Promise<Outcome>
  /** Adds a CHECK, whose condition is SQL, for new rows; then holds old ones against it. */
  addCheck (table: TableName, condition: string, options: CheckOptions): Promise<Outcome>
  /** Adds a foreign key for new rows; then holds old ones against it. */
  addForeignKey (table: TableName, columns: readonly string[], options: ForeignKeyOptions): Promise<Outcome>
  /** Adds a column, with a default that touches no row. */
  addColumn (table: TableName, column: string, type: string, options?: ColumnOptions): Promise<Outcome>
  /** Drops a column and what concerns it alone. */
  dropColumn (table: TableName, column: string): Promise<Outcome>
}

/**
 * Changes tables under load, in your own knex migrations: every statement that could hold up others has a deadline for
 * its lock and is tried again, and everything long lets others read and write.
 *
 * @param knex that of the migration, which must say `config = { transaction: false }`
 * @throws FST_ERR_VINTAGE_REFUSED_IN_TRANSACTION, FST_ERR_VINTAGE_INVALID_OPTION
 * @example
 * export const config = { transaction: false }
 * export async function up (knex) {
 *   await online(knex).addColumn('users', 'email', 'text')
 *   await online(knex).addIndex('users', ['email'])
 * }
 */
export function online (knex: Knex, options: OnlineOptions = {}): Online {
  const run = async (name: keyof Online, table: TableName, work: (operation: Operation) => Promise<Outcome>): Promise<Outcome> => {
    if (knex.isTransaction === true) throw new RefusedInTransactionError(name)
    return await runOperation(settle(knex, options), name, table, work)
  }
  return {
    addIndex: async (table, elements, given = {}) => await run('addIndex', table, async (operation) => await addIndex(operation, named(elements), given)),
    addUnique: async (table, columns, given = {}) => await run('addUnique', table, async (operation) => await addUnique(operation, named(columns), given)),
    addNotNull: async (table, column) => await run('addNotNull', table, async (operation) => await addNotNull(operation, column)),
    addCheck: async (table, condition, given) => await run('addCheck', table, async (operation) => await addCheck(operation, condition, given)),
    addForeignKey: async (table, columns, given) => await run('addForeignKey', table, async (operation) => await addForeignKey(operation, named(columns), given)),
    addColumn: async (table, column, type, given = {}) => await run('addColumn', table, async (operation) => await addColumn(operation, column, type, given)),
    dropColumn: async (table, column) => await run('dropColumn', table, async (operation) => await dropColumn(operation, column))
  }
}

function settle (knex: Knex, { report = () => {}, signal = new AbortController().signal, lockDeadlineMs = 500, lockAttempts = 20, blockers }: OnlineOptions): Parameters<typeof runOperation>[0] {
  requireCounts({ lockDeadlineMs, lockAttempts })
  return { database: knexSessions(knex), report, signal, lockDeadlineMs, lockAttempts, blockers: settleBlockers(blockers) }
}

function named<T> (columns: readonly T[]): readonly T[] {
  if (columns.length === 0) throw new InvalidOptionError('columns', 'must name at least one column')
  return columns
}
