import { propertiesOf, requiredOf, type JsonSchema } from '../json-schema.js'

/** One property of an object schema. */
export interface Field {
  readonly name: string
  readonly schema: JsonSchema
  readonly required: boolean
}

/** @returns the properties of an object schema in their order */
export function fieldsOf (schema: JsonSchema): readonly Field[] {
  const required = requiredOf(schema)
  return Object.entries(propertiesOf(schema)).map(([name, below]) => ({ name, schema: below, required: required.has(name) }))
}

/** @returns the object schema with other properties in place of its own */
export function withFields (schema: JsonSchema, fields: readonly Field[]): JsonSchema {
  const properties = Object.fromEntries(fields.map((field) => [field.name, field.schema]))
  const names = fields.filter((field) => field.required).map((field) => field.name)
  const { required, ...rest } = schema
  return names.length > 0 ? { ...rest, required: names, properties } : { ...rest, properties }
}

const optional = Symbol.for('TypeBox.Optional')

/** @returns whether a fragment was written as `Type.Optional(…)` */
export function isOptional (fragment: JsonSchema): boolean {
  return Reflect.get(fragment, optional) === 'Optional'
}

/** @returns an object schema of fragments, each required unless it was written as optional */
export function sampleOf (fragments: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const fields = Object.entries(fragments).map(([name, schema]) => ({ name, schema, required: !isOptional(schema) }))
  return withFields({ type: 'object', additionalProperties: false }, fields)
}
