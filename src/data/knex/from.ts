import type { JoinExpr, Node } from 'libpg-query'
import { NotUnderstoodError } from '../../errors.js'
import { derivedRelation, relationOf } from './relations.js'
import { excerptOf, type FromItems, type Rewriting } from './rewriting.js'
import { isInTransition, scopeOf, type OutputColumns, type Relation, type Scope } from './scope.js'
import { mergedStar } from './star.js'
import { bareFunctionName } from './output-names.js'
import { present, textsOf } from './syntax.js'

const UNKNOWN_COLUMNS: OutputColumns = { names: [], open: true }

/**
 * Resolves a FROM clause.
 *
 * @param parent the level around it, with the CTEs of the statement
 * @param before what LATERAL may look at as well
 */
export function visitFrom (rewriting: Rewriting, items: readonly Node[] = [], parent: Scope, before: readonly Relation[] = []): FromItems {
  return items.reduce<FromItems>((left, item) => {
    const next = visitItem(rewriting, item, parent, [...before, ...left.relations])
    return {
      relations: [...left.relations, ...next.relations],
      star: left.star === undefined || next.star === undefined ? undefined : [...left.star, ...next.star]
    }
  }, { relations: [], star: [] })
}

function visitItem (rewriting: Rewriting, item: Node, parent: Scope, before: readonly Relation[]): FromItems {
  const lateral = scopeOf(before, parent)
  if ('RangeVar' in item) return single(relationOf(rewriting, item.RangeVar, parent))
  if ('JoinExpr' in item) return visitJoin(rewriting, item.JoinExpr, parent, before)
  if ('RangeSubselect' in item) {
    const { subquery, alias, lateral: isLateral } = item.RangeSubselect
    return single(derivedRelation(alias, rewriting.visitStatement(present(subquery), isLateral === true ? lateral : parent)))
  }
  if ('RangeTableSample' in item) {
    rewriting.visitExpression([item.RangeTableSample.args, item.RangeTableSample.repeatable], lateral)
    return visitItem(rewriting, present(item.RangeTableSample.relation), parent, before)
  }
  if ('RangeFunction' in item) {
    const { functions, alias } = item.RangeFunction
    rewriting.visitExpression(functions, lateral)
    const name = bareFunctionName(functions)
    return single(derivedRelation(alias ?? (name === undefined ? undefined : { aliasname: name }), UNKNOWN_COLUMNS))
  }
  if ('RangeTableFunc' in item || 'JsonTable' in item) {
    rewriting.visitExpression(Object.values(item), lateral)
    return single(derivedRelation('JsonTable' in item ? item.JsonTable.alias : item.RangeTableFunc.alias, UNKNOWN_COLUMNS))
  }
  throw new NotUnderstoodError(`\`${Object.keys(item).join()}\` in FROM`, 'it is not known here', excerptOf(rewriting))
}

function single (relation: Relation): FromItems {
  return { relations: [relation], star: [{ kind: 'relation', relation }] }
}

function visitJoin (rewriting: Rewriting, join: JoinExpr, parent: Scope, before: readonly Relation[]): FromItems {
  const left = visitItem(rewriting, present(join.larg), parent, before)
  const right = visitItem(rewriting, present(join.rarg), parent, [...before, ...left.relations])
  const relations = [...left.relations, ...right.relations]
  if (relations.some((relation) => relation.state !== undefined)) refuseJoin(rewriting, join, relations)
  rewriting.visitExpression(join.quals, scopeOf(relations, parent))
  if (join.alias !== undefined) return single(derivedRelation(join.alias, UNKNOWN_COLUMNS))
  const named = join.join_using_alias === undefined ? [] : [derivedRelation(join.join_using_alias, { names: [], open: false })]
  const using = textsOf(join.usingClause)
  return {
    relations: [...relations, ...named],
    star: join.isNatural === true ? undefined : mergedStar(left.star, right.star, using)
  }
}

function refuseJoin (rewriting: Rewriting, join: JoinExpr, relations: readonly Relation[]): void {
  if (join.isNatural === true) throw new NotUnderstoodError('NATURAL JOIN', 'it would compare the columns of both sides: join with ON or USING', excerptOf(rewriting))
  if (join.alias !== undefined) throw new NotUnderstoodError('a name for a whole join', 'name its tables instead', excerptOf(rewriting))
  const merged = textsOf(join.usingClause).find((column) => relations.some((relation) => isInTransition(relation, column)))
  if (merged !== undefined) throw new NotUnderstoodError(`USING (${merged})`, 'write it as ON a.column = b.column', excerptOf(rewriting))
}
