import type { CommonTableExpr, WithClause } from 'libpg-query'
import type { Rewriting } from './rewriting.js'
import { scopeOf, type OutputColumns, type Scope } from './scope.js'
import { textsOf } from './syntax.js'

const UNKNOWN: OutputColumns = { names: [], open: true }

/** Serves a WITH clause; the scope that comes back knows its queries by name. */
export function visitWith (rewriting: Rewriting, clause: WithClause | undefined, parent: Scope | undefined): Scope {
  const ctes = new Map<string, OutputColumns>()
  const queries = (clause?.ctes ?? []).flatMap((node) => 'CommonTableExpr' in node ? [node.CommonTableExpr] : [])
  // under RECURSIVE a query sees itself and those that come later
  if (clause?.recursive === true) for (const query of queries) ctes.set(query.ctename ?? '', UNKNOWN)
  const scope = scopeOf([], parent, ctes)
  for (const query of queries) {
    const outputs = query.ctequery === undefined ? UNKNOWN : rewriting.visitStatement(query.ctequery, scope)
    ctes.set(query.ctename ?? '', renamed(query, outputs))
  }
  return scope
}

function renamed (query: CommonTableExpr, outputs: OutputColumns): OutputColumns {
  if (query.search_clause !== undefined || query.cycle_clause !== undefined) return UNKNOWN
  const names = textsOf(query.aliascolnames)
  return { names: [...names, ...outputs.names.slice(names.length)], open: outputs.open }
}
