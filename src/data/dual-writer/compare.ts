import type { SideColumn } from './sides.js'

/** Types of pg_catalog whose `=` holds for the same bytes and for no others. */
const TOLD_APART = /^(smallint|integer|bigint|boolean|uuid|bytea|date|oid|timestamp(\(\d\))? with(out)? time zone|time(\(\d\))? without time zone)$/
/** So too these, in the collation that compares bytes. */
const TEXT = /^(text|character varying(\(\d+\))?)$/

/**
 * Byte-wise and null-safe equality of two values of a column. Equality by `=` would call `'ada'` and `'Ada'` of citext
 * the same, or 1.0 and 1.00, and json has none at all; a comparison of rows is exact for every type, and several times slower.
 */
export function sameValue ({ type }: Pick<SideColumn, 'type'>, left: string, right: string): string {
  if (TOLD_APART.test(type)) return `${left} is not distinct from ${right}`
  if (TEXT.test(type)) return `${left} collate pg_catalog."C" is not distinct from ${right} collate pg_catalog."C"`
  return `pg_catalog.record_image_eq(row(${left}), row(${right}))`
}

/** Whether each of the columns has the same value in two rows, `NEW`, `OLD` or an alias; in parentheses. */
export function sameIn (columns: readonly SideColumn[], left: string, right: string): string {
  return `(${columns.map((column) => sameValue(column, `${left}.${column.actual}`, `${right}.${column.actual}`)).join(' and ')})`
}

/** Whether the columns of a row have the values that the other side's values in the row `from` give; in parentheses. */
export function follows (columns: readonly SideColumn[], row: string, from = row): string {
  return `(${columns.map((column) => sameValue(column, `${row}.${column.actual}`, column.valueOver(from))).join(' and ')})`
}

/** `from` is a row source in SQL (`NEW`, `OLD`, an alias). */
export function valuesOf (columns: readonly SideColumn[], from: string): string[] {
  return columns.map(({ actual }) => `${from}.${actual}`)
}
