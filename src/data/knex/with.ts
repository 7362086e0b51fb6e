import type { CommonTableExpr, WithClause } from 'libpg-query'
import type { Rewriting } from './rewriting.js'
import { scopeOf, type OutputColumns, type Scope } from './scope.js'
import { nodesOf, present, textsOf } from './syntax.js'

const UNKNOWN: OutputColumns = { names: [], open: true }

/** Serves a WITH clause; the scope that comes back knows its queries by name. */
export function visitWith (rewriting: Rewriting, clause: WithClause | undefined, parent: Scope | undefined): Scope {
  const ctes = new Map<string, OutputColumns>()
  const queries = nodesOf('CommonTableExpr', clause?.ctes)
  // under RECURSIVE a query sees itself and those that come later
  if (clause?.recursive === true) for (const query of queries) ctes.set(present(query.ctename), UNKNOWN)
  const scope = scopeOf([], parent, ctes)
  for (const query of queries) {
    ctes.set(present(query.ctename), renamed(query, rewriting.visitStatement(present(query.ctequery), scope)))
  }
  return scope
}

function renamed (query: CommonTableExpr, outputs: OutputColumns): OutputColumns {
  if (query.search_clause !== undefined || query.cycle_clause !== undefined) return UNKNOWN
  const names = textsOf(query.aliascolnames)
  return { names: [...names, ...outputs.names.slice(names.length)], open: outputs.open }
}
