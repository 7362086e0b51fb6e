import type { RangeVar } from 'libpg-query'
import { literal } from '../dual-writer/plpgsql.js'
import type { Rewriting } from './rewriting.js'
import { present } from './syntax.js'

/**
 * Hides old sides and markers from who asks `information_schema.columns`, as columnInfo() and hasColumn() of knex do.
 * The view is read only, so a sub-select in its place changes nothing else.
 */
export function hideFromCatalogue (rewriting: Rewriting, range: RangeVar): void {
  if (range.schemaname !== 'information_schema' || range.relname !== 'columns') return
  const hidden = rewriting.states.tables.flatMap(({ schema, table, gone }) =>
    [...gone.keys()].map((column) => `(${[schema, table, column].map(literal).join(', ')})`))
  const name = range.alias === undefined ? ' as columns' : ''
  rewriting.text.replace(rewriting.text.rangeOf(present(range.location), range.catalogname === undefined ? 2 : 3), `(select * from information_schema.columns where (table_schema, table_name, column_name) not in (${hidden.join(', ')}))${name}`)
}
