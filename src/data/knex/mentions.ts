import type { TableStates } from './table-state.js'

/** Text by which a statement may concern any table: escaped names, the search_path, the catalogue's columns. */
const SUSPECTS = ['u&"', 'search_path', 'information_schema']

/**
 * A cheap test that spares most statements the parser.
 *
 * @returns given SQL, whether it may concern a table in transition; never false when it does
 */
export function mentionsOf ({ tables }: TableStates): (sql: string) => boolean {
  if (tables.length === 0) return () => false
  // within quotes a quote is doubled
  const words = [...SUSPECTS, ...new Set(tables.map(({ table }) => table.toLowerCase().replaceAll('"', '""')))]
  return (sql) => {
    const folded = sql.toLowerCase()
    return words.some((word) => folded.includes(word))
  }
}
