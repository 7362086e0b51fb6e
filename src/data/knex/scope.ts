import { quote } from '../names.js'
import type { TableState } from './table-state.js'

/** Column names of a sub-query, a CTE or a RETURNING list. */
export interface OutputColumns {
  readonly names: readonly string[]
  /** whether there may be more than these, from the `*` of a relation whose columns are not known */
  readonly open: boolean
}

/** One item that columns can come from: a table, a sub-query, a CTE, a function. */
export interface Relation {
  /** alias, or name of the table; undefined for a sub-query without a name */
  readonly name: string | undefined
  /** schema by which it can be named as well, e.g. `public.users.id`; undefined once it has an alias */
  readonly schema: string | undefined
  /** how its columns are named: `['u']` or `['public', 'users']`; empty for a sub-query without a name */
  readonly path: readonly string[]
  /** set when it is a table in transition */
  readonly state: TableState | undefined
  /** all of them, in order; undefined when they are not known */
  readonly columns: ReadonlySet<string> | undefined
  /** those that bear a name of a transition, where the catalogue says so */
  readonly namesakes: ReadonlySet<string> | undefined
  /** false for what can be named with its name only: `old` and `new` of RETURNING */
  readonly bare: boolean
}

/** One level of names; a name that is not found is looked up in `parent`. */
export interface Scope {
  readonly relations: readonly Relation[]
  readonly ctes: ReadonlyMap<string, OutputColumns>
  readonly parent: Scope | undefined
}

const NO_CTES: ReadonlyMap<string, OutputColumns> = new Map()

export function scopeOf (relations: readonly Relation[], parent: Scope | undefined, ctes = NO_CTES): Scope {
  return { relations, ctes, parent }
}

/** Innermost first. */
export function levelsOf (scope: Scope | undefined): Scope[] {
  const levels: Scope[] = []
  for (let level = scope; level !== undefined; level = level.parent) levels.push(level)
  return levels
}

export function findCte (name: string, scope: Scope | undefined): OutputColumns | undefined {
  return levelsOf(scope).find((level) => level.ctes.has(name))?.ctes.get(name)
}

/** The relation that a qualifier means here: the nearest one of that name. */
export function findRelation (qualifier: readonly string[], scope: Scope | undefined): Relation | undefined {
  const name = qualifier.at(-1)
  const schema = qualifier.at(-2)
  for (const level of levelsOf(scope)) {
    const found = level.relations.find((relation) => relation.name === name && (schema === undefined || relation.schema === schema))
    if (found !== undefined) return found
  }
  return undefined
}

/** Its name as SQL, e.g. `"u"` or `"public"."users"`. */
export function qualifierOf (relation: Relation): string {
  return relation.path.map(quote).join('.')
}

/** Whether a relation has a column of that name; undefined when that is not known. */
export function hasColumn (relation: Relation, column: string): boolean | undefined {
  return (relation.columns ?? relation.namesakes)?.has(column)
}

/** Whether a name belongs to a transition of that relation: a column of either side, or the marker. */
export function isInTransition (relation: Relation, column: string): boolean {
  return relation.state !== undefined && (relation.state.spanned.has(column) || relation.state.gone.has(column))
}
