import type { FuncCall, Node } from 'libpg-query'
import { NotUnderstoodError } from '../../errors.js'
import { findState } from './relations.js'
import { excerptOf, type Rewriting } from './rewriting.js'
import { isNode, isRecord, nodesOf, textsOf } from './syntax.js'

/** Statements on a table in transition that name no column of it. */
const HARMLESS = new Set([
  'TransactionStmt', 'LockStmt', 'TruncateStmt', 'VariableShowStmt', 'NotifyStmt', 'ListenStmt', 'UnlistenStmt',
  'DeallocateStmt', 'FetchStmt', 'ClosePortalStmt', 'CommentStmt', 'DiscardStmt', 'CheckPointStmt', 'ConstraintsSetStmt'
])

/** Statements that hide SQL in a string, which nobody rewrites. */
const OPAQUE = new Set(['DoStmt', 'CreateFunctionStmt', 'PrepareStmt', 'CopyStmt'])

/** What EXPLAIN, DECLARE CURSOR and CREATE TABLE AS run. */
export function innerStatement (statement: Node): Node | undefined {
  if ('ExplainStmt' in statement) return statement.ExplainStmt.query
  if ('DeclareCursorStmt' in statement) return statement.DeclareCursorStmt.query
  if ('CreateTableAsStmt' in statement && statement.CreateTableAsStmt.objtype === 'OBJECT_TABLE') return statement.CreateTableAsStmt.query
  return undefined
}

/**
 * Lets a statement pass that has nothing to do with columns in transition.
 *
 * @throws FST_ERR_VINTAGE_STATEMENT_NOT_UNDERSTOOD for any other
 */
export function refuseOtherStatement (rewriting: Rewriting, statement: Node): void {
  const kind = Object.keys(statement).join()
  if (changesSearchPath(statement)) throw searchPathError(rewriting)
  if (HARMLESS.has(kind) || 'VariableSetStmt' in statement) return
  if (OPAQUE.has(kind)) throw new NotUnderstoodError(`\`${kind}\``, 'it holds SQL that outlives a phase or is not parsed: send the statements themselves', excerptOf(rewriting))
  if (namesTableInTransition(rewriting, statement)) {
    throw new NotUnderstoodError(`\`${kind}\``, 'changes of the table itself belong in a migration', excerptOf(rewriting))
  }
}

function changesSearchPath (statement: Node): boolean {
  if ('DiscardStmt' in statement) return statement.DiscardStmt.target === 'DISCARD_ALL'
  if (!('VariableSetStmt' in statement)) return false
  // `set schema` has this name too
  return statement.VariableSetStmt.name === 'search_path' || statement.VariableSetStmt.kind === 'VAR_RESET_ALL'
}

/** @throws FST_ERR_VINTAGE_STATEMENT_NOT_UNDERSTOOD for `set_config('search_path', …)`, and where the name of the setting is not a literal */
export function refuseSearchPath (rewriting: Rewriting, { funcname, args = [] }: FuncCall): void {
  if (textsOf(funcname).at(-1) !== 'set_config') return
  const [setting] = nodesOf('A_Const', args.slice(0, 1))
  if (setting?.sval?.sval === undefined || setting.sval.sval.toLowerCase() === 'search_path') throw searchPathError(rewriting)
}

function searchPathError (rewriting: Rewriting): Error {
  return new NotUnderstoodError('a change of the search_path', 'bare table names would mean something else: use `searchPath` of the knex options, or withSchema()', excerptOf(rewriting))
}

function namesTableInTransition (rewriting: Rewriting, part: unknown): boolean {
  if (Array.isArray(part)) return part.some((item) => namesTableInTransition(rewriting, item))
  if (!isRecord(part)) return false
  if (isNode(part) && 'RangeVar' in part) return findState(rewriting.states, part.RangeVar) !== undefined
  return isRangeVar(part) ? findState(rewriting.states, part) !== undefined : Object.values(part).some((item) => namesTableInTransition(rewriting, item))
}

/** Some statements hold their table without the wrapping node. */
function isRangeVar (part: Record<string, unknown>): part is { relname: string, schemaname?: string } {
  return typeof part.relname === 'string' && (part.schemaname === undefined || typeof part.schemaname === 'string')
}
