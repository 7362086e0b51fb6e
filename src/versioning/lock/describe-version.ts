import { isPlace } from '../bindings.js'
import type { Derived } from '../derive.js'
import { mapSubschemas, refOf, type JsonSchema } from '../json-schema.js'
import { refsIn } from '../reach.js'
import { withoutInternal } from '../without-internal.js'
import { canonicalSchema } from './canonical-schema.js'
import type { Catalogue } from './catalogue.js'

/** The contract of one version: schemas and places by their names as of that version; references name schemas. */
export interface VersionContract {
  readonly schemas: ReadonlyMap<string, JsonSchema>
  readonly places: ReadonlyMap<string, JsonSchema>
}

/** Describes what clients of a version see: its places, and the schemas that these hold or that have changed once. */
export function describeVersion ({ world: { derived }, placesAt }: Catalogue, index: number): VersionContract {
  const schemas = new Map<string, JsonSchema>()
  const places = new Map<string, JsonSchema>()
  const open: string[] = []
  const describe = (key: string) => canonicalSchema(bindNames(derived, withoutInternal(derived.stateOf(key, index)), index, (ref) => open.push(ref)))
  for (const [name, key] of placesAt(index)) if (derived.units.has(key)) places.set(name, describe(key))
  open.push(...[...derived.units.keys()].filter((key) => !isPlace(key) && nameOf(derived, key, index) !== null && hasSteps(derived, key)))
  // the list grows while it is walked
  for (const key of open) {
    const name = nameOf(derived, key, index) ?? key
    if (schemas.has(name)) continue
    schemas.set(name, {})
    schemas.set(name, describe(key))
  }
  return { schemas: sortByName(schemas), places: sortByName(places) }
}

/** @returns the name of a schema of its own; null for what is only a part of others, such as a fragment of a version file */
export function nameOf ({ names }: Derived, key: string, index: number): string | null {
  const name = names.nameOf(key, index)
  return name === undefined || /[#&]/.test(name) ? null : name
}

function hasSteps (derived: Derived, key: string): boolean {
  return derived.versions.some((_, index) => derived.stepsOf(key, index).length > 0)
}

/** References name schemas; parts without a name stand where they are used, unless they hold themselves. */
function bindNames (derived: Derived, schema: JsonSchema, index: number, refer: (key: string) => void): JsonSchema {
  const ref = refOf(schema)
  if (ref === undefined || !derived.units.has(ref)) return mapSubschemas(schema, (below) => bindNames(derived, below, index, refer))
  const name = nameOf(derived, ref, index)
  if (name === null && !holdsItself(derived, ref, index)) return bindNames(derived, withoutInternal(derived.stateOf(ref, index)), index, refer)
  refer(ref)
  return { $ref: name ?? ref }
}

function holdsItself (derived: Derived, key: string, index: number): boolean {
  const reached = new Set(refsIn(derived.stateOf(key, index)))
  // the set grows while it is walked
  for (const ref of reached) for (const next of refsIn(derived.stateOf(ref, index))) reached.add(next)
  return reached.has(key)
}

function sortByName <Value> (entries: ReadonlyMap<string, Value>): ReadonlyMap<string, Value> {
  return new Map([...entries].sort(([a], [b]) => Number(a > b) - Number(a < b)))
}
