import type { Alias, RangeVar } from 'libpg-query'
import { NotUnderstoodError } from '../../errors.js'
import { hideFromCatalogue } from './column-catalogue.js'
import { excerptOf, type Rewriting } from './rewriting.js'
import { findCte, type OutputColumns, type Relation, type Scope } from './scope.js'
import { present, textsOf } from './syntax.js'
import type { OtherRelation, TableState, TableStates } from './table-state.js'

/** A table, view or CTE that a FROM clause names. */
export function relationOf (rewriting: Rewriting, range: RangeVar, scope: Scope | undefined): Relation {
  hideFromCatalogue(rewriting, range)
  const cte = range.schemaname === undefined ? findCte(present(range.relname), scope) : undefined
  return cte === undefined ? tableOf(rewriting, range) : derivedRelation(range.alias ?? { aliasname: present(range.relname) }, cte)
}

/** A table that a statement writes to: a CTE of the same name does not hide it. */
export function tableOf (rewriting: Rewriting, range: RangeVar): Relation {
  const state = findState(rewriting.states, range)
  const { aliasname } = range.alias ?? {}
  const table = present(range.relname)
  const schema = range.schemaname ?? state?.schema
  if (state !== undefined && range.alias?.colnames !== undefined) {
    throw new NotUnderstoodError('new names for the columns', `name the columns of \`${table}\` in the select list instead`, excerptOf(rewriting))
  }
  return {
    name: aliasname ?? table,
    schema: aliasname === undefined ? schema : undefined,
    path: aliasname !== undefined ? [aliasname] : range.schemaname === undefined ? [table] : [range.schemaname, table],
    state,
    columns: state === undefined ? undefined : columnsOf(state),
    namesakes: range.alias?.colnames === undefined ? namesakesOf(rewriting.states, range) : undefined,
    bare: true
  }
}

/** What a sub-query, CTE or function gives under its name. */
export function derivedRelation (alias: Alias | undefined, outputs: OutputColumns): Relation {
  const name = alias?.aliasname
  return {
    name,
    schema: undefined,
    path: name === undefined ? [] : [name],
    state: undefined,
    columns: aliasedColumns(alias, outputs.open ? undefined : new Set(outputs.names)),
    namesakes: undefined,
    bare: true
  }
}

export function findState (states: TableStates, range: RangeVar): TableState | undefined {
  return states.tables.find((state) => isNamed(state, range))
}

function namesakesOf (states: TableStates, range: RangeVar): ReadonlySet<string> | undefined {
  return states.others?.find((relation) => isNamed(relation, range))?.namesakes
}

function isNamed (relation: TableState | OtherRelation, range: RangeVar): boolean {
  return relation.table === range.relname && (range.schemaname === undefined ? relation.visible : relation.schema === range.schemaname)
}

function columnsOf (state: TableState): ReadonlySet<string> {
  return new Set([...state.headColumns, ...state.gone.keys()])
}

/** `t(a, b)` renames the first columns. */
function aliasedColumns (alias: Alias | undefined, columns: ReadonlySet<string> | undefined): ReadonlySet<string> | undefined {
  const names = textsOf(alias?.colnames)
  if (columns === undefined) return undefined
  return new Set([...names, ...[...columns].slice(names.length)])
}
