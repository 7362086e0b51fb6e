import type { ContextConfigDefault, FastifyInstance, FastifySchema, RouteGenericInterface, RouteOptions } from 'fastify'
import { MisfitError } from '../errors.js'
import { locationsOf, movesOf, type Location } from '../versioning/endpoints.js'
import { sourceOf, type VersionHistory } from '../versioning/history.js'
import { methodsOf, type RegisteredRoute, type VersionRange } from './versioned-route.js'

/** Where a registration of a former URL carries what it stands for. */
export const kFormerUrl: unique symbol = Symbol('fastify-vintage.former-url')

/** One URL of an endpoint, with the versions that it answers there. */
export interface Site extends Pick<Location, 'method' | 'url'> { readonly ranges: readonly VersionRange[] }

/** A URL at which an endpoint answers older versions only. */
export interface FormerUrl {
  readonly site: Site
  /** The options of the endpoint at head, before our hooks were added. */
  readonly options: RouteOptions
  /** Its method and URL at head. */
  readonly headMethod: string
  readonly headUrl: string
}

const lifecycleHooks = ['onRequest', 'preParsing', 'preValidation', 'preHandler', 'preSerialization', 'onSend', 'onResponse', 'onError', 'onTimeout', 'onRequestAbort'] as const

/** Where a head route answers, that at head first, by method; HEAD goes where its GET goes. */
export function locateRoute (history: VersionHistory, options: RouteOptions): Map<string, readonly Site[]> {
  return new Map(methodsOf(options).map((method) => {
    if (method !== 'HEAD') return [method, joinSites(locationsOf(history, method, options.url))]
    const ofGet = locationsOf(history, 'GET', options.url).filter((location) => location.method === 'GET')
    return [method, joinSites(ofGet.map((location) => ({ ...location, method })))]
  }))
}

// an endpoint that has moved back answers at one URL in two ranges
function joinSites (locations: readonly Location[]): Site[] {
  const sites = new Map<string, Site>()
  for (const { method, url, fromIndex, toIndex } of locations) {
    const key = `${method} ${url}`
    sites.set(key, { method, url, ranges: [...sites.get(key)?.ranges ?? [], { fromIndex, toIndex }] })
  }
  return [...sites.values()]
}

/**
 * Registers a head route once more, in its own scope, for a URL of older versions. The scope's prefix would be put
 * before the URL, so it is registered under head's URL and takes the former one when it comes by `onRoute`.
 * @throws FST_ERR_VINTAGE_MISFIT when another route has the URL
 */
export function registerFormerUrl (instance: FastifyInstance, options: RegisteredRoute, headMethod: string, site: Site, history: VersionHistory): void {
  const former: FormerUrl = { site, options: { ...options }, headMethod: headMethod === 'HEAD' ? 'GET' : headMethod, headUrl: options.url }
  const registration: RegisteredRoute = {
    ...withoutHooks(options),
    // by the rules of its scope `/` can be two URLs; a former one is one
    prefixTrailingSlash: site.url === `${options.prefix}/` ? 'slash' : 'no-slash',
    // a HEAD of head comes by itself
    ...(site.method === 'GET' && !methodsOf(options).includes('GET') ? {} : { exposeHeadRoute: false }),
    method: site.method,
    url: options.routePath,
    path: options.routePath,
    config: { ...options.config, [kFormerUrl]: former }
  }
  try {
    // named, since to infer them from the options takes the compiler longer than all else of src/http
    instance.route<RouteGenericInterface, ContextConfigDefault, FastifySchema>(registration)
  } catch (cause) {
    throw new MisfitError(describeClash(history, options.url, site), { cause })
  }
  if (site.url === options.url && options.routePath === '') followTrailingSlash(instance, options, registration, former)
}

/** The root of a scope may be registered with a trailing slash as well, behind our back; another method holds for both. */
function followTrailingSlash (instance: FastifyInstance, options: RegisteredRoute, registration: RegisteredRoute, former: FormerUrl): void {
  instance.after(() => {
    const url = `${former.headUrl}/`
    const site = { ...former.site, url }
    if (!instance.hasRoute({ method: former.headMethod, url, constraints: { ...options.constraints } })) return
    instance.route({ ...registration, url: '/', prefixTrailingSlash: 'slash', config: { ...registration.config, [kFormerUrl]: { ...former, site } } })
  })
}

function describeClash (history: VersionHistory, headUrl: string, { method, url }: Pick<Site, 'method' | 'url'>): string {
  const moves = movesOf(history).filter(({ from }) => from === `${method} ${url}`)
  const names = moves.map(({ change }) => `${sourceOf(history, change)}: "${change.description}"`).join(', ')
  return `${names} does not fit: \`${method} ${url}\` is the former route of \`${headUrl}\`, but the router does not take it: correct method and URL in \`from\`.`
}

/** Gives a former URL its place in the router, and the hooks that the endpoint has at head. */
export function takeFormerUrl (options: RouteOptions, former: FormerUrl): void {
  const { url } = former.site
  const hooks = lifecycleHooks.map((name): [string, unknown] => {
    const hook: unknown = former.options[name]
    // listeners after ours may push: each registration has its own list
    return [name, Array.isArray(hook) ? [...hook] : hook ?? []]
  })
  Object.assign(options, Object.fromEntries(hooks), { url, path: url })
}

function withoutHooks (options: RegisteredRoute): RegisteredRoute {
  const copy = { ...options }
  for (const name of lifecycleHooks) delete copy[name]
  return copy
}
