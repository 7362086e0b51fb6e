import type { Node } from 'libpg-query'
import { outputNameOf } from './output-names.js'
import type { FromItems, Rewriting } from './rewriting.js'
import type { OutputColumns, Scope } from './scope.js'
import { visitStar } from './star.js'
import { dottedNameOf, type DottedName } from './syntax.js'

/** Serves a select list or a RETURNING list, and gives its columns. */
export function visitTargets (rewriting: Rewriting, targets: readonly Node[] = [], from: FromItems, scope: Scope): OutputColumns {
  const outputs = targets.map((target) => visitTarget(rewriting, target, from, scope))
  return { names: outputs.flatMap(({ names }) => names), open: outputs.some(({ open }) => open) }
}

function visitTarget (rewriting: Rewriting, target: Node, from: FromItems, scope: Scope): OutputColumns {
  const star = starIn(target)
  if (star !== undefined) return visitStar(rewriting, star, from, scope)
  rewriting.visitExpression(target, scope)
  const name = 'ResTarget' in target ? outputNameOf(target.ResTarget) : undefined
  return { names: [name ?? '?column?'], open: false }
}

function starIn (target: Node): DottedName | undefined {
  const value = 'ResTarget' in target ? target.ResTarget.val : undefined
  const name = value !== undefined && 'ColumnRef' in value ? dottedNameOf(value.ColumnRef) : undefined
  return name?.star === true ? name : undefined
}
