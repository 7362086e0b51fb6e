import type { FastifyInstance, FastifyRequest, RouteOptions } from 'fastify'
import { NotReadyError } from '../errors.js'
import type { ConcealedRoute } from './conceal-response.js'
import type { HeadNames } from './head-names.js'
import type { RouteConversion } from './route-conversion.js'
import type { LaneStages, Pipeline } from './stages.js'
import type { UpgradeContext } from './upgrade.js'

/** Where a route carries its record: spread over to the route's `config`, which every request can read. */
export const kVersionedRoute: unique symbol = Symbol('fastify-vintage.route')

/** A route as `onRoute` gets it. */
export type RegisteredRoute = RouteOptions & { routePath: string, path: string, prefix: string }

/** The versions in which an endpoint answers at a URL; both ends inclusive. */
export interface VersionRange { readonly fromIndex: number, readonly toIndex: number }

/** What is found out about a route once all schemas are known, at ready. */
export interface PreparedRoute {
  /** How to convert, by method. */
  readonly conversions: ReadonlyMap<string, RouteConversion>
  /** What the upgrade of its requests needs. */
  readonly upgradeContext: UpgradeContext
  /** Tells whether a serialiser of the app's own writes a reply: that of the reply, or of the route's scope. */
  readonly hasOwnSerializer: (reply: object) => boolean
  /** What keeps internal fields from clients of head; null for a route without them. */
  readonly concealed: ConcealedRoute | null
  /** What tells a body of head where there is no schema. */
  readonly headNames: HeadNames
  /** `GET 202` …: what was sent to older clients without a response schema, and logged. */
  readonly reported: Set<string>
}

/** What is kept of one registered route. */
export interface VersionedRoute {
  readonly methods: readonly string[]
  /** The URL at head, with its prefix; also for a record that serves a former URL. */
  readonly url: string
  /** The options as Fastify holds them; schemas are read from them at ready. */
  readonly options: RouteOptions
  /** The registration of the plugin that it is of. */
  readonly pipeline: Pipeline
  /** The scope in which the route was registered. */
  readonly instance: FastifyInstance
  /** Whether it serves a former URL of the endpoint. */
  readonly former: boolean
  /** The method at head of an endpoint whose former URL it serves; null for a route of head. */
  readonly headMethod: string | null
  /** The URL at which it stands. */
  readonly standsAt: string
  /** Its URL and constraints as the router tells them from others: `/users/: {}`. */
  readonly site: string
  /** The constraints that the app has set on it. */
  readonly constraints: Readonly<Record<string, unknown>>
  /** When the endpoint answers here, by method. */
  readonly ranges: ReadonlyMap<string, readonly VersionRange[]>
  /** Our hooks among those of the route, to tell them from others; null where requests change lanes instead. */
  stages: Pick<LaneStages, 'preValidation' | 'preSerialization'> | null
  prepared: PreparedRoute | null
}

/**
 * What was found out about a route at ready. Fastify answers `inject` even where the start has failed: nothing is served then.
 * @throws FST_ERR_VINTAGE_NOT_READY
 */
export function preparedOf ({ prepared, url }: Pick<VersionedRoute, 'prepared' | 'url'>): PreparedRoute {
  if (prepared === null) throw new NotReadyError(url)
  return prepared
}

/** The methods of a route as a list. */
export function methodsOf (options: RouteOptions): readonly string[] {
  return Array.isArray(options.method) ? options.method : [options.method]
}

/** @returns the name at head of what a route answers, `GET /users/:id`; HEAD goes by its GET */
export function headNameOf ({ headMethod, url }: Pick<VersionedRoute, 'headMethod' | 'url'>, method: string): string {
  return `${headMethod ?? (method === 'HEAD' ? 'GET' : method)} ${url}`
}

/** The record of the route that a request came to; undefined for a 404 and for a route without versions. */
export function routeOf (request: FastifyRequest): VersionedRoute | undefined {
  return request.routeOptions.config[kVersionedRoute]
}

/** Tells whether a route answers a request of this version. */
export function answersAt (route: VersionedRoute, method: string, index: number): boolean {
  return route.ranges.get(method)?.some(({ fromIndex, toIndex }) => index >= fromIndex && index <= toIndex) === true
}
