import { readExpressionOf } from '../knex/read-expression.js'
import { namesOf, quote } from '../names.js'
import type { Transition } from '../transition.js'
import { describeIndex, type NamedIndex } from './create-index.js'

/**
 * The twin of each index of the new side: the same columns as statements read them before `read-new`, so that a
 * `where` finds its rows by index from the first phase on. A twin is never unique: the rows are not filled yet. Where
 * rows may be set aside there are none: an index on an expression refuses the rows on which it raises.
 * `loadModule()` of libpg-query must have been awaited once.
 *
 * @param table its bare name
 */
export function twinsOf (transition: Transition, table: string): NamedIndex[] {
  if (transition.onError === 'set-aside') return []
  return (transition.indexes ?? []).map((index) => {
    const { columns, name } = describeIndex(index, table)
    return {
      name: namesOf(transition.name).twin(name),
      unique: false,
      columns: null,
      elements: columns.map((column) => Object.hasOwn(transition.after, column) ? `(${readExpressionOf(transition, column)(quote(table))})` : quote(column))
    }
  })
}
