import { isList, isObjectSchema, isRecord, mapSubschemas, propertiesOf, refOf, requiredOf, subschemasOf, type JsonSchema } from './json-schema.js'
import type { Unit } from './units.js'

/**
 * Merges each `allOf` of objects into one object that follows the changes of its parts; values of an
 * intersection cannot be converted part by part, since each part sees the fields of the others.
 */
export function mergeIntersections (units: Map<string, Unit>): void {
  for (const unit of [...units.values()]) if (holdsIntersection(unit.schema)) units.set(unit.key, { ...mergeUnit(unit, units), isMerged: true })
}

function holdsIntersection (schema: JsonSchema): boolean {
  return schema.allOf !== undefined || subschemasOf(schema).some(({ schema: below }) => holdsIntersection(below))
}

function mergeUnit (unit: Unit, units: Map<string, Unit>): Unit {
  let count = 0
  const visit = (schema: JsonSchema, isRoot: boolean): JsonSchema => {
    const parts = partsOf(schema, units, new Set([unit.key]))
    const copy = mapSubschemas(schema, (below) => visit(below, false))
    if (parts === undefined || isRoot) return copy
    const key = `${unit.key}&${++count}`
    units.set(key, { key, schema: visitProperties(mergeParts(schema, parts.objects)), bases: parts.bases })
    return { $ref: key }
  }
  const visitProperties = (schema: JsonSchema) => mapSubschemas(schema, (below) => visit(below, false))
  const parts = partsOf(unit.schema, units, new Set([unit.key]))
  if (parts === undefined) return { ...unit, schema: visit(unit.schema, true) }
  return { ...unit, schema: visitProperties(mergeParts(unit.schema, parts.objects)), bases: [...unit.bases, ...parts.bases] }
}

interface Parts { readonly objects: readonly JsonSchema[], readonly bases: readonly string[] }

function partsOf (schema: JsonSchema, units: ReadonlyMap<string, Unit>, seen: ReadonlySet<string>): Parts | undefined {
  if (!isList(schema.allOf)) return undefined
  const parts = schema.allOf.map((part) => isRecord(part) ? partOf(part, units, seen) : undefined)
  if (!parts.every((part) => part !== undefined)) return undefined
  return { objects: parts.flatMap((part) => part.objects), bases: parts.flatMap((part) => part.bases) }
}

function partOf (part: JsonSchema, units: ReadonlyMap<string, Unit>, seen: ReadonlySet<string>): Parts | undefined {
  const key = refOf(part)
  if (key !== undefined) {
    const unit = units.get(key)
    const inner = unit === undefined || seen.has(key) ? undefined : partOf(unit.schema, units, new Set([...seen, key]))
    return inner === undefined ? undefined : { objects: inner.objects, bases: [key] }
  }
  const nested = partsOf(part, units, seen)
  if (nested !== undefined) return { ...nested, objects: [mergeParts(part, nested.objects)] }
  return isObjectSchema(part) ? { objects: [part], bases: [] } : undefined
}

function mergeParts (schema: JsonSchema, objects: readonly JsonSchema[]): JsonSchema {
  const { allOf: _, unevaluatedProperties, ...rest } = schema
  const all = [...objects, rest]
  const properties: unknown = Object.assign({}, ...all.map(propertiesOf))
  const required = new Set(all.flatMap((object) => [...requiredOf(object)]))
  const closed = unevaluatedProperties === false ? { additionalProperties: false } : {}
  return { ...rest, type: 'object', ...closed, required: [...required], properties }
}
