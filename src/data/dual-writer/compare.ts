import type { SideColumn } from './sides.js'

/**
 * Byte-wise and null-safe equality of two lists of values. Equality by `=` would call `'ada'` and `'Ada'` of
 * citext the same, or 1.0 and 1.00, and json has none at all.
 */
export function sameValues (left: readonly string[], right: readonly string[]): string {
  return `pg_catalog.record_image_eq(row(${left.join(', ')}), row(${right.join(', ')}))`
}

/** `from` is a row source in SQL (`NEW`, `OLD`, an alias). */
export function valuesOf (columns: readonly SideColumn[], from: string): string[] {
  return columns.map(({ actual }) => `${from}.${actual}`)
}

/** `(select … from (select …) as vintage_row)`: one side's values, computed from the other side's in `from`. */
export function selectOther (target: readonly SideColumn[], source: readonly SideColumn[], from: string, into = ''): string {
  const values = target.map(({ value, name }) => `${value} as ${name}`).join(', ')
  const inputs = source.map(({ actual, name }) => `${from}.${actual} as ${name}`).join(', ')
  return `select ${values} ${into} from (select ${inputs}) as vintage_row`
}
