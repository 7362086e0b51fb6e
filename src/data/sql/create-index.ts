import { fit, quote } from '../names.js'
import type { IndexDefinition, Transition } from '../transition.js'

/** An index of the new side with its name settled. */
export interface NamedIndex {
  readonly name: string
  readonly columns: readonly string[]
  readonly unique: boolean
}

/** @param table its bare name, which the default name begins with */
export function indexesOf (transition: Transition, table: string): NamedIndex[] {
  return (transition.indexes ?? []).map((index) => {
    const { columns, unique = false, name } = isNamed(index) ? index : { columns: index }
    return { columns, unique, name: name ?? fit([table, ...columns, unique ? 'unique' : 'index'].join('_')) }
  })
}

function isNamed (index: readonly string[] | IndexDefinition): index is IndexDefinition {
  return 'columns' in index
}

/** @param table quoted, with its schema */
export function createIndex ({ name, columns, unique }: NamedIndex, table: string, concurrently: boolean): string {
  return `create ${unique ? 'unique ' : ''}index ${concurrently ? 'concurrently ' : ''}${quote(name)} on ${table} (${columns.map(quote).join(', ')})`
}
