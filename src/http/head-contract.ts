import type { FastifySchema } from 'fastify'
import { MisfitError } from '../errors.js'
import type { HeadContract, Place } from '../versioning/contracts.js'
import type { JsonSchema } from '../versioning/json-schema.js'
import { currentResourceOf } from './complete-request.js'
import type { InternalFields } from './internal-fields.js'
import { placesOf, type RoutePlaces } from './places.js'
import { headNameOf, type VersionRange, type VersionedRoute } from './versioned-route.js'

/** What the contract of head is collected from. */
export interface ContractRoute extends Pick<VersionedRoute, 'methods' | 'url' | 'options' | 'instance' | 'constraints' | 'ranges' | 'headMethod'> {
  readonly pipeline: { readonly internal: Pick<InternalFields, 'putBack' | 'sharedSchemas'> }
}

/** What head's routes and schemas are, and the places of each route by method. */
export interface CollectedContract<Route extends ContractRoute = VersionedRoute> {
  readonly contract: HeadContract
  readonly routes: ReadonlyMap<Route, ReadonlyMap<string, RoutePlaces>>
  /** The further names of routes that are registered more than once, with constraints or for other versions: `GET /users{"host":"b.example"}` by `GET /users`. */
  readonly registrations: ReadonlyMap<string, readonly string[]>
  /** The versions in which each registration answers, by its name. */
  readonly spans: ReadonlyMap<string, readonly VersionRange[]>
}

/**
 * Collects the contract of head from the registered routes.
 * @throws FST_ERR_VINTAGE_MISFIT when two scopes share an `$id` but not its schema
 */
export function collectContract<Route extends ContractRoute> (routes: readonly Route[]): CollectedContract<Route> {
  const { names, registrations, spans } = nameRoutes(routes)
  const places = new Map<Place, JsonSchema>()
  const bothWays = new Set<Place>()
  const byRoute = new Map<Route, Map<string, RoutePlaces>>()
  for (const route of routes) {
    const byMethod = new Map(route.methods.map((method) => [method, placesOf(names(route, method), schemaOf(route))]))
    byRoute.set(route, byMethod)
    for (const [method, { request, responses }] of byMethod) {
      if (method === 'HEAD' && names(route, method).startsWith('GET ')) continue
      if (currentResourceOf(route.options.config?.vintage) !== null) for (const { part, place } of request) if (part === 'body') bothWays.add(place)
      for (const { place, schema } of [...request, ...responses]) if (place !== null && schema !== null) places.set(place, schema)
    }
  }
  return { contract: { schemas: collectSchemas(routes), places, bothWays }, routes: byRoute, registrations, spans }
}

interface RouteNames extends Pick<CollectedContract, 'registrations' | 'spans'> { names (route: ContractRoute, method: string): string }

// HEAD goes by the places of its GET, a former method by those of head's. Routes that differ in their constraints or versions only are told apart by these.
function nameRoutes (routes: readonly ContractRoute[]): RouteNames {
  const registrations = new Map<string, string[]>()
  const spans = new Map<string, VersionRange[]>()
  const owners = new Map<string, unknown>()
  const names = new Map<ContractRoute, Map<string, string>>()
  for (const route of routes) {
    const named = route.methods.filter((method) => method !== 'HEAD' || route.headMethod !== null).map((method): [string, string] => {
      const plain = headNameOf(route, method)
      if (route.headMethod !== null) return [method, plain]
      const ranges = route.ranges.get(method) ?? []
      const name = (owners.get(plain) ?? route.options.schema) === route.options.schema ? plain : `${plain}${nameConstraints(route.constraints, ranges)}`
      spans.set(name, [...spans.get(name) ?? [], ...ranges])
      if (name === plain) owners.set(plain, route.options.schema)
      else registrations.set(plain, [...registrations.get(plain) ?? [], name])
      return [method, name]
    })
    names.set(route, new Map(named))
  }
  return { names: (route, method) => names.get(route)?.get(method) ?? headName(route.url, owners), registrations, spans }
}

// a place is told by its spaces, and a pattern of hosts is nothing to JSON
function nameConstraints (constraints: object, ranges: readonly VersionRange[]): string {
  const told = Object.keys(constraints).length > 0 ? constraints : { versions: ranges.map(({ fromIndex, toIndex }) => [fromIndex, toIndex]) }
  return JSON.stringify(told, (_key, value: unknown) => value instanceof RegExp ? String(value) : value).replaceAll(' ', '%20')
}

function headName (url: string, owners: ReadonlyMap<string, unknown>): string {
  // `/users` is registered as `/users/` too, and only the HEAD route of that comes by
  const get = [`GET ${url}`, `GET ${url.replace(/\/$/, '')}`].find((name) => owners.has(name))
  return get ?? `HEAD ${url}`
}

// with its internal fields, which Fastify does not know
function schemaOf ({ options: { schema }, pipeline: { internal } }: ContractRoute): FastifySchema | undefined {
  return schema === undefined ? undefined : internal.putBack(schema)
}

function collectSchemas (routes: readonly ContractRoute[]): Map<string, JsonSchema> {
  const schemas = new Map<string, JsonSchema>()
  for (const [instance, internal] of new Map(routes.map((route) => [route.instance, route.pipeline.internal]))) {
    for (const [id, schema] of internal.sharedSchemas(instance)) {
      const known = schemas.get(id)
      if (known !== undefined && JSON.stringify(known) !== JSON.stringify(schema)) throw new MisfitError(`Two scopes of the app have a schema \`${id}\`, and they differ: changes name schemas by \`$id\`, so give each its own.`)
      schemas.set(id, schema)
    }
  }
  return schemas
}
