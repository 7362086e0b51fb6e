import type { TableStates } from './table-state.js'

/** Text by which a statement may concern any table: escaped names, the search_path, the catalogue's columns. */
const SUSPECTS = ['u&"', 'search_path', 'set_config', 'information_schema']

/** Pairs of words by which a statement may change the search_path without naming it. */
const SUSPECT_PAIRS = [[/\bset\b/, /\bschema\b/], [/\b(?:reset|discard)\b/, /\ball\b/]] as const

/**
 * A cheap test that spares most statements the parser.
 *
 * @returns given SQL, whether it may concern a table in transition; never false when it does
 */
export function mentionsOf ({ tables }: TableStates): (sql: string) => boolean {
  if (tables.length === 0) return () => false
  // within quotes a quote is doubled
  const words = [...SUSPECTS, ...new Set(tables.map(({ table }) => fold(table).replaceAll('"', '""')))]
  return (sql) => {
    const folded = fold(sql)
    return words.some((word) => folded.includes(word)) || SUSPECT_PAIRS.some(([one, other]) => one.test(folded) && other.test(folded))
  }
}

/** As Postgres folds names: other letters than those of ASCII stay as they are. */
function fold (text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
