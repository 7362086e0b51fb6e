import type { InferClause, InsertStmt, OnConflictClause } from 'libpg-query'
import { NotUnderstoodError, UnfilledKeyError } from '../../errors.js'
import { refuseGone } from './references.js'
import { tableOf } from './relations.js'
import { excerptOf, type Rewriting } from './rewriting.js'
import { scopeOf, type OutputColumns, type Relation, type Scope } from './scope.js'
import { dottedNameOf, isNode, isRecord, present } from './syntax.js'
import type { TableState } from './table-state.js'
import { visitWith } from './with.js'
import { visitAssignments, visitReturning } from './writes.js'

/** Serves INSERT, with ON CONFLICT and RETURNING. */
export function visitInsert (rewriting: Rewriting, insert: InsertStmt, parent: Scope | undefined): OutputColumns {
  const outer = visitWith(rewriting, insert.withClause, parent)
  const target = tableOf(rewriting, present(insert.relation))
  if (insert.selectStmt !== undefined) {
    refuseColumnless(rewriting, insert, target)
    rewriting.visitStatement(insert.selectStmt, outer)
  }
  visitAssignments(rewriting, insert.cols, target, scopeOf([target], outer))
  if (insert.onConflictClause !== undefined) visitConflict(rewriting, insert.onConflictClause, target, outer)
  return visitReturning(rewriting, insert.returningClause, target, { relations: [target], star: [{ kind: 'relation', relation: target }] }, outer)
}

/** By position, values would meet the columns of the old side. */
function refuseColumnless (rewriting: Rewriting, insert: InsertStmt, target: Relation): void {
  if (target.state !== undefined && insert.cols === undefined) {
    throw new NotUnderstoodError('INSERT without a list of columns', 'name the columns that it writes', excerptOf(rewriting))
  }
}

function visitConflict (rewriting: Rewriting, conflict: OnConflictClause, target: Relation, outer: Scope): void {
  if (target.state !== undefined) refuseUnfilledKey(rewriting, keyColumnsOf(conflict.infer, target.state), target)
  const excluded: Relation = { ...target, name: 'excluded', schema: undefined, path: ['excluded'] }
  const scope = scopeOf([target, excluded], outer)
  visitAssignments(rewriting, conflict.targetList, target, scope)
  rewriting.visitExpression(conflict.whereClause, scope)
}

/** A unique index on a new column does not hold the rows that are still to be filled. */
function refuseUnfilledKey (rewriting: Rewriting, columns: readonly string[], target: Relation): void {
  for (const column of columns) {
    refuseGone(rewriting, target, column, column)
    const spanned = target.state?.spanned.get(column)
    if (spanned !== undefined && spanned.mode !== 'direct') throw new UnfilledKeyError(column, spanned.transition, excerptOf(rewriting))
  }
}

/** Without a target DO NOTHING takes every key. */
function keyColumnsOf (infer: InferClause | undefined, { uniqueKeys, spanned }: TableState): string[] {
  if (infer?.indexElems !== undefined) return keyColumns([infer.indexElems, infer.whereClause])
  const keys = uniqueKeys.filter(({ name }) => infer?.conname === undefined || name === infer.conname)
  // the statement names none of these columns, so those of the old side are no business of its author
  return keys.flatMap(({ columns }) => columns).filter((column) => spanned.has(column))
}

function keyColumns (part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap(keyColumns)
  if (!isRecord(part)) return []
  if (isNode(part) && 'ColumnRef' in part) return dottedNameOf(part.ColumnRef).names.slice(-1)
  const own = isNode(part) && 'IndexElem' in part && part.IndexElem.name !== undefined ? [part.IndexElem.name] : []
  return [...own, ...Object.values(part).flatMap(keyColumns)]
}
