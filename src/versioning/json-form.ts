import { carriesRest } from './compose-rest.js'
import { isList, isRecord, propertiesOf, schemaAt, type JsonSchema } from './json-schema.js'
import { readOwnField } from './own-field.js'
import { isNullable, jsonTypesOf } from './schema-type.js'
import { memberFor } from './union-member.js'

type Resolve = (schema: JsonSchema) => JsonSchema
type ScalarType = 'string' | 'number' | 'integer' | 'boolean'

const scalarForms: Readonly<Record<ScalarType, { readonly empty: unknown, of (value: unknown): unknown }>> = {
  string: { empty: '', of: (value) => value instanceof RegExp ? value.source : String(value) },
  number: { empty: 0, of: Number },
  integer: { empty: 0, of: (value) => Math.trunc(Number(value)) },
  boolean: { empty: false, of: Boolean }
}

/**
 * Brings a value of a handler to the form that a client would see, as fast-json-stringify writes it: numbers that a
 * driver gives as text are numbers where the schema says so, null in a field that cannot be null is empty, dates are
 * text, `toJSON` is applied, big integers are numbers, getters of classes are read. Objects are copied.
 *
 * @param schema describes the value; decides what a date or a decimal looks like
 */
export function toJsonForm (value: unknown, schema: JsonSchema, resolve: Resolve): unknown {
  if (value === undefined) return undefined
  const scalar = scalarTypeOf(schema, resolve)
  if (value === null) return scalar === undefined || isNullable(schema, resolve) ? null : scalarForms[scalar].empty
  if (value instanceof Date) return dateForm(value, memberFor(value, schema, resolve))
  if (typeof value === 'object' && 'toJSON' in value && typeof value.toJSON === 'function') return toJsonForm(value.toJSON(), schema, resolve)
  if (scalar !== undefined) return scalarForms[scalar].of(value)
  const types = jsonTypesOf(schema, resolve)
  if (typeof value === 'bigint') return types.has('string') ? String(value) : Number(value)
  if (typeof value !== 'object') return value
  if (isList(value)) {
    const target = memberFor(value, schema, resolve)
    const items = isRecord(target.items) ? target.items : {}
    return value.map((item) => toJsonForm(item, items, resolve))
  }
  if (types.size > 0 && !types.has('object')) return types.has('string') ? String(value) : Number(value)
  return objectForm(value, memberFor(value, schema, resolve), resolve)
}

/** @returns source of the test whether a local variable needs {@link toJsonForm}; the values of most rows do not */
export function needsJsonForm (local: string, schema: JsonSchema, resolve: Resolve): string {
  const scalar = scalarTypeOf(schema, resolve)
  if (scalar === undefined) return `typeof ${local} === "object" || typeof ${local} === "bigint"`
  const test = scalar === 'integer' ? `!Number.isInteger(${local})` : `typeof ${local} !== "${scalar}"`
  return isNullable(schema, resolve) ? `${test} && ${local} !== null` : test
}

/** @returns the one scalar type that a schema admits beside null; undefined where it admits others or does not say */
function scalarTypeOf (schema: JsonSchema, resolve: Resolve): ScalarType | undefined {
  const [type, ...more] = [...jsonTypesOf(schema, resolve)].filter((one) => one !== 'null')
  if (more.length > 0) return undefined
  return type === 'string' || type === 'number' || type === 'integer' || type === 'boolean' ? type : undefined
}

function dateForm (date: Date, schema: JsonSchema): string {
  const local = () => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString()
  if (schema.format === 'date') return local().slice(0, 10)
  return schema.format === 'time' ? local().slice(11, 19) : date.toISOString()
}

function objectForm (value: object, schema: JsonSchema, resolve: Resolve): Record<string, unknown> {
  const properties = propertiesOf(schema)
  const form: Record<string, unknown> = {}
  // the serialiser leaves out what a schema does not name
  const others = isClosed(schema) ? [] : Object.keys(value)
  for (const name of new Set([...Object.keys(properties), ...others])) {
    const below = readOwnField(value, name)
    if (below !== undefined && name !== '__proto__') form[name] = toJsonForm(below, schemaAt(properties, name), resolve)
  }
  return form
}

/** @returns whether the properties of an object schema are all that a serialiser writes */
export function isClosed (schema: JsonSchema): boolean {
  return Object.keys(propertiesOf(schema)).length > 0 && !carriesRest(schema, false)
}
