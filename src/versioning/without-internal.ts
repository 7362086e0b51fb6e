import { internalNames, isInternal } from './internal.js'
import { isList, isRecord, type JsonSchema } from './json-schema.js'

const maps = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'])
const lists = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems', 'items'])
const singles = new Set(['items', 'additionalProperties', 'additionalItems', 'contains', 'not', 'if', 'then', 'else', 'unevaluatedProperties', 'unevaluatedItems'])

/**
 * Takes the internal fields out of a schema, wherever they stand.
 * @returns a copy that shares all other parts; the very same schema where there are none
 */
export function withoutInternal (schema: JsonSchema): JsonSchema {
  const names = internalNames(schema)
  const copy: Record<string, unknown> = { ...schema }
  let changed = names.length > 0
  for (const [keyword, value] of Object.entries(schema)) {
    const below = keyword === 'required' && isList(value) && names.length > 0 ? value.filter((name) => !names.includes(String(name))) : withoutInternalBelow(keyword, value)
    if (below === value) continue
    copy[keyword] = below
    changed = true
  }
  return changed ? copy : schema
}

function withoutInternalBelow (keyword: string, value: unknown): unknown {
  if (isList(value) && lists.has(keyword)) {
    const list = value.map((below) => isRecord(below) ? withoutInternal(below) : below)
    return list.every((below, index) => below === value[index]) ? value : list
  }
  if (!isRecord(value)) return value
  if (singles.has(keyword)) return withoutInternal(value)
  if (!maps.has(keyword)) return value
  const entries = Object.entries(value).filter(([, below]) => !isInternal(below)).map(([name, below]): [string, unknown] => [name, isRecord(below) ? withoutInternal(below) : below])
  const isSame = entries.length === Object.keys(value).length && entries.every(([name, below]) => below === value[name])
  return isSame ? value : Object.fromEntries(entries)
}
