import type { SelectStmt } from 'libpg-query'
import { quote } from '../names.js'
import { isRecord, present, textsOf } from '../knex/syntax.js'

/** What a statement names, to be looked up in the catalogue. */
export interface Named {
  /** without their schemas */
  readonly functions: readonly string[]
  /** quoted, with the schema where it has one; a CTE is among them */
  readonly relations: readonly string[]
}

/** Rows that these pick, order or make may be others in each run, and what writes or locks is not run twice. */
const LEFT_OUT: readonly string[] = [
  'limitCount', 'limitOffset', 'lockingClause', 'intoClause', 'over', 'windowClause', 'SQLValueFunction', 'RangeTableSample',
  'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt',
  // values of many rows in whatever order they come
  'JsonArrayAgg', 'JsonObjectAgg', 'JsonArrayQueryConstructor'
]

/**
 * What a SELECT names, where its syntax lets two runs of it be compared. Limit and offset of the statement itself are
 * no hindrance, for they can be left out.
 *
 * @returns undefined where it cannot be compared
 */
export function namesIn ({ limitCount, limitOffset, ...select }: SelectStmt): Named | undefined {
  const found = { functions: new Set<string>(), relations: new Set<string>() }
  return visit(select, found) ? { functions: [...found.functions], relations: [...found.relations] } : undefined
}

interface Found { readonly functions: Set<string>, readonly relations: Set<string> }

/** @returns false at the first part that cannot be compared */
function visit (part: unknown, found: Found): boolean {
  if (Array.isArray(part)) return part.every((item) => visit(item, found))
  if (!isRecord(part)) return true
  if (LEFT_OUT.some((key) => key in part) || picksFirst(part.distinctClause) || part.subLinkType === 'ARRAY_SUBLINK') return false
  if (Array.isArray(part.funcname)) found.functions.add(present(textsOf(part.funcname).at(-1)))
  if (typeof part.relname === 'string') {
    found.relations.add([part.schemaname, part.relname].filter((name) => typeof name === 'string').map(quote).join('.'))
  }
  return Object.values(part).every((item) => visit(item, found))
}

/** DISTINCT ON takes whichever row comes first; plain DISTINCT has an empty list. */
function picksFirst (distinct: unknown): boolean {
  return Array.isArray(distinct) && distinct.some((item) => isRecord(item) && Object.keys(item).length > 0)
}
