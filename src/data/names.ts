import { createHash } from 'node:crypto'

/** Postgres cuts identifiers to this many bytes (NAMEDATALEN - 1). */
export const MAX_IDENTIFIER_BYTES = 63

/** Names of the database objects that belong to one transition. */
export interface TransitionNames {
  /** the boolean column that says that a row's new side is still to be filled */
  readonly marker: string
  /** the index that has the rows with a marker in it, and no others */
  readonly pendingIndex: string
  /** the two dual-write triggers; they sort last, since Postgres fires triggers by name */
  readonly insertTrigger: string
  readonly updateTrigger: string
  /** their functions, in schema `vintage` */
  readonly insertFunction: string
  readonly updateFunction: string
  /** notes the rows that are set aside, in schema `vintage` */
  readonly noteFunction: string
  /** the name that a column of the old side bears between `hide` and `drop` */
  hidden (column: string): string
  /** setting of a session that says in which minute it was last noted as a stray writer */
  readonly straySetting: string
  /** the index that stands in for `index` of the new side until `read-new` */
  twin (index: string): string
}

/** @param transition the transition's name, e.g. `users.full_name` */
export function namesOf (transition: string): TransitionNames {
  const slug = transition.replace(/[^A-Za-z0-9]+/g, '_').toLowerCase()
  return {
    marker: fit(`vintage_${slug}_pending`),
    pendingIndex: fit(`vintage_${slug}_pending_rows`),
    insertTrigger: fit(`zz_vintage_${slug}_insert`),
    updateTrigger: fit(`zz_vintage_${slug}_update`),
    insertFunction: fit(`${slug}_insert`),
    updateFunction: fit(`${slug}_update`),
    noteFunction: fit(`${slug}_set_aside`),
    straySetting: `vintage.${fit(`stray_${slug}`)}`,
    hidden: (column) => fit(`vintage_${slug}_hidden_${column}`),
    twin: (index) => fit(`vintage_${slug}_twin_${index}`)
  }
}

/**
 * The read view of a table, quoted, with its schema: `vintage."public.users"`. Where a name has a dot in it, a hash
 * tells `"a.b"."c"` from `"a"."b.c"`.
 */
export function viewNameOf ({ tableSchema, tableName }: { readonly tableSchema: string, readonly tableName: string }): string {
  const name = `${tableSchema}.${tableName}`
  const told = name.split('.').length === 2 ? name : `${name}_${createHash('sha256').update(JSON.stringify([tableSchema, tableName])).digest('hex').slice(0, 8)}`
  return `vintage.${quote(fit(told))}`
}

/** Long names keep their beginning and get a hash, so that two of them never become the same name. */
export function fit (name: string): string {
  if (Buffer.byteLength(name) <= MAX_IDENTIFIER_BYTES) return name
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 8)
  let kept = name
  while (Buffer.byteLength(kept) > MAX_IDENTIFIER_BYTES - 9) kept = kept.slice(0, -1)
  return `${kept}_${hash}`
}

/** The CHECK on the way to NOT NULL, before Postgres 18. */
export function notNullCheckName (table: string, column: string): string {
  return fit(`vintage_${table}_${column}_not_null`)
}

/** Quotes an identifier for use in SQL text. */
export function quote (identifier: string): string {
  return `"${identifier.replaceAll('"', '""')}"`
}
