import { branchesOf, isNullSchema, propertiesOf, requiredOf, schemaAt, type JsonSchema } from '../json-schema.js'
import { isNullable, jsonTypesOf } from '../schema-type.js'
import { fieldsOf } from './fields.js'

/** The object that a field holds. */
export interface NestedObject {
  /** without properties where the field holds anything else */
  readonly schema: JsonSchema
  /** the field may be null as well */
  readonly isNullable: boolean
  readonly isObject: boolean
}

type Resolve = (schema: JsonSchema) => JsonSchema

/** @returns the object behind references and beside null */
export function nestedObjectOf (schema: JsonSchema, resolve: Resolve): NestedObject {
  const target = resolve(schema)
  const [only, ...more] = (branchesOf(target) ?? [target]).filter((branch) => !isNullSchema(branch))
  if (only === undefined || more.length > 0) return { schema: {}, isNullable: false, isObject: false }
  if (only !== target) return { ...nestedObjectOf(only, resolve), isNullable: isNullable(target, resolve) }
  const types = [...jsonTypesOf(target, resolve)].filter((type) => type !== 'null')
  const isObject = types.length === 1 && types[0] === 'object'
  return { schema: isObject ? target : {}, isNullable: isNullable(target, resolve), isObject }
}

/** @returns the object in the field `name` of a schema, and whether that is required */
export function objectIn (schema: JsonSchema, name: string, resolve: Resolve): NestedObject & { readonly isRequired: boolean } {
  return { ...nestedObjectOf(schemaAt(propertiesOf(schema), name), resolve), isRequired: requiredOf(schema).has(name) }
}

/**
 * Beside each other, the fields of an object without any of them and of no object are the same; and so are null in all
 * of them and null in its place.
 *
 * @returns whether the object `name` of a schema may be so
 */
export function isAmbiguous (schema: JsonSchema, name: string, resolve: Resolve): boolean {
  const object = objectIn(schema, name, resolve)
  const inner = fieldsOf(object.schema)
  if (object.isNullable && inner.some((field) => !field.required || isNullable(field.schema, resolve))) return true
  return !object.isRequired && inner.every((field) => !field.required)
}

/** Old name → new name, however short a list of fields is written. */
export type FieldNames = readonly string[] | Readonly<Record<string, string>>

/** @returns pairs of old and new name */
export function pairsOf (fields: FieldNames): ReadonlyArray<readonly [older: string, newer: string]> {
  return isNameList(fields) ? fields.map((name) => [name, name] as const) : Object.entries(fields)
}

function isNameList (fields: FieldNames): fields is readonly string[] {
  return Array.isArray(fields)
}

/** @returns the first name that stands twice in a list */
export function twiceIn (names: readonly string[]): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index)
}
