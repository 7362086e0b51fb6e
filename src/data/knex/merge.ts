import type { MergeStmt } from 'libpg-query'
import { NotUnderstoodError } from '../../errors.js'
import { visitFrom } from './from.js'
import { tableOf } from './relations.js'
import { excerptOf, type FromItems, type Rewriting } from './rewriting.js'
import { scopeOf, type OutputColumns, type Scope } from './scope.js'
import { nodesOf, present } from './syntax.js'
import { visitWith } from './with.js'
import { visitAssignments, visitReturning } from './writes.js'

/** Serves MERGE. */
export function visitMerge (rewriting: Rewriting, merge: MergeStmt, parent: Scope | undefined): OutputColumns {
  const outer = visitWith(rewriting, merge.withClause, parent)
  const target = tableOf(rewriting, present(merge.relation))
  const source = visitFrom(rewriting, [present(merge.sourceRelation)], outer)
  const scope = scopeOf([target, ...source.relations], outer)
  rewriting.visitExpression(merge.joinCondition, scope)
  for (const { condition, targetList, values } of nodesOf('MergeWhenClause', merge.mergeWhenClauses)) {
    if (values !== undefined && targetList === undefined && target.state !== undefined) {
      throw new NotUnderstoodError('INSERT without a list of columns', 'name the columns that it writes', excerptOf(rewriting))
    }
    visitAssignments(rewriting, targetList, target, scope)
    rewriting.visitExpression([condition, values], scope)
  }
  // RETURNING * gives the source's columns first
  const from: FromItems = {
    relations: [target, ...source.relations],
    star: source.star === undefined ? undefined : [...source.star, { kind: 'relation', relation: target }]
  }
  return visitReturning(rewriting, merge.returningClause, target, from, outer)
}
