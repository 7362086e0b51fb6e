import { branchesOf, literalsOf, propertiesOf, requiredOf, type JsonSchema } from './json-schema.js'
import { onlyBranch } from './object-in.js'
import { fieldsOf } from './operations/fields.js'
import { readOwnField } from './own-field.js'
import { jsonTypeOf, jsonTypesOf } from './schema-type.js'

type Resolve = (schema: JsonSchema) => JsonSchema

/**
 * Finds what a schema says of one value: the schema itself, or of a union the member that the value is of, with the
 * keywords that stand beside the union, as a serialiser merges them.
 *
 * @returns the union itself where the value is of no member
 */
export function memberFor (value: unknown, schema: JsonSchema, resolve: Resolve): JsonSchema {
  const target = resolve(schema)
  const member = onlyBranch(target) ?? branchesOf(target)?.find((branch) => couldBe(value, branch, resolve))
  return member === undefined ? target : memberFor(value, joinMember(target, resolve(member)), resolve)
}

/** @returns a member of a union with the keywords that stand beside the union */
export function joinMember ({ anyOf: _, oneOf: __, ...own }: JsonSchema, member: JsonSchema): JsonSchema {
  const properties = { ...propertiesOf(own), ...propertiesOf(member) }
  const required = [...new Set([...requiredOf(own), ...requiredOf(member)])]
  return { ...own, ...member, ...(Object.keys(properties).length === 0 ? {} : { properties, required }) }
}

/** Tells members apart by types, literals and required fields; formats and limits are not asked. */
function couldBe (value: unknown, schema: JsonSchema, resolve: Resolve): boolean {
  const target = resolve(schema)
  const literals = literalsOf(target)
  if (literals !== undefined) return literals.includes(value)
  if (branchesOf(target)?.some((branch) => couldBe(value, branch, resolve)) === false) return false
  const [type, types] = [value instanceof Date ? 'string' : jsonTypeOf(value), jsonTypesOf(target, resolve)]
  if (types.size > 0 && !types.has(type) && !(type === 'number' && types.has('integer'))) return false
  return type !== 'object' || fieldsOf(target).every(({ name, schema: below, required }) => {
    const field = readOwnField(Object(value), name)
    return field === undefined ? !required : couldBe(field, below, resolve)
  })
}
