import { isPlace } from './bindings.js'
import { checkDirections, roleOf } from './check-directions.js'
import { checkTwins } from './check-twins.js'
import { closeSchema } from './close-schema.js'
import { concealerOf } from './conceal.js'
import { createConverters, type Converter, type Converters, type Route } from './converters.js'
import { deriveStates, type Derived } from './derive.js'
import { findKey } from './find-key.js'
import { explain, type Explanation } from './explain.js'
import { needsLoads } from './find-loads.js'
import type { VersionHistory } from './history.js'
import { refOf, type JsonSchema } from './json-schema.js'
import type { Direction } from './operations/operation.js'
import { computeReach, type Reach } from './reach.js'
import { requireWay } from './require-way.js'
import { traceFields, type Traces } from './traces.js'
import { findUnproven } from './unproven.js'

/** Where a schema stands in the API at head: `GET /users/:id 200`, `POST /users body`, `GET /users querystring`, `… params`, `… headers`; the URL is full, with its prefix. */
export type Place = string

/** The schemas that head knows. */
export interface HeadContract {
  /** shared schemas (`addSchema`) by `$id` */
  readonly schemas: ReadonlyMap<string, JsonSchema>
  readonly places: ReadonlyMap<Place, JsonSchema>
  /** places of requests whose values are brought to older versions as well, to be changed in part there */
  readonly bothWays?: ReadonlySet<Place>
}

/** What one place looks like in an older version, and how values get from there to head and back. */
export interface Shape {
  /** one closed JSON schema: local references only, own `$id` such as `User@2024-01-01` */
  readonly schema: JsonSchema
  /** the oldest version in which this shape holds */
  readonly version: string
  /**
   * Turns a validated old value into head's value; the argument is not mutated.
   * @throws FST_ERR_VINTAGE_PARTIAL_FIELDS (400) when only some of the fields that become one are there
   * @throws FST_ERR_VINTAGE_CHANGE_FAILED (500) when a function of a version file throws
   */
  readonly upgrade: Converter
  /**
   * Turns a value of head into the old value; the argument is not mutated.
   * @throws FST_ERR_VINTAGE_CHANGE_FAILED (500) when a function of a version file throws
   */
  readonly downgrade: Converter
  /** whether `downgrade` needs look-ups; it must run in `convertLoading` then */
  readonly loads: boolean
  /** which fields of an older value become which of head */
  readonly traces: Traces
  /** what of head's schema an upgraded value has yet to meet; null where that is all of it */
  readonly unproven: JsonSchema | null
}

/** The contracts of all released versions, derived from head's and the history. */
export interface Contracts {
  readonly versions: readonly string[]
  readonly headIndex: number
  /** @returns the shape of a place, the same object for versions in which it is the same; null when it is as at head */
  shape (place: Place, versionIndex: number): Shape | null
  /** @returns the closed schema of an `$id` as of a version, which is named as of that version; undefined when there is none */
  schema (id: string, versionIndex: number): JsonSchema | undefined
  /**
   * Converts a value of schema `id`, named as of the version of the value, from one version to another, as `app.vintage.migrate` does.
   * @throws FST_ERR_VINTAGE_UNKNOWN_SCHEMA when the version has no schema of that `$id`
   * @throws FST_ERR_VINTAGE_AMBIGUOUS_SCHEMA when that schema has been split in between
   * @throws FST_ERR_VINTAGE_NO_WAY when a change in between has no function or value for that direction
   * @throws FST_ERR_VINTAGE_CHANGE_FAILED when a change in between looks something up, or its function throws
   */
  convert (id: string, value: unknown, fromIndex: number, toIndex: number): unknown
  /**
   * Explains how values of a schema or place get from a version to head, or from there to it.
   * @throws FST_ERR_VINTAGE_UNKNOWN_SCHEMA
   */
  explain (name: string, versionIndex: number, direction: Direction): Explanation
  /** how many conversions have been compiled so far; versions in which a schema is the same share one */
  readonly compiledConversions: number
}

/**
 * Derives the contracts of all versions by undoing the changes of the history on the schemas of head. Conversions are
 * compiled when first called.
 *
 * @throws FST_ERR_VINTAGE_MISFIT, one clear error with file, change and remedy, when history and head do not fit
 */
