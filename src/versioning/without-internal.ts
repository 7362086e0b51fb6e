import { internalNames, isInternal } from './internal.js'
import { isList, isRecord, type JsonSchema } from './json-schema.js'

const maps = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'])
const lists = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems', 'items'])
const singles = new Set(['items', 'additionalProperties', 'additionalItems', 'contains', 'not', 'if', 'then', 'else', 'unevaluatedProperties', 'unevaluatedItems'])

/**
 * Takes the internal fields out of a schema, wherever they stand.
 * @param bare remembers the schemas that have none; routes share most of theirs
 * @returns a copy that shares all other parts; the very same schema where there are none
 */
export function withoutInternal (schema: JsonSchema, bare = new WeakSet<object>()): JsonSchema {
  if (bare.has(schema)) return schema
  const names = internalNames(schema)
  let copy: Record<string, unknown> | undefined
  for (const keyword of Object.keys(schema)) {
    const value = schema[keyword]
    const below = keyword === 'required' && isList(value) && names.length > 0 ? value.filter((name) => !names.includes(String(name))) : withoutInternalBelow(keyword, value, bare)
    if (below !== value) (copy ??= { ...schema })[keyword] = below
  }
  if (copy !== undefined) return copy
  bare.add(schema)
  return schema
}

function withoutInternalBelow (keyword: string, value: unknown, bare: WeakSet<object>): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (isList(value)) {
    if (!lists.has(keyword)) return value
    const list = value.map((below) => isRecord(below) ? withoutInternal(below, bare) : below)
    return list.every((below, index) => below === value[index]) ? value : list
  }
  if (singles.has(keyword)) return withoutInternal(Object(value), bare)
  return maps.has(keyword) ? withoutInternalFields(Object(value), bare) : value
}

function withoutInternalFields (fields: Readonly<Record<string, unknown>>, bare: WeakSet<object>): Readonly<Record<string, unknown>> {
  const kept = Object.entries(fields).filter(([, below]) => !isInternal(below)).map(([name, below]): [string, unknown] => [name, isRecord(below) ? withoutInternal(below, bare) : below])
  const isSame = kept.length === Object.keys(fields).length && kept.every(([name, below]) => below === fields[name])
  return isSame ? fields : Object.fromEntries(kept)
}
