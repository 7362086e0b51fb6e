import { Kind, OptionalKind } from '@sinclair/typebox'
import type { Derived } from './derive.js'
import { fieldsOf } from './operations/fields.js'
import { branchesOf, isList, isObjectSchema, mapSubschemas, refOf, requiredOf, type JsonSchema } from './json-schema.js'

/**
 * Runs `make` of a variant on its base as of an older version, to see what becomes of a field that head does not have.
 *
 * @returns whether the variant requires the field; undefined when it leaves the field out
 */
export function remakeVariant (key: string, name: string, derived: Derived, index: number, misfit: (problem: string) => never): { readonly required: boolean } | undefined {
  const unit = derived.units.get(key)
  const lineage = unit?.lineage
  const bases = (unit?.bases ?? []).map((base) => derived.stateOf(base, index))
  // a variant has one base, and `make` between itself and it; an intersection has what any of its parts has
  const made = lineage === undefined ? bases : bases.map((base) => runMake(lineage.make, toTypeBox(base), misfit))
  return made.flatMap(fieldsOf).find((field) => field.name === name)
}

function runMake (make: (base: JsonSchema) => JsonSchema, base: JsonSchema, misfit: (problem: string) => never): JsonSchema {
  try {
    return make(base)
  } catch (cause) {
    return misfit(`the function of the variant fails on the older base (${String(cause)}): let it name only fields that it leaves out`)
  }
}

/** Gives a plain JSON schema the marks by which TypeBox recognises its own. */
function toTypeBox (schema: JsonSchema): JsonSchema {
  const required = requiredOf(schema)
  const copy = mapSubschemas(schema, toTypeBox)
  const marked = fieldsOf(copy).map(({ name, schema: below }) => [name, required.has(name) ? below : { ...below, [OptionalKind]: 'Optional' }])
  return { ...copy, ...(marked.length > 0 ? { properties: Object.fromEntries(marked) } : {}), [Kind]: kindOf(schema) }
}

function kindOf (schema: JsonSchema): string {
  if (refOf(schema) !== undefined) return 'Ref'
  if ('const' in schema) return 'Literal'
  if (isList(schema.allOf)) return 'Intersect'
  if (branchesOf(schema) !== undefined) return 'Union'
  if (isObjectSchema(schema)) return 'Object'
  return typeof schema.type === 'string' ? schema.type.charAt(0).toUpperCase() + schema.type.slice(1) : 'Unsafe'
}
