import type { Node, SelectStmt } from 'libpg-query'
import { AmbiguousReferenceError } from '../../errors.js'
import { visitFrom } from './from.js'
import { eitherOf } from './references.js'
import { excerptOf, type Rewriting } from './rewriting.js'
import { isInTransition, levelsOf, scopeOf, type OutputColumns, type Relation, type Scope } from './scope.js'
import { bareNameOf, nodesOf, present } from './syntax.js'
import { visitTargets } from './targets.js'
import { visitWith } from './with.js'

/** Serves a SELECT, VALUES or set operation, and gives its columns. */
export function visitSelect (rewriting: Rewriting, select: SelectStmt, parent: Scope | undefined): OutputColumns {
  const outer = visitWith(rewriting, select.withClause, parent)
  rewriting.visitExpression([select.limitCount, select.limitOffset], outer)
  if (select.larg !== undefined) {
    const outputs = visitSelect(rewriting, select.larg, outer)
    visitSelect(rewriting, present(select.rarg), outer)
    visitOutputSort(rewriting, select, outer)
    return outputs
  }
  if (select.valuesLists !== undefined) {
    rewriting.visitExpression(select.valuesLists, outer)
    visitOutputSort(rewriting, select, outer)
    const [first] = nodesOf('List', select.valuesLists)
    return { names: present(first?.items).map((_, index) => `column${index + 1}`), open: false }
  }
  return visitPlainSelect(rewriting, select, outer)
}

/** Bare names in ORDER BY of VALUES or a set operation are output columns, which keep their names. */
function visitOutputSort (rewriting: Rewriting, { sortClause }: SelectStmt, outer: Scope): void {
  for (const { node } of nodesOf('SortBy', sortClause)) {
    if (bareNameOf(node) === undefined) rewriting.visitExpression(node, outer)
  }
}

function visitPlainSelect (rewriting: Rewriting, select: SelectStmt, outer: Scope): OutputColumns {
  const from = visitFrom(rewriting, select.fromClause, outer)
  const scope = scopeOf(from.relations, outer)
  const outputs = visitTargets(rewriting, select.targetList, from, scope)
  rewriting.visitExpression([select.whereClause, select.havingClause, select.windowClause], scope)
  for (const item of select.groupClause ?? []) visitGroupItem(rewriting, item, outputs, scope)
  for (const item of [...select.distinctClause ?? [], ...select.sortClause ?? []]) visitSortItem(rewriting, item, outputs, scope)
  return outputs
}

/** GROUP BY takes a bare name as a column of FROM first, then as an output name. */
function visitGroupItem (rewriting: Rewriting, item: Node, outputs: OutputColumns, scope: Scope): void {
  if ('GroupingSet' in item) return item.GroupingSet.content?.forEach((part) => visitGroupItem(rewriting, part, outputs, scope))
  if ('RowExpr' in item && item.RowExpr.row_format === 'COERCE_IMPLICIT_CAST') {
    return item.RowExpr.args?.forEach((part) => visitGroupItem(rewriting, part, outputs, scope))
  }
  const name = bareNameOf(item)
  const isOutput = name !== undefined && outputs.names.includes(name) && !scope.relations.some((relation) => isInTransition(relation, name))
  if (!isOutput) rewriting.visitExpression(item, scope)
}

/** ORDER BY and DISTINCT ON take a bare name as an output name first. */
function visitSortItem (rewriting: Rewriting, item: Node, outputs: OutputColumns, scope: Scope): void {
  const name = bareNameOf('SortBy' in item ? item.SortBy.node : item)
  if (name === undefined) return rewriting.visitExpression(item, scope)
  if (outputs.names.includes(name)) return
  if (outputs.open) refuseUnsure(rewriting, name, scope)
  rewriting.visitExpression(item, scope)
}

/** The select list may or may not give a column of that name, and the two would mean different things. */
function refuseUnsure (rewriting: Rewriting, name: string, scope: Scope): void {
  const relations = levelsOf(scope).flatMap((level) => level.relations)
  const inTransition = relations.find((relation) => isInTransition(relation, name))
  const unknown = scope.relations.find((relation) => mayGive(relation, name))
  if (inTransition !== undefined && unknown !== undefined) {
    throw new AmbiguousReferenceError(name, eitherOf(unknown, inTransition), excerptOf(rewriting))
  }
}

function mayGive (relation: Relation, name: string): boolean {
  return relation.columns === undefined && relation.namesakes?.has(name) !== false
}
