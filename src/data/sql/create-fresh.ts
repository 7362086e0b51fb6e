import { qualifiedTable } from '../dual-writer/sides.js'
import { quote } from '../names.js'
import { oldColumnsOf, type Transition } from '../transition.js'
import { constraintsOf } from './constraints.js'
import { createIndex, indexesOf } from './create-index.js'

/** All phases at once, for an empty table: what stands in the catalogue afterwards equals the end of the long way. */
export function createFresh (transition: Transition, found: { tableSchema: string, tableName: string }): string[] {
  const table = qualifiedTable(found)
  const add = Object.entries(transition.after).map(([name, type]) => `add column ${quote(name)} ${type}`)
  const require = (transition.notNull ?? []).map((name) => `alter column ${quote(name)} set not null`)
  const drop = oldColumnsOf(transition).map((name) => `drop column ${quote(name)}`)
  return [
    `alter table ${table} ${add.join(', ')}`,
    ...indexesOf(transition, found.tableName).map((index) => createIndex(index, table, false)),
    ...constraintsOf(transition, found).map(({ name, clause }) => `alter table ${table} add constraint ${quote(name)} ${clause}`),
    ...require.map((clause) => `alter table ${table} ${clause}`),
    `alter table ${table} ${drop.join(', ')}`
  ]
}
