import type { Route } from './converters.js'
import type { Derived } from './derive.js'
import { literalsOf, propertiesOf, type JsonSchema } from './json-schema.js'
import type { Differences } from './reach.js'
import { jsonTypeOf, jsonTypesOf } from './schema-type.js'

/** How the members of a union are told apart. */
export interface UnionPlan {
  /** @returns the branch that a value belongs to; undefined when no conversion is needed for it */
  branchOf (value: unknown): JsonSchema | undefined
  /** why values cannot be told apart although one of them needs conversion; undefined when they can */
  readonly indistinct: string | undefined
  /** the JSON types whose values may need conversion */
  readonly groups: readonly UnionGroup[]
}

/** The members of one JSON type: the only one, or told apart by the value itself or by that of a property. */
export type UnionGroup = { readonly type: string } & (
  | { readonly by: 'type', readonly branch: JsonSchema }
  /** `open`: the member of all values that are none of the literals */
  | { readonly by: 'value', readonly branches: ReadonlyMap<unknown, JsonSchema>, readonly open: JsonSchema | undefined }
  | { readonly by: 'property', readonly property: string, readonly branches: ReadonlyMap<unknown, JsonSchema> }
)

/**
 * Plans how to find the branch of a value: by its JSON type, by its value among literals, or by a property that is a
 * different literal in each branch, as of the version that the value is of.
 */
export function planUnion (derived: Derived, reach: Differences, branches: readonly JsonSchema[], route: Route): UnionPlan {
  const resolve = (below: JsonSchema) => derived.resolve(below, route.from)
  const differs = (below: JsonSchema) => reach.differs(below, route.from, route.to)
  const groups = new Map<string, UnionGroup>()
  let indistinct: string | undefined
  for (const [type, members] of groupByType(branches, resolve)) {
    if (!members.some(differs)) continue
    const [only, ...others] = members
    const group = only !== undefined && others.length === 0 ? { by: 'type' as const, branch: only } : byLiteral(members, resolve) ?? byProperty(members, resolve)
    if (group === undefined) indistinct = `its ${type} members`
    else groups.set(type, { type, ...group })
  }
  return { branchOf: (value) => branchIn(groups.get(jsonTypeOf(value)), value), indistinct, groups: [...groups.values()] }
}

function branchIn (group: UnionGroup | undefined, value: unknown): JsonSchema | undefined {
  if (group === undefined) return undefined
  if (group.by === 'type') return group.branch
  if (group.by === 'value') return group.branches.get(value) ?? group.open
  return group.branches.get(Reflect.get(Object(value), group.property))
}

function groupByType (branches: readonly JsonSchema[], resolve: (schema: JsonSchema) => JsonSchema): Map<string, JsonSchema[]> {
  const groups = new Map<string, JsonSchema[]>()
  for (const branch of branches) {
    const types = [...jsonTypesOf(branch, resolve)].map((type) => type === 'integer' ? 'number' : type)
    for (const type of new Set(types)) groups.set(type, [...groups.get(type) ?? [], branch])
  }
  return groups
}

/** Branches that are literals themselves; at most one of them may be open. */
function byLiteral (branches: readonly JsonSchema[], resolve: (schema: JsonSchema) => JsonSchema) {
  const open = branches.filter((branch) => literalsOf(resolve(branch)) === undefined)
  const byValue = mapLiterals(branches.filter((branch) => !open.includes(branch)), (branch) => literalsOf(resolve(branch)))
  return open.length > 1 || byValue === undefined || byValue.size === 0 ? undefined : { by: 'value' as const, branches: byValue, open: open[0] }
}

function byProperty (branches: readonly JsonSchema[], resolve: (schema: JsonSchema) => JsonSchema) {
  const names = new Set(branches.flatMap((branch) => Object.keys(propertiesOf(resolve(branch)))))
  for (const name of names) {
    const byValue = mapLiterals(branches, (branch) => {
      const property = propertiesOf(resolve(branch))[name]
      return property === undefined ? undefined : literalsOf(resolve(property))
    })
    if (byValue !== undefined) return { by: 'property' as const, property: name, branches: byValue }
  }
  return undefined
}

/** @returns literal → branch; undefined when a branch has no literals or shares one */
function mapLiterals (branches: readonly JsonSchema[], literals: (branch: JsonSchema) => readonly unknown[] | undefined): Map<unknown, JsonSchema> | undefined {
  const byValue = new Map<unknown, JsonSchema>()
  for (const branch of branches) {
    const values = literals(branch)
    if (values === undefined) return undefined
    for (const value of values) {
      if (byValue.has(value)) return undefined
      byValue.set(value, branch)
    }
  }
  return byValue
}
