import type { FastifyRequest } from 'fastify'
import type { BehaviourName } from './behaviour-names.js'
import type { FormerUrl, kFormerUrl } from './http/moved-endpoints.js'
import type { kRegistration } from './http/registration.js'
import type { RequestState, kRequestState } from './http/request-state.js'
import type { Pipeline } from './http/stages.js'
import type { VersionedRoute, kVersionedRoute } from './http/versioned-route.js'
import type { Explanation } from './versioning/explain.js'

/** What decided the version of a request. */
export type VersionSource = 'header' | 'path' | 'query' | 'media-type' | 'pin' | 'default'

/** From which version to which a value is brought. */
export interface MigrateRange {
  readonly from?: string
  readonly to?: string
}

/** The version of one request, as `request.vintage`. */
export interface VintageRequest {
  /**
   * The version that this request is served as, `2024-01-01`. Until `pin` has been asked (just before validation)
   * it is the version that an early error would be rendered in: that of the header, else the default.
   */
  readonly version: string
  /** What decided: a source that the request names, the account's pin, or the default. */
  readonly source: VersionSource
  /** The token that `currentResource` gave for this request; undefined where it was not called, as for clients at head and for fields that are all there. */
  readonly token: unknown
  /**
   * Tells whether the version of this request behaves so: true in the version that brought the behaviour and in newer ones.
   * @throws FST_ERR_VINTAGE_UNKNOWN_BEHAVIOUR
   * @example if (request.vintage.has('checks-avatar-size')) checkSize(avatar)
   */
  has (behaviour: BehaviourName): boolean
  /**
   * Brings a value of a schema from one version to another, as `app.vintage.migrate` does.
   * @param range `from` @default head; `to` @default the version of this request
   * @example request.vintage.migrate('User', user)
   */
  migrate (id: string, value: unknown, range?: MigrateRange): unknown
}

/** What has been compiled for older clients. */
export interface VintageStats {
  /** distinct pairs of schema and version that requests and responses of older clients have; versions in which a schema is the same are one pair */
  readonly pairs: number
  /** how many of them have their validator or serialiser */
  readonly compiled: number
  /** how many of those a request came for before the warm-up did, so that it had to wait */
  readonly cold: number
  /** generated functions that bring values from one version to another */
  readonly conversions: number
  /** whether no request will have to wait any more */
  readonly warm: boolean
}

/** The versions of the API, as `app.vintage`. */
export interface VintageApp {
  /** The released versions, oldest first. */
  readonly versions: readonly string[]
  /** The newest version, whose shapes the handlers know. */
  readonly head: string
  /**
   * Brings a value of a schema from one version to another, for webhooks, queues and stored events.
   * @param id the schema's `$id`, as of head
   * @param value a value that is valid in `from`; it is not mutated
   * @param range versions; each @default head
   * @throws FST_ERR_VINTAGE_UNKNOWN_VERSION for a version that is not of this API
   * @throws FST_ERR_VINTAGE_NOT_READY before the app is ready
   * @throws FST_ERR_VINTAGE_UNKNOWN_SCHEMA, FST_ERR_VINTAGE_AMBIGUOUS_SCHEMA when no schema has the `$id`, or it was split in between
   * @throws FST_ERR_VINTAGE_NO_WAY when a change in between has no function or value for that direction
   * @throws FST_ERR_VINTAGE_CHANGE_FAILED when a function throws, or a change in between needs look-ups (`load`)
   * @example app.vintage.migrate('User', user, { to: '2024-01-01' })
   */
  migrate (id: string, value: unknown, range?: MigrateRange): unknown
  /**
   * Tells whether a version behaves so, for work outside a request: queues, schedules.
   * @param version @default that of the request being served, which is known where the option `asyncLocalStorage` is set
   * @throws FST_ERR_VINTAGE_UNKNOWN_BEHAVIOUR, FST_ERR_VINTAGE_UNKNOWN_VERSION, FST_ERR_VINTAGE_NO_VERSION
   * @example app.vintage.has('checks-avatar-size', '2024-01-01')
   */
  has (behaviour: BehaviourName, version?: string): boolean
  /**
   * Gives the version of the request being served, wherever its handler calls; needs the option `asyncLocalStorage`.
   * @throws FST_ERR_VINTAGE_NO_VERSION outside a request, or without the option
   */
  current (): VintageRequest
  /**
   * Shows how values of a schema or a place get from a version to head, or back: the changes in their order, and the code made of them.
   * @param name an `$id`, as of that version or of head, or a place such as `GET /users 200`
   * @param options.direction which way, for an `$id`; a place is used in one way only @default 'downgrade'
   * @throws FST_ERR_VINTAGE_UNKNOWN_VERSION, FST_ERR_VINTAGE_UNKNOWN_SCHEMA, FST_ERR_VINTAGE_NOT_READY
   * @example app.vintage.explain('User', '2024-01-01').functions[0]?.code
   */
  explain (name: string, version: string, options?: { direction?: 'upgrade' | 'downgrade' }): Explanation
  /**
   * Counts what has been compiled so far; see the option `warmUp`.
   * @example if (!app.vintage.stats().warm) reply.code(503)
   */
  stats (): VintageStats
}

/**
 * Asks which version an account is pinned to.
 * @returns a date, or null for an account without a pin; undefined is an error
 */
export type Pin = (request: FastifyRequest) => string | null | undefined | Promise<string | null | undefined>

/** `config.vintage` of a route. `false`: the route has no versions. */
export type VintageRouteConfig = false | {
  /** The version that brought the endpoint: older ones answer 404. @default the oldest */
  since?: string
  /** The version that took the endpoint away: it and newer ones answer 404. @default none */
  until?: string
  /**
   * Reads what a partial body of an older client changes, as head knows it, so that fields which became one can be sent alone.
   * Called for older clients whose fields alone do not tell what head shall be, after all hooks of the route and before its handler.
   * @example currentResource: async ({ params }) => { const user = await findUser(params.id); return { value: user, token: user.ver } }
   */
  currentResource?: CurrentResource
}

/**
 * Reads the resource that a request changes in part.
 * @returns the resource as of head, and a token of its state, for the condition under which the handler writes; null where there is no such resource: 404
 */
export type CurrentResource = (request: FastifyRequest) => CurrentState | null | Promise<CurrentState | null>

/** A resource, and what tells whether it is still the same. */
export interface CurrentState {
  readonly value: object
  /** A version number, an ETag, a time: whatever the handler compares; found again as `request.vintage.token`. */
  readonly token?: unknown
}

declare module './versioning/load-context.js' {
  interface LoadScope {
    /** the request whose response is being converted; undefined off HTTP */
    readonly request?: FastifyRequest
  }
}

declare module 'fastify' {
  interface FastifyInstance {
    vintage: VintageApp
    /** @internal */
    [kRegistration]?: Pipeline
  }
  interface FastifyRequest {
    readonly vintage: VintageRequest
    /** @internal */
    [kRequestState]: RequestState | null
  }
  interface FastifyContextConfig {
    vintage?: VintageRouteConfig
    /** @internal */
    [kVersionedRoute]?: VersionedRoute
    /** @internal */
    [kFormerUrl]?: FormerUrl
  }
}
