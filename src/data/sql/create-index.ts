import { fit, namesOf, quote } from '../names.js'
import type { IndexDefinition, Transition } from '../transition.js'

/** An index of the new side with its name settled. */
export interface NamedIndex {
  readonly name: string
  readonly unique: boolean
  /** plain names of its columns; null where an element is an expression */
  readonly columns: readonly string[] | null
  /** its elements as SQL */
  readonly elements: readonly string[]
  /** its condition as SQL; absent where it has every row */
  readonly where?: string
}

/** Columns and uniqueness of an index, however short the definition writes it. */
export function describeIndex (index: readonly string[] | IndexDefinition, table: string): { name: string, columns: readonly string[], unique: boolean } {
  const { columns, unique = false, name } = isNamed(index) ? index : { columns: index }
  return { columns, unique, name: name ?? fit([table, ...columns, unique ? 'unique' : 'index'].join('_')) }
}

/** @param table its bare name, which the default name begins with */
export function indexesOf (transition: Transition, table: string): NamedIndex[] {
  return (transition.indexes ?? []).map((index) => {
    const { columns, ...described } = describeIndex(index, table)
    return { ...described, columns, elements: columns.map(quote) }
  })
}

/** Where rows may be set aside, the index by which those that have the marker are found at once; it goes with the marker. */
export function pendingIndexesOf ({ name, onError }: Transition): NamedIndex[] {
  if (onError !== 'set-aside') return []
  const { pendingIndex, marker } = namesOf(name)
  return [{ name: pendingIndex, unique: false, columns: null, elements: [quote(marker)], where: quote(marker) }]
}

function isNamed (index: readonly string[] | IndexDefinition): index is IndexDefinition {
  return 'columns' in index
}

/** @param table quoted, with its schema */
export function createIndex ({ name, unique, elements, where }: NamedIndex, table: string, concurrently: boolean): string {
  return `create ${unique ? 'unique ' : ''}index ${concurrently ? 'concurrently ' : ''}${quote(name)} on ${table} (${elements.join(', ')})${where === undefined ? '' : ` where ${where}`}`
}
