import { isRecord, isSchemaMap, mapSubschemas, type JsonSchema } from './json-schema.js'

/** Keywords below which an object is described in part only. */
const partial = new Set(['allOf', 'if', 'then', 'else', 'not', 'dependentSchemas'])

/**
 * Lets the objects of a closed schema have no keys but those that it names, where it does not say otherwise: a response
 * is written by a serialiser that leaves all others out, so one that is there has come another way.
 */
export function admitNamedOnly (schema: JsonSchema): JsonSchema {
  const { $defs } = schema
  const definitions = isSchemaMap($defs) ? { $defs: Object.fromEntries(Object.entries($defs).map(([name, below]) => [name, admit(below)])) } : {}
  return { ...admit(schema), ...definitions }
}

function admit (schema: JsonSchema): JsonSchema {
  const copy = mapSubschemas(schema, (below, keyword) => partial.has(keyword) ? below : admit(below))
  const isWhole = isRecord(schema.properties) && ![...partial, 'anyOf', 'oneOf', 'patternProperties', 'additionalProperties', 'unevaluatedProperties'].some((keyword) => keyword in schema)
  return isWhole ? { ...copy, additionalProperties: false } : copy
}
