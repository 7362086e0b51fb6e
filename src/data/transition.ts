import { checkDefinition } from './check-definition.js'

/** Modules are loaded by jiti as well as natively, so a definition is known by this key, not by its class. */
const BRAND = Symbol.for('fastify-vintage.transition')

/** An index on the new side. */
export interface IndexDefinition {
  /** columns in order; columns of the table outside the transition may stand among them */
  readonly columns: readonly string[]
  /** whether a value may be there once only @default false */
  readonly unique?: boolean
  /** of the index @default `<table>_<columns>_index`, cut to 63 bytes */
  readonly name?: string
}

/** What happens to a row when the one that it refers to goes, or changes its key. */
type ForeignKeyAction = 'no action' | 'restrict' | 'cascade' | 'set null' | 'set default'

/** A foreign key of the new side. */
export interface ForeignKeyDefinition {
  /** columns in order; columns of the table outside the transition may stand among them */
  readonly columns: readonly string[]
  /** `table` is `countries`, beside the transition's table, or `shop.countries`; the columns are a primary key or unique */
  readonly references: { readonly table: string, readonly columns: readonly string[] }
  /** of the constraint @default `<table>_<columns>_foreign`, cut to 63 bytes */
  readonly name?: string
  /** what happens to a row when the one that it refers to goes @default 'no action' */
  readonly onDelete?: ForeignKeyAction
  /** … or changes its key @default 'no action' */
  readonly onUpdate?: ForeignKeyAction
}

/** What a file of `versions/transitions/` says: one change of columns, both ways, in SQL. */
export interface TransitionDefinition<Before extends string = string, After extends string = string> {
  /** `users`, or `shop.users`; without a schema the search_path of the operator decides, once, at `expand` */
  readonly table: string
  /** the schema, for a table whose name has a dot in it; `table` is then taken as it is @default as `table` says */
  readonly schema?: string
  /** stem of the knex migration after which the transition may begin @default after all of them */
  readonly after_migration?: string
  /** the old side: column → Postgres type */
  readonly before: Readonly<Record<Before, string>>
  /** the new side: column → Postgres type */
  readonly after: Readonly<Record<After, string>>
  /** new column → immutable SQL expression over bare names of the old side; what lies outside pg_catalog is written with its schema */
  readonly upgrade: Readonly<Record<After, string>>
  /** old column → immutable SQL expression over bare names of the new side */
  readonly downgrade: Readonly<Record<Before, string>>
  /** new columns that become NOT NULL before `read-new` @default none */
  readonly notNull?: readonly NoInfer<After>[]
  /** indexes on the new side, built concurrently before `read-new` @default none */
  readonly indexes?: readonly (readonly string[] | IndexDefinition)[]
  /** name → condition over bare names of the new side: CHECKs, in place before `read-new` @default none */
  readonly checks?: Readonly<Record<string, string>>
  /** lists of columns that are UNIQUE together before `read-new`; columns outside the transition may stand among them @default none */
  readonly unique?: readonly (readonly string[])[]
  /** foreign keys of the new side, in place before `read-new` @default none */
  readonly foreignKeys?: readonly ForeignKeyDefinition[]
  /**
   * The direction that does not give back everything that the other one was given: `downgrade`, where several values of
   * the old side become the same on the new one. It is held against generated values and a sample of rows before any DDL.
   * @default none: both directions undo each other, byte for byte
   */
  readonly lossy?: 'upgrade' | 'downgrade' | 'both'
  /**
   * One statement that sets both sides out of sync: the new side wins, or the statement fails.
   * @default 'new-wins'
   */
  readonly conflict?: 'new-wins' | 'reject'
  /**
   * A value of the old side from which the new one cannot be made, because `upgrade` raises or the new side refuses
   * what it gives: the write, or the backfill, fails; or the row is set aside until `read-new`, which it keeps from
   * being entered.
   * @default 'reject'
   */
  readonly onError?: 'reject' | 'set-aside'
  /**
   * From `dual-write` to `hide` a view `vintage."<schema>.<table>"` has the head columns, for services that do not use
   * this knex. Nobody can drop a column of the table meanwhile, or change its type.
   * @default false
   */
  readonly readView?: boolean
}

/** A definition with its name, e.g. `users.full_name` (the stem of its file). */
export interface Transition extends TransitionDefinition {
  readonly name: string
}

/**
 * Describes one change of columns; the default export of `versions/transitions/<name>.ts`.
 *
 * @throws FST_ERR_VINTAGE_INVALID_TRANSITION when sides, expressions or options do not fit together
 * @example
 * export default transition({
 *   table: 'orders',
 *   before: { amount: 'numeric(12,2)' },
 *   after: { total_minor: 'bigint', total_currency: 'text' },
 *   upgrade: { total_minor: '(amount * 100)::bigint', total_currency: "'EUR'" },
 *   downgrade: { amount: 'total_minor / 100.0' },
 *   lossy: 'upgrade' // of another currency than EUR `downgrade` says nothing
 * })
 */
export function transition<const Before extends string, const After extends string> (
  definition: TransitionDefinition<Before, After>
): TransitionDefinition<Before, After> {
  checkDefinition('transition', definition)
  return Object.freeze(Object.defineProperty({ ...definition }, BRAND, { value: true }))
}

/** Whether a module's export was made by `transition()`, of this or of another copy of the package. */
export function isTransition (value: unknown): value is TransitionDefinition {
  return typeof value === 'object' && value !== null && BRAND in value
}

/** Schema and table of a definition; a null schema is left to the search_path. */
export function tableOf (definition: TransitionDefinition): { schema: string | null, table: string } {
  if (definition.schema !== undefined) return { schema: definition.schema, table: definition.table }
  const dot = definition.table.indexOf('.')
  if (dot === -1) return { schema: null, table: definition.table }
  return { schema: definition.table.slice(0, dot), table: definition.table.slice(dot + 1) }
}

/** Columns of the old side, in the order of the definition. */
export function oldColumnsOf (definition: TransitionDefinition): string[] {
  return Object.keys(definition.before)
}

/** Columns of the new side, in the order of the definition. */
export function newColumnsOf (definition: TransitionDefinition): string[] {
  return Object.keys(definition.after)
}
