import type { FastifyRequest } from 'fastify'
import type { FormerUrl, kFormerUrl } from './http/moved-endpoints.js'
import type { RequestState, kRequestState } from './http/request-state.js'
import type { VersionedRoute, kVersionedRoute } from './http/versioned-route.js'

/** What decided the version of a request. */
export type VersionSource = 'header' | 'pin' | 'default'

/** The version of one request, as `request.vintage`. */
export interface VintageRequest {
  /**
   * The version that this request is served as, `2024-01-01`. Until `pin` has been asked (just before validation)
   * it is the version that an early error would be rendered in: that of the header, else the default.
   */
  readonly version: string
  /** What decided: the header, the account's pin, or the default. */
  readonly source: VersionSource
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
   * @throws when no schema has the `$id`
   * @example app.vintage.migrate('User', user, { to: '2024-01-01' })
   */
  migrate (id: string, value: unknown, range: { from?: string, to?: string }): unknown
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
}

declare module 'fastify' {
  interface FastifyInstance {
    vintage: VintageApp
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
