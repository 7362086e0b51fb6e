import type { Converter, Route, Workshop } from './converters.js'
import type { Derived } from './derive.js'
import { literalsOf, propertiesOf, type JsonSchema } from './json-schema.js'
import type { Reach } from './reach.js'
import { jsonTypeOf, jsonTypesOf } from './schema-type.js'

/** How the members of a union are told apart. */
export interface UnionPlan {
  /** @returns the branch that a value belongs to; undefined when no conversion is needed for it */
  branchOf (value: unknown): JsonSchema | undefined
  /** why values cannot be told apart although one of them needs conversion; undefined when they can */
  readonly indistinct: string | undefined
  converter (workshop: Workshop): Converter
}

/**
 * Plans how to find the branch of a value: by its JSON type, by its value among literals, or by a property that is a
 * different literal in each branch, as of the version that the value is of.
 */
export function planUnion (derived: Derived, reach: Reach, branches: readonly JsonSchema[], route: Route): UnionPlan {
  const resolve = (below: JsonSchema) => derived.resolve(below, route.from)
  const differs = (below: JsonSchema) => reach.differs(below, route.from, route.to)
  const groups = groupByType(branches, resolve)
  const finders = new Map<string, (value: unknown) => JsonSchema | undefined>()
  let indistinct: string | undefined
  for (const [type, members] of groups) {
    if (!members.some(differs)) continue
    const finder = members.length === 1 ? () => members[0] : byLiteral(members, resolve) ?? byProperty(members, resolve)
    if (finder === undefined) indistinct = `its ${type} members`
    else finders.set(type, finder)
  }
  const branchOf = (value: unknown) => finders.get(jsonTypeOf(value))?.(value)
  return { branchOf, indistinct, converter: (workshop) => convertBranches(workshop, route, branchOf) }
}

function convertBranches (workshop: Workshop, route: Route, branchOf: UnionPlan['branchOf']): Converter {
  const converters = new Map<JsonSchema, Converter | null>()
  const converterOf = (branch: JsonSchema) => {
    const known = converters.get(branch)
    if (known !== undefined) return known
    const made = workshop.schema(branch, route)
    converters.set(branch, made)
    return made
  }
  return (value, context) => {
    const branch = branchOf(value)
    const convert = branch === undefined ? null : converterOf(branch)
    return convert === null ? value : convert(value, context)
  }
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
  return open.length > 1 || byValue === undefined || byValue.size === 0 ? undefined : (value: unknown) => byValue.get(value) ?? open[0]
}

function byProperty (branches: readonly JsonSchema[], resolve: (schema: JsonSchema) => JsonSchema) {
  const names = new Set(branches.flatMap((branch) => Object.keys(propertiesOf(resolve(branch)))))
  for (const name of names) {
    const byValue = mapLiterals(branches, (branch) => {
      const property = propertiesOf(resolve(branch))[name]
      return property === undefined ? undefined : literalsOf(resolve(property))
    })
    if (byValue !== undefined) return (value: unknown) => byValue.get(Reflect.get(Object(value), name))
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
