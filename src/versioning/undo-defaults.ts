import { branchesOf, isList, isRecord, mapSubschemas, refOf, subschemasOf, type JsonSchema } from './json-schema.js'
import type { SchemaOperation } from './operations/operation.js'

/**
 * Brings the defaults beside references to a unit to the older version, wherever they stand in a schema: those of a field,
 * of a list of its values and of a union with it.
 *
 * @returns the very same schema where there is none
 */
export function undoDefaults (schema: JsonSchema, key: string, undo: NonNullable<SchemaOperation['undoDefault']>): JsonSchema {
  if (!hasDefault(schema, key)) return schema
  const copy = mapSubschemas(schema, (below) => undoDefaults(below, key, undo))
  if (!isDefaultOf(copy, key)) return copy
  return { ...copy, default: isList(copy.default) ? undo(copy.default) : undo([copy.default])[0] }
}

function hasDefault (schema: JsonSchema, key: string): boolean {
  return isDefaultOf(schema, key) || subschemasOf(schema).some(({ schema: below }) => hasDefault(below, key))
}

function isDefaultOf (schema: JsonSchema, key: string): boolean {
  return schema.default !== undefined && holdsValueOf(schema, key)
}

function holdsValueOf (schema: JsonSchema, key: string): boolean {
  if (refOf(schema) === key || branchesOf(schema)?.some((branch) => holdsValueOf(branch, key)) === true) return true
  return isRecord(schema.items) && holdsValueOf(schema.items, key)
}
