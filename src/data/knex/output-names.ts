import type { Node, ResTarget, SelectStmt } from 'libpg-query'
import { dottedNameOf, nodesOf, present, textsOf } from './syntax.js'

/**
 * The name that Postgres gives to an item of a select list (`FigureColname` of its parse_target.c).
 *
 * @returns undefined for `?column?`
 */
export function outputNameOf (target: ResTarget): string | undefined {
  return target.name ?? figure(target.val)?.name
}

/** A weak name gives way to that of a CASE or of a type around it. */
interface Figured {
  readonly name: string
  readonly weak: boolean
}

const strong = (name: string | undefined): Figured | undefined => name === undefined ? undefined : { name, weak: false }

/** Syntax that names its column after itself. */
const KEYWORD_NAMES: Readonly<Record<string, string>> = {
  A_ArrayExpr: 'array', RowExpr: 'row', CoalesceExpr: 'coalesce', GroupingFunc: 'grouping', MergeSupportFunc: 'merge_action'
}

function figure (node: Node | undefined): Figured | undefined {
  if (node === undefined) return undefined
  if ('ColumnRef' in node) return strong(dottedNameOf(node.ColumnRef).names.at(-1))
  if ('A_Indirection' in node) return strong(textsOf(node.A_Indirection.indirection).at(-1)) ?? figure(node.A_Indirection.arg)
  if ('FuncCall' in node) return strong(textsOf(node.FuncCall.funcname).at(-1))
  if ('CollateClause' in node) return figure(node.CollateClause.arg)
  if ('TypeCast' in node) {
    const inner = figure(node.TypeCast.arg)
    const type = textsOf(node.TypeCast.typeName?.names).at(-1)
    return inner?.weak === false || type === undefined ? inner : { name: type, weak: true }
  }
  if ('CaseExpr' in node) {
    const inner = figure(node.CaseExpr.defresult)
    return inner?.weak === false ? inner : { name: 'case', weak: true }
  }
  if ('SubLink' in node) return figureSubLink(node)
  if ('SQLValueFunction' in node) return strong(present(node.SQLValueFunction.op).replace(/^SVFOP_|_N$/g, '').toLowerCase())
  if ('A_Expr' in node && node.A_Expr.kind === 'AEXPR_NULLIF') return strong('nullif')
  if ('MinMaxExpr' in node) return strong(node.MinMaxExpr.op === 'IS_GREATEST' ? 'greatest' : 'least')
  return strong(Object.keys(node).map((kind) => KEYWORD_NAMES[kind]).find((name) => name !== undefined))
}

function figureSubLink ({ SubLink: link }: Extract<Node, { SubLink: unknown }>): Figured | undefined {
  if (link.subLinkType === 'EXISTS_SUBLINK') return strong('exists')
  if (link.subLinkType === 'ARRAY_SUBLINK') return strong('array')
  if (link.subLinkType !== 'EXPR_SUBLINK') return undefined
  const select = present(nodesOf('SelectStmt', [present(link.subselect)])[0])
  const { valuesLists, targetList } = leftmost(select)
  if (valuesLists !== undefined) return strong('column1')
  const [first] = nodesOf('ResTarget', targetList)
  return first === undefined ? undefined : strong(outputNameOf(first))
}

function leftmost (select: SelectStmt): SelectStmt {
  return select.larg === undefined ? select : leftmost(select.larg)
}

/** The name under which functions in FROM are known without an alias: that of the first one. */
export function bareFunctionName (functions: readonly Node[] | undefined): string | undefined {
  const [first] = nodesOf('List', functions).flatMap(({ items }) => items)
  return figure(first)?.name
}
