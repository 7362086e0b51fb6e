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
  const both = [target, ...source.relations]
  rewriting.visitExpression(merge.joinCondition, scopeOf(both, outer))
  for (const { matchKind, condition, targetList, values } of nodesOf('MergeWhenClause', merge.mergeWhenClauses)) {
    if (values !== undefined && targetList === undefined && target.state !== undefined) {
      throw new NotUnderstoodError('INSERT without a list of columns', 'name the columns that it writes', excerptOf(rewriting))
    }
    const scope = scopeOf(present(matchKind) === 'MERGE_WHEN_MATCHED' ? both : matchKind === 'MERGE_WHEN_NOT_MATCHED_BY_SOURCE' ? [target] : source.relations, outer)
    visitAssignments(rewriting, targetList, target, scope)
    rewriting.visitExpression([condition, values], scope)
  }
  // RETURNING * gives the source's columns first
  const from: FromItems = {
    relations: both,
    star: source.star === undefined ? undefined : [...source.star, { kind: 'relation', relation: target }]
  }
  return visitReturning(rewriting, merge.returningClause, target, from, outer)
}
