import { fit, quote } from '../names.js'

/** An element of an index: the name of a column, or SQL as it stands between the parentheses, e.g. `lower(email) desc`. */
export type IndexElement = string | { readonly sql: string }

/** How an index is to be. */
export interface IndexShape {
  readonly elements: readonly IndexElement[]
  readonly unique: boolean
  /** e.g. `gin`; @default `btree` */
  readonly using?: string | undefined
  /** SQL of a partial index's condition */
  readonly where?: string | undefined
  /** columns that it only holds */
  readonly include?: readonly string[] | undefined
  readonly nullsNotDistinct?: boolean | undefined
}

/** The statement that makes an index, on the table or on its twin. */
export function indexStatement (shape: IndexShape, name: string, table: string, concurrently: boolean): string {
  const { unique, using = 'btree', where, include = [], nullsNotDistinct = false } = shape
  return [
    `create ${unique ? 'unique ' : ''}index ${concurrently ? 'concurrently ' : ''}${quote(name)} on ${table} using ${quote(using)} (${shape.elements.map(elementSql).join(', ')})`,
    include.length > 0 ? `include (${include.map(quote).join(', ')})` : '',
    nullsNotDistinct ? 'nulls not distinct' : '',
    // the line break ends a comment with which the condition may end
    where === undefined ? '' : `where (${where}\n)`
  ].filter((part) => part !== '').join(' ')
}

function elementSql (element: IndexElement): string {
  return typeof element === 'string' ? quote(element) : element.sql
}

/** The name that knex would give it: `<table>_<columns>_<suffix>`, cut to 63 bytes. */
export function defaultName (table: string, columns: readonly string[], suffix: 'index' | 'unique' | 'foreign'): string {
  return fit([table, ...columns, suffix].join('_'))
}
