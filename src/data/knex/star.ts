import { NotUnderstoodError } from '../../errors.js'
import { quote } from '../names.js'
import { readerOf } from './references.js'
import { excerptOf, type FromItems, type Rewriting, type StarItem } from './rewriting.js'
import { findRelation, qualifierOf, type OutputColumns, type Relation, type Scope } from './scope.js'
import type { DottedName } from './syntax.js'

/**
 * Writes `*` and `u.*` out where they would show both sides of a table in transition.
 *
 * @param from what a bare `*` stands for
 * @returns the columns that it gives
 */
export function visitStar (rewriting: Rewriting, star: DottedName, from: FromItems, scope: Scope): OutputColumns {
  const items = star.names.length === 0 ? from.star : starOf(findRelation(star.names, scope))
  const touched = star.names.length === 0 ? from.relations.some((relation) => relation.state !== undefined) : findRelation(star.names, scope)?.state !== undefined
  if (touched) writeOut(rewriting, star, items)
  return outputsOf(items)
}

function starOf (relation: Relation | undefined): readonly StarItem[] | undefined {
  return relation === undefined ? undefined : [{ kind: 'relation', relation }]
}

function writeOut (rewriting: Rewriting, star: DottedName, items: readonly StarItem[] | undefined): void {
  if (items === undefined || star.location < 0) {
    throw new NotUnderstoodError(items === undefined ? '`*` over a join with USING' : '`TABLE …`', 'name the columns in a select list', excerptOf(rewriting))
  }
  rewriting.text.replace(rewriting.text.rangeOf(star.location, star.names.length + 1), items.flatMap((item) => sqlOf(rewriting, item)).join(', '))
}

function sqlOf (rewriting: Rewriting, item: StarItem): string[] {
  if (item.kind === 'merged') return [quote(item.column)]
  if (item.kind === 'column') return [columnSql(rewriting, item.relation, item.column)]
  if (item.relation.path.length === 0) {
    throw new NotUnderstoodError('`*` over a sub-query or function without a name', 'give it a name with AS', excerptOf(rewriting))
  }
  const { state } = item.relation
  return state === undefined ? [`${qualifierOf(item.relation)}.*`] : state.headColumns.map((column) => columnSql(rewriting, item.relation, column))
}

function columnSql (rewriting: Rewriting, relation: Relation, column: string): string {
  return readerOf(rewriting, relation, column, column) ?? `${qualifierOf(relation)}.${quote(column)}`
}

function outputsOf (items: readonly StarItem[] | undefined): OutputColumns {
  if (items === undefined) return { names: [], open: true }
  const known = items.map((item) => item.kind === 'relation' ? namesOf(item.relation) : [item.column])
  return { names: known.flatMap((names) => names ?? []), open: known.includes(undefined) }
}

function namesOf (relation: Relation): readonly string[] | undefined {
  return relation.state?.headColumns ?? (relation.columns === undefined ? undefined : [...relation.columns])
}

/** `*` over a join with USING: the merged columns, then the rest of both sides; undefined when they are not known. */
export function mergedStar (left: FromItems['star'], right: FromItems['star'], using: readonly string[]): FromItems['star'] {
  if (left === undefined || right === undefined) return undefined
  if (using.length === 0) return [...left, ...right]
  const sides = [left, right].map((side) => side.flatMap(columnItems))
  if (sides.flat().includes(undefined)) return undefined
  const rest = sides.flat().filter((item) => item !== undefined && !using.includes(item.column))
  return [...using.map((column) => ({ kind: 'merged' as const, column })), ...rest.filter((item) => item !== undefined)]
}

type ColumnItem = Exclude<StarItem, { kind: 'relation' }>

function columnItems (item: StarItem): (ColumnItem | undefined)[] {
  if (item.kind !== 'relation') return [item]
  const { relation } = item
  return namesOf(relation)?.map((column) => ({ kind: 'column', relation, column })) ?? [undefined]
}
