import { branchesOf, isList, isNullSchema, isRecord, propertiesOf, schemaAt, type JsonSchema } from './json-schema.js'
import { jsonTypesOf } from './schema-type.js'

/**
 * Brings a value of a handler to the form that a client would see, as fast-json-stringify writes it:
 * dates as text, `toJSON` applied, big integers as numbers, getters of classes read. Objects are copied.
 *
 * @param schema describes the value; decides what a date or a decimal looks like
 */
export function toJsonForm (value: unknown, schema: JsonSchema, resolve: (schema: JsonSchema) => JsonSchema): unknown {
  if (typeof value === 'bigint') return jsonTypesOf(schema, resolve).has('string') ? String(value) : Number(value)
  if (typeof value !== 'object' || value === null) return value
  const target = withoutNull(schema, resolve)
  if (value instanceof Date) return dateForm(value, target)
  if ('toJSON' in value && typeof value.toJSON === 'function') return toJsonForm(value.toJSON(), schema, resolve)
  if (isList(value)) {
    const items = isRecord(target.items) ? target.items : {}
    return value.map((item) => toJsonForm(item, items, resolve))
  }
  const types = jsonTypesOf(target, resolve)
  if (types.size > 0 && !types.has('object')) return types.has('string') ? String(value) : Number(value)
  return objectForm(value, propertiesOf(target), resolve)
}

/** @returns what a nullable schema says of a value that is not null */
function withoutNull (schema: JsonSchema, resolve: (schema: JsonSchema) => JsonSchema): JsonSchema {
  const target = resolve(schema)
  const branches = branchesOf(target)?.filter((branch) => !isNullSchema(branch)) ?? []
  return branches.length === 1 && branches[0] !== undefined ? withoutNull(branches[0], resolve) : target
}

function dateForm (date: Date, schema: JsonSchema): string {
  const local = () => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString()
  if (schema.format === 'date') return local().slice(0, 10)
  return schema.format === 'time' ? local().slice(11, 19) : date.toISOString()
}

function objectForm (value: object, properties: Readonly<Record<string, JsonSchema>>, resolve: (schema: JsonSchema) => JsonSchema): Record<string, unknown> {
  const form: Record<string, unknown> = {}
  for (const name of new Set([...Object.keys(properties), ...Object.keys(value)])) {
    const below: unknown = Reflect.get(value, name)
    if (below !== undefined && name !== '__proto__') form[name] = toJsonForm(below, schemaAt(properties, name), resolve)
  }
  return form
}
