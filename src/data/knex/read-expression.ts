import { InvalidTransitionError } from '../../errors.js'
import { namesOf, quote } from '../names.js'
import type { Transition } from '../transition.js'
import { templateOf } from './expression-template.js'
import { readTypeOf } from './read-type.js'

/**
 * How a column of the new side is read before `read-new`: upgraded while the marker stands, itself afterwards. What a
 * statement is served with and what a twin index holds must be the same, or Postgres does not use the index.
 *
 * @returns given the name of a row as SQL, e.g. `"u"`, the expression over it
 * @throws FST_ERR_VINTAGE_INVALID_TRANSITION when `upgrade` is not one expression over bare column names
 */
export function readExpressionOf (transition: Transition, name: string): (row: string) => string {
  const [expression, type] = [transition.upgrade[name], transition.after[name]]
  if (expression === undefined || type === undefined) throw new InvalidTransitionError(transition.name, `\`upgrade\` has no expression for \`${name}\``)
  const marker = quote(namesOf(transition.name).marker)
  const upgraded = templateOf(transition.name, expression)
  const readType = readTypeOf(transition.name, type)
  return (row) => `(case when ${row}.${marker} then ${upgraded(row)}::${readType} else ${row}.${quote(name)} end)`
}
