import { branchesOf, isList, isNullSchema, isObjectSchema, type JsonSchema } from '../json-schema.js'
import { isNullable } from '../schema-type.js'
import { fieldsOf } from './fields.js'

/** The object that a field holds. */
export interface NestedObject {
  readonly schema: JsonSchema
  /** the field may be null as well */
  readonly isNullable: boolean
}

/** @returns the object behind references and beside null; undefined where the schema is anything else */
export function nestedObjectOf (schema: JsonSchema, resolve: (schema: JsonSchema) => JsonSchema): NestedObject | undefined {
  const target = resolve(schema)
  const [only, ...more] = (branchesOf(target) ?? [target]).filter((branch) => !isNullSchema(branch))
  if (only === undefined || more.length > 0) return undefined
  if (only !== target) {
    const inner = nestedObjectOf(only, resolve)
    return inner === undefined ? undefined : { ...inner, isNullable: isNullable(target, resolve) }
  }
  const otherTypes = isList(target.type) ? target.type.filter((type) => type !== 'object' && type !== 'null') : []
  return isObjectSchema({ ...target, ...isList(target.type) && target.type.includes('object') ? { type: 'object' } : {} }) && otherTypes.length === 0 ? { schema: target, isNullable: isNullable(target, resolve) } : undefined
}

/**
 * Beside each other, the fields of an object without any of them and of no object are the same; and so are null in all
 * of them and null in its place.
 *
 * @returns whether the object `name` of a schema may be so
 */
export function isAmbiguous (schema: JsonSchema, name: string, resolve: (schema: JsonSchema) => JsonSchema): boolean {
  const outer = fieldsOf(schema).find((field) => field.name === name)
  const object = outer === undefined ? undefined : nestedObjectOf(outer.schema, resolve)
  if (outer === undefined || object === undefined) return false
  const inner = fieldsOf(object.schema)
  if (object.isNullable && inner.some((field) => !field.required || isNullable(field.schema, resolve))) return true
  return !outer.required && inner.every((field) => !field.required)
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
