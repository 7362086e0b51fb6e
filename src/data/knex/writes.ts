import type { DeleteStmt, Node, ReturningClause, UpdateStmt } from 'libpg-query'
import { NotUnderstoodError, TooEarlyError } from '../../errors.js'
import { visitFrom } from './from.js'
import { refuseGone } from './references.js'
import { tableOf } from './relations.js'
import { excerptOf, type FromItems, type Rewriting } from './rewriting.js'
import { scopeOf, type OutputColumns, type Relation, type Scope } from './scope.js'
import { nodesOf, present } from './syntax.js'
import { visitTargets } from './targets.js'
import { visitWith } from './with.js'

const NOTHING: OutputColumns = { names: [], open: false }

/** Serves UPDATE; what it sets keeps its name, for the dual writer fills the other side. */
export function visitUpdate (rewriting: Rewriting, update: UpdateStmt, parent: Scope | undefined): OutputColumns {
  return visitWrite(rewriting, update, update.fromClause, parent)
}

/** Serves DELETE. */
export function visitDelete (rewriting: Rewriting, statement: DeleteStmt, parent: Scope | undefined): OutputColumns {
  return visitWrite(rewriting, statement, statement.usingClause, parent)
}

function visitWrite (rewriting: Rewriting, write: UpdateStmt & DeleteStmt, others: Node[] | undefined, parent: Scope | undefined): OutputColumns {
  const outer = visitWith(rewriting, write.withClause, parent)
  const target = tableOf(rewriting, present(write.relation))
  const from = withTarget(target, visitFrom(rewriting, others, outer))
  const scope = scopeOf(from.relations, outer)
  visitAssignments(rewriting, write.targetList, target, scope)
  rewriting.visitExpression(write.whereClause, scope)
  return visitReturning(rewriting, write.returningClause, target, from, outer)
}

/** RETURNING * gives the target's columns first. */
export function withTarget (target: Relation, from: FromItems): FromItems {
  return {
    relations: [target, ...from.relations],
    star: from.star === undefined ? undefined : [{ kind: 'relation', relation: target }, ...from.star]
  }
}

/** The SET list of an UPDATE, or the column list of an INSERT. */
export function visitAssignments (rewriting: Rewriting, targets: readonly Node[] | undefined, target: Relation, scope: Scope): void {
  for (const { name, indirection, val } of nodesOf('ResTarget', targets)) {
    refuseAssignment(rewriting, target, present(name), indirection !== undefined && val !== undefined)
    rewriting.visitExpression([indirection, val], scope)
  }
}

function refuseAssignment (rewriting: Rewriting, target: Relation, column: string, isPart: boolean): void {
  refuseGone(rewriting, target, column, column)
  const spanned = target.state?.spanned.get(column)
  if (spanned?.mode === 'refused') throw new TooEarlyError(`a write to \`${column}\``, spanned.transition, excerptOf(rewriting))
  if (isPart && spanned?.mode === 'spanned') {
    throw new NotUnderstoodError(`a write to a part of \`${column}\``, 'the rest of its value may still have to be filled: set the whole column', excerptOf(rewriting))
  }
}

/** RETURNING sees the target, the other tables, and the row before and after as `old` and `new`. */
export function visitReturning (rewriting: Rewriting, clause: ReturningClause | undefined, target: Relation, from: FromItems, outer: Scope): OutputColumns {
  if (clause === undefined) return NOTHING
  const renamed = nodesOf('ReturningOption', clause.options)
  const versions = (['OLD', 'NEW'] as const).map((which) => {
    const name = renamed.find(({ option }) => option === `RETURNING_OPTION_${which}`)?.value ?? which.toLowerCase()
    return { ...target, name, schema: undefined, path: [name], bare: false }
  }).filter(({ name }) => !from.relations.some((relation) => relation.name === name))
  return visitTargets(rewriting, clause.exprs, from, scopeOf([...from.relations, ...versions], outer))
}
