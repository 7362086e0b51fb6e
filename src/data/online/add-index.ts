import { InvalidOptionError } from '../../errors.js'
import { buildIndex } from './build-index.js'
import type { Outcome } from './events.js'
import { refusePartitioned } from './find-table.js'
import { defaultName, type IndexElement } from './index-definition.js'
import type { Operation } from './operation.js'

/** Options of `addIndex`. */
export interface IndexOptions {
  /** of the index; required where an element is SQL @default `<table>_<columns>_index`, cut to 63 bytes, as knex names it */
  readonly name?: string
  /** whether a value may be there once only @default false */
  readonly unique?: boolean
  /** the access method @default 'btree' */
  readonly using?: string
  /** SQL: only rows of which it is true are in the index @default none */
  readonly where?: string
  /** columns that the index holds beside its own @default none */
  readonly include?: readonly string[]
}

export async function addIndex (operation: Operation, elements: readonly IndexElement[], { unique = false, name, ...options }: IndexOptions): Promise<Outcome> {
  const { subject, table } = operation
  refusePartitioned(subject, table, 'create the index on ONLY the parent, `addIndex` on each partition, and attach them (`alter index … attach partition …`)')
  return await buildIndex(operation, name ?? nameOf(table.name, elements), { ...options, elements, unique })
}

function nameOf (table: string, elements: readonly IndexElement[]): string {
  const columns = elements.filter((element) => typeof element === 'string')
  if (columns.length < elements.length) throw new InvalidOptionError('name', 'must be given for an index on SQL expressions')
  return defaultName(table, columns, 'index')
}
