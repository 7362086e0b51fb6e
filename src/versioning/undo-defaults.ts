import { isList, isRecord, mapSubschemas, refOf, subschemasOf, type JsonSchema } from './json-schema.js'
import type { SchemaOperation } from './operations/operation.js'

/**
 * Brings the defaults of lists of a unit to the older version, wherever such a list stands in a schema.
 *
 * @returns the very same schema where there is none
 */
export function undoDefaults (schema: JsonSchema, key: string, undo: NonNullable<SchemaOperation['undoDefault']>): JsonSchema {
  if (!hasDefault(schema, key)) return schema
  const copy = mapSubschemas(schema, (below) => undoDefaults(below, key, undo))
  return isDefaultOf(copy, key) ? { ...copy, default: undo(copy.default) } : copy
}

function hasDefault (schema: JsonSchema, key: string): boolean {
  return isDefaultOf(schema, key) || subschemasOf(schema).some(({ schema: below }) => hasDefault(below, key))
}

function isDefaultOf (schema: JsonSchema, key: string): schema is JsonSchema & { default: readonly unknown[] } {
  return isRecord(schema.items) && refOf(schema.items) === key && isList(schema.default)
}
