import { spanTable, type CatalogueTable, type TransitionInPhase } from '../knex/span-table.js'
import type { TableState } from '../knex/table-state.js'
import type { Transition } from '../transition.js'
import type { PhaseRow } from './phase-rows.js'

/**
 * The tables that statements must be rewritten for: those of known transitions that are not at `drop`.
 *
 * @param transitions those that the build knows; it goes on with the old side of others
 */
export function spanTables (transitions: readonly Transition[], rows: readonly PhaseRow[]): TableState[] {
  const spanned = new Map<string, { table: CatalogueTable, transitions: TransitionInPhase[] }>()
  for (const { name, phase, tables } of rows) {
    const transition = transitions.find((known) => known.name === name)
    if (transition === undefined || phase === 'drop') continue
    for (const table of tables) {
      const key = JSON.stringify([table.schema, table.table])
      const entry = spanned.get(key) ?? { table, transitions: [] }
      entry.transitions.push({ transition, phase })
      spanned.set(key, entry)
    }
  }
  return [...spanned.values()].map((entry) => spanTable(entry.table, entry.transitions))
}
