import type { Node, ResTarget } from 'libpg-query'
import { outputNameOf } from './output-names.js'
import type { FromItems, Rewriting } from './rewriting.js'
import type { OutputColumns, Scope } from './scope.js'
import { visitStar } from './star.js'
import { dottedNameOf, nodesOf, present, type DottedName } from './syntax.js'

/** Serves a select list or a RETURNING list, and gives its columns. */
export function visitTargets (rewriting: Rewriting, targets: readonly Node[] | undefined, from: FromItems, scope: Scope): OutputColumns {
  const outputs = nodesOf('ResTarget', targets).map((target) => visitTarget(rewriting, target, from, scope))
  return { names: outputs.flatMap(({ names }) => names), open: outputs.some(({ open }) => open) }
}

function visitTarget (rewriting: Rewriting, target: ResTarget, from: FromItems, scope: Scope): OutputColumns {
  const star = starIn(target)
  if (star !== undefined) return visitStar(rewriting, star, from, scope)
  rewriting.visitExpression(target.val, scope)
  return { names: [outputNameOf(target) ?? '?column?'], open: false }
}

function starIn ({ val }: ResTarget): DottedName | undefined {
  return nodesOf('ColumnRef', [present(val)]).map(dottedNameOf).find(({ star }) => star)
}
