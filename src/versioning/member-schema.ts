import { isList, isObjectSchema, isRecord, propertiesOf, type JsonSchema } from './json-schema.js'

/** @returns what a schema says of a member of an object, or of an item of a list; undefined where it says nothing. `name` may come from a client. */
export function memberSchema (schema: JsonSchema, name: string): JsonSchema | undefined {
  return isObjectSchema(schema) ? fieldSchema(schema, name) : itemSchema(schema, Number(name))
}

function fieldSchema (schema: JsonSchema, name: string): JsonSchema | undefined {
  const properties = propertiesOf(schema)
  if (Object.hasOwn(properties, name)) return properties[name]
  const patterns = Object.entries(isRecord(schema.patternProperties) ? schema.patternProperties : {})
  const below = patterns.find(([pattern]) => new RegExp(pattern, 'u').test(name))?.[1] ?? schema.additionalProperties
  return isRecord(below) ? below : undefined
}

function itemSchema ({ prefixItems, items, additionalItems }: JsonSchema, index: number): JsonSchema | undefined {
  const tuple = isList(prefixItems) ? prefixItems : isList(items) ? items : []
  const rest = isList(items) ? additionalItems : items
  const below = index < tuple.length ? tuple[index] : rest
  return isRecord(below) ? below : undefined
}
