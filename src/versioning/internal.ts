import type { TSchema } from '@sinclair/typebox'
import { isRecord, propertiesOf, refOf, type JsonSchema } from './json-schema.js'

/** The keyword that marks a field of head which no client of head sees; it stands in no schema that leaves the server. */
const MARK = 'x-vintage-internal'

/**
 * Marks a field of head that handlers return and that changes read, but that no client of head sees: it is taken out of the
 * schemas by which head is validated, serialised and documented. Older versions know what their changes make of it, and no more.
 *
 * @param schema of a property of an object; the object may not set `additionalProperties` or `patternProperties`
 * @example Type.Object({ id: Type.Integer(), legacy_plan: internal(Type.String()) }, { $id: 'User' })
 */
export function internal <Schema extends TSchema> (schema: Schema): Schema {
  return { ...schema, [MARK]: true }
}

/** @returns whether a schema is that of an internal field */
export function isInternal (schema: unknown): boolean {
  return isRecord(schema) && schema[MARK] === true
}

/** @returns the names of the internal fields that an object schema has itself */
export function internalNames (schema: JsonSchema): string[] {
  return Object.entries(propertiesOf(schema)).filter(([, below]) => isInternal(below)).map(([name]) => name)
}

/** @returns the schema one change older, in which fields that its clients know by another name are no longer internal */
export function revealRestored (newer: JsonSchema, older: JsonSchema): JsonSchema {
  const names = internalNames(older).filter((name) => !Object.hasOwn(propertiesOf(newer), name))
  if (names.length === 0) return older
  const properties = Object.entries(propertiesOf(older)).map(([name, { [MARK]: mark, ...below }]) => [name, names.includes(name) || mark === undefined ? below : { ...below, [MARK]: mark }])
  return { ...older, properties: Object.fromEntries(properties) }
}

/** @returns whether a schema, or what it refers to, has an internal field */
export function holdsInternal (schema: JsonSchema, resolve: (ref: string) => JsonSchema | undefined): boolean {
  return [...partsOf(schema, resolve)].some(isInternal)
}

function partsOf (schema: JsonSchema, resolve: (ref: string) => JsonSchema | undefined): ReadonlySet<unknown> {
  const parts = new Set<unknown>([schema])
  // the set grows while it is walked
  for (const part of parts) {
    for (const value of Object.values(Object(part))) if (typeof value === 'object' && value !== null) parts.add(value)
    const ref = isRecord(part) ? refOf(part) : undefined
    if (ref !== undefined) parts.add(resolve(ref))
  }
  return parts
}

/** @returns names of internal fields anywhere in a schema and in what it refers to */
export function allInternalNames (schema: JsonSchema, resolve: (ref: string) => JsonSchema | undefined): ReadonlySet<string> {
  const names = new Set<string>()
  for (const part of partsOf(schema, resolve)) if (isRecord(part)) for (const name of internalNames(part)) names.add(name)
  return names
}

/** @returns an object schema whose other keys reach clients, or are refused, by a rule of their own, so that an internal field among them cannot be hidden; undefined when there is none */
export function findExposing (schema: JsonSchema): JsonSchema | undefined {
  for (const part of partsOf(schema, () => undefined)) {
    if (isRecord(part) && internalNames(part).length > 0 && ('additionalProperties' in part || 'patternProperties' in part)) return part
  }
  return undefined
}
