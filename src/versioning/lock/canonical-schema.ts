import { isList, isRecord, mapSubschemas, type JsonSchema } from '../json-schema.js'

/** What a schema says to people and tools, and not of values. */
const annotations = new Set(['$id', '$schema', '$comment', 'title', 'description', 'examples', 'example', 'deprecated', 'readOnly', 'writeOnly', 'nullable'])

/**
 * Brings a schema to the one form in which contracts are kept: no annotations, keywords, properties and sets in the order
 * of the alphabet, `nullable` as a union, and a union of literals as an `enum`.
 */
export function canonicalSchema (schema: JsonSchema): JsonSchema {
  const copy = mapSubschemas(schema, canonicalSchema)
  const kept = Object.fromEntries(Object.entries(copy).filter(([keyword]) => !annotations.has(keyword) && !keyword.startsWith('x-')))
  const plain = sortKeywords(literalsJoined(kept))
  return schema.nullable === true ? { anyOf: [plain, { type: 'null' }] } : plain
}

function sortKeywords (schema: JsonSchema): JsonSchema {
  return Object.fromEntries(sorted(Object.entries(schema)).map(([keyword, value]) => [keyword, sortValue(keyword, value)]))
}

function sortValue (keyword: string, value: unknown): unknown {
  if (isList(value) && (keyword === 'required' || keyword === 'enum' || keyword === 'type')) return [...value].sort(byText)
  if (isRecord(value) && ['properties', 'patternProperties', 'dependentSchemas', 'dependentRequired'].includes(keyword)) return Object.fromEntries(sorted(Object.entries(value)))
  return value
}

/** A union of literals, and a literal alone, are enums; text says its type by itself. */
function literalsJoined (schema: JsonSchema): JsonSchema {
  const { const: literal, enum: values, anyOf, oneOf, type, ...rest } = schema
  if ('const' in schema) return { ...rest, enum: [literal] }
  if (isList(values)) return { ...rest, enum: values }
  const branches = anyOf ?? oneOf
  const enums = isList(branches) ? branches.map((branch) => isRecord(branch) && isList(branch.enum) && Object.keys(branch).length === 1 ? branch.enum : null) : [null]
  return enums.every((list) => list !== null) ? { ...rest, enum: enums.flat() } : schema
}

function sorted <Value> (entries: ReadonlyArray<[string, Value]>): Array<[string, Value]> {
  return [...entries].sort(([a], [b]) => byText(a, b))
}

function byText (a: unknown, b: unknown): number {
  const [left, right] = [textOf(a), textOf(b)]
  return Number(left > right) - Number(left < right)
}

function textOf (value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
