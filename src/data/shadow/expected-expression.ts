import { columnTemplateOf } from '../knex/expression-template.js'
import { readTypeOf } from '../knex/read-type.js'
import { namesOf, quote } from '../names.js'
import { oldColumnsOf, type Transition } from '../transition.js'

/**
 * What a column of the new side should hold: itself where the old side is what `downgrade` makes of the new one, and
 * what `upgrade` makes of the old side otherwise. Of a row in sync that is what is served; of one that is not, the
 * answer of the old side.
 *
 * @returns given the name of a row as SQL, e.g. `"u"`, the expression over it
 * @throws FST_ERR_VINTAGE_INVALID_TRANSITION when an expression is not one over bare column names
 */
export function expectedExpressionOf (transition: Transition, name: string): (row: string) => string {
  const marker = quote(namesOf(transition.name).marker)
  const upgraded = converted(transition, 'upgrade', 'after', name)
  const old = oldColumnsOf(transition)
  const downgraded = old.map((column) => converted(transition, 'downgrade', 'before', column))
  return (row) => {
    // exact for every type, null-safe
    const isKept = `pg_catalog.record_image_eq(row(${old.map((column) => `${row}.${quote(column)}`).join(', ')}), row(${downgraded.map((value) => value(row)).join(', ')}))`
    // what follows ELSE names the column where nothing else does
    return `(case when ${row}.${marker} or not ${isKept} then ${upgraded(row)} else ${row}.${quote(name)} end)`
  }
}

function converted (transition: Transition, direction: 'upgrade' | 'downgrade', side: 'after' | 'before', name: string): (row: string) => string {
  const value = columnTemplateOf(transition.name, `${direction}.${name}`, String(transition[direction][name]))
  const type = readTypeOf(transition.name, String(transition[side][name]), side)
  return (row) => `${value((column) => `${row}.${quote(column)}`)}::${type}`
}
