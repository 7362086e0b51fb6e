import type { Derived } from './derive.js'
import { branchesOf, isNullSchema, isObjectSchema, type JsonSchema } from './json-schema.js'

/** @returns the one object schema that a value can be of, behind references and beside null; undefined where there is none, or several */
export function objectIn (derived: Pick<Derived, 'resolve'>, schema: JsonSchema, index: number): JsonSchema | undefined {
  const target = derived.resolve(schema, index)
  const only = onlyBranch(target)
  if (only !== undefined) return objectIn(derived, only, index)
  return isObjectSchema(target) && branchesOf(target) === undefined ? target : undefined
}

/** @returns the one branch of a union beside null */
export function onlyBranch (schema: JsonSchema): JsonSchema | undefined {
  const branches = branchesOf(schema)?.filter((branch) => !isNullSchema(branch))
  return branches?.length === 1 ? branches[0] : undefined
}
