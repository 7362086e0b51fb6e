import type { Node, XmlExpr } from 'libpg-query'
import { UnparsedError } from '../../errors.js'
import { quote } from '../names.js'
import { visitInsert } from './insert.js'
import { visitMerge } from './merge.js'
import { visitReference } from './references.js'
import { excerpt } from './excerpt.js'
import type { Rewriting } from './rewriting.js'
import type { OutputColumns, Scope } from './scope.js'
import { visitSelect } from './select.js'
import { SourceText } from './source-text.js'
import { innerStatement, refuseOtherStatement, refuseSearchPath } from './other-statements.js'
import { isNode, isRecord, nodesOf, present, statementsOf, textsOf } from './syntax.js'
import type { TableStates } from './table-state.js'
import { visitDelete, visitUpdate } from './writes.js'

const NOTHING: OutputColumns = { names: [], open: false }

/**
 * Brings SQL that speaks head columns to what the tables can answer in their phases: text in, text out.
 * `loadModule()` of libpg-query must have been awaited once.
 *
 * @param sql one or more statements, parameters as `$1`
 * @param states tables in transition
 * @throws FST_ERR_VINTAGE_STATEMENT_… when it cannot be served; never a guess
 * @example
 * rewrite('select full_name from users', states)
 * // select (case when "users"."vintage_…_pending" then (…)::text else "users"."full_name" end) from users
 */
export function rewrite (sql: string, states: TableStates): string {
  const text = new SourceText(sql)
  const rewriting: Rewriting = {
    text,
    states,
    visitStatement: (statement, parent) => visitStatement(rewriting, statement, parent),
    visitExpression: (part, scope) => visitExpression(rewriting, part, scope)
  }
  for (const statement of parse(sql)) visitStatement(rewriting, statement, undefined)
  return text.toString()
}

function parse (sql: string): Node[] {
  try {
    return statementsOf(sql)
  } catch (cause) {
    throw Object.assign(new UnparsedError(String(cause), excerpt(sql)), { cause })
  }
}

function visitStatement (rewriting: Rewriting, statement: Node, parent: Scope | undefined): OutputColumns {
  if ('SelectStmt' in statement) return visitSelect(rewriting, statement.SelectStmt, parent)
  if ('InsertStmt' in statement) return visitInsert(rewriting, statement.InsertStmt, parent)
  if ('UpdateStmt' in statement) return visitUpdate(rewriting, statement.UpdateStmt, parent)
  if ('DeleteStmt' in statement) return visitDelete(rewriting, statement.DeleteStmt, parent)
  if ('MergeStmt' in statement) return visitMerge(rewriting, statement.MergeStmt, parent)
  const inner = innerStatement(statement)
  if (inner !== undefined) return visitStatement(rewriting, inner, parent)
  refuseOtherStatement(rewriting, statement)
  return NOTHING
}

/** Whatever the syntax around them: names are resolved, sub-queries are statements of their own. */
function visitExpression (rewriting: Rewriting, part: unknown, scope: Scope): void {
  if (Array.isArray(part)) return part.forEach((item) => visitExpression(rewriting, item, scope))
  if (!isRecord(part)) return
  if (isNode(part)) {
    if ('ColumnRef' in part) return visitReference(rewriting, part.ColumnRef, scope)
    if ('XmlExpr' in part) return visitXml(rewriting, part.XmlExpr, scope)
    if ('FuncCall' in part) refuseSearchPath(rewriting, part.FuncCall)
    if ('SelectStmt' in part) {
      visitStatement(rewriting, part, scope)
      return
    }
  }
  for (const child of Object.values(part)) visitExpression(rewriting, child, scope)
}

/** XMLFOREST and XMLATTRIBUTES take a name from a column, and from no other expression. */
function visitXml (rewriting: Rewriting, { args, named_args: named }: XmlExpr, scope: Scope): void {
  visitExpression(rewriting, args, scope)
  for (const { name, val } of nodesOf('ResTarget', named)) {
    const [column] = name === undefined ? nodesOf('ColumnRef', [present(val)]) : []
    if (column === undefined) visitExpression(rewriting, val, scope)
    else visitReference(rewriting, column, scope, ` as ${quote(present(textsOf(column.fields).at(-1)))}`)
  }
}