export function deriveContracts (history: VersionHistory, head: HeadContract): Contracts {
  const derived = deriveStates(history, head)
  const reach = computeReach(derived)
  checkTwins(derived)
  checkDirections(head, derived, reach)
  const converters = createConverters(derived, reach)
  const hasInternal = [...derived.units.values()].some(({ schema }) => derived.survey(schema).holdsInternal)
  const downgradeOf = (key: string, route: Route) => hasInternal ? concealingDowngrade(derived, converters, key, route) : converterOf(converters, key, route)
  const closed = memoise((key: string, index: number) => closeSchema(key, index, derived, reach))
  const named = memoise((key: string, since: number) => closeSchema(key, since, derived, reach, since))
  const shapes = memoise((name: string, index: number) => {
    const [key = '', use] = name.split('\n')
    return makeShape(derived, converters, downgradeOf, key, { from: index, to: derived.headIndex, use: use === 'filter' ? 'filter' : 'value' }, closed, reach)
  })
  const placeOf = memoise((place: Place) => {
    const key = sharedKey(derived, place)
    return { key, name: `${key}\n${roleOf(place).use}` }
  })
  const convertersById = memoise((id: string, pair: number) => {
    const [from, to] = [Math.floor(pair / derived.versions.length), pair % derived.versions.length]
    const [key, route]: [string, Route] = [findKey(derived, id, from, to), { from, to, use: 'value' }]
    requireWay(derived, key, route, id)
    return from > to ? downgradeOf(key, route) : converterOf(converters, key, route)
  })
  return {
    versions: derived.versions,
    headIndex: derived.headIndex,
    shape: (place, index) => {
      const { key, name } = placeOf(place, 0)
      const newest = reach.canonical(key, index)
      return newest === derived.headIndex ? null : shapes(name, newest)
    },
    schema: (id, index) => {
      const key = isPlace(id) ? id : derived.names.keysOf(id, index)[0]
      return key === undefined || !derived.units.has(key) ? undefined : named(key, Math.max(reach.oldest(key, index), derived.names.sinceOf(index)))
    },
    convert: (id, value, from, to) => convertersById(id, from * derived.versions.length + to)(value),
    explain: (name, index, direction) => explain(converters.workshop, name, index, direction, (key) => sharedKey(derived, key)),
    get compiledConversions () { return converters.compiled }
  }
}

function makeShape (derived: Derived, converters: Converters, downgradeOf: (key: string, route: Route) => Converter, key: string, route: Route, closed: (key: string, index: number) => JsonSchema, reach: Reach): Shape {
  let upgrade: Converter | undefined
  let downgrade: Converter | undefined
  const down: Route = { from: route.to, to: route.from, use: route.use }
  return {
    get schema () { return closed(key, route.from) },
    version: String(derived.versions[reach.oldest(key, route.from)]),
    // compiled when first read, and no other function stands before it then
    get upgrade () { return (upgrade ??= converterOf(converters, key, route)) },
    get downgrade () { return (downgrade ??= downgradeOf(key, down)) },
    loads: needsLoads(derived, key, down),
    traces: traceFields(derived, key, route),
    get unproven () { return findUnproven(derived, reach, key, route) }
  }
}

/** A downgrade leaves no internal field of head in what a client gets. */
function concealingDowngrade (derived: Derived, converters: Converters, key: string, route: Route): Converter {
  const convert = converterOf(converters, key, route)
  const conceal = concealerOf({ $ref: key }, (ref) => derived.units.has(ref) ? derived.stateOf(ref, route.to) : undefined)
  return conceal === null ? convert : (value, context) => conceal(convert(value, context))
}

function converterOf (converters: Converters, key: string, route: Route): Converter {
  return converters.unit(key, route) ?? ((value) => value)
}

/** The unit of a place: that of its `$id` where the whole place is one shared schema, so that places share what is compiled. */
function sharedKey (derived: Derived, place: Place): string {
  const ref = refOf(derived.units.get(place)?.schema ?? {})
  return ref !== undefined && ref !== place && derived.units.has(ref) ? sharedKey(derived, ref) : place
}

function memoise <Value> (make: (key: string, index: number) => Value): (key: string, index: number) => Value {
  const made: Array<Map<string, Value>> = []
  return (key, index) => {
    const byKey = made[index] ??= new Map()
    const known = byKey.get(key)
    if (known !== undefined) return known
    const value = make(key, index)
    byKey.set(key, value)
    return value
  }
}
