import type { FastifyInstance, RouteOptions } from 'fastify'
import { InvalidOptionError } from '../errors.js'
import type { VintageRouteConfig } from '../types.js'
import type { VersionHistory } from '../versioning/history.js'
import { isInternal } from './coverage.js'
import { kFormerUrl, locateRoute, registerFormerUrl, takeFormerUrl, type Site } from './moved-endpoints.js'
import { stagesOf, type Pipeline } from './stages.js'
import { kVersionedRoute, methodsOf, type RegisteredRoute, type VersionRange, type VersionedRoute } from './versioned-route.js'

/**
 * Takes up a route as it is registered: appends our hooks to its own, and registers its former URLs.
 * @returns the record, or null for a route without versions
 */
export function recordRoute (instance: FastifyInstance, options: RegisteredRoute, history: VersionHistory, pipeline: Pipeline): VersionedRoute | null {
  const config: VintageRouteConfig | undefined = options.config?.vintage
  if (config === false) return null
  if (isInternal(options.schema)) {
    options.config = { ...options.config, vintage: false }
    return null
  }
  const former = options.config?.[kFormerUrl]
  const sites = former === undefined ? locateRoute(history, options) : new Map([[former.site.method, [former.site]]])
  for (const [, [, ...others]] of sites) for (const site of others) registerFormerUrl(instance, options, site, history)
  if (former !== undefined) takeFormerUrl(options, former)
  const route: VersionedRoute = {
    methods: methodsOf(options),
    url: former?.headUrl ?? options.url,
    options,
    instance,
    former: former !== undefined,
    ranges: rangesOf(sites, config ?? {}, options, pipeline),
    stages: null,
    prepared: null
  }
  appendStages(options, route, pipeline)
  return route
}

function appendStages (options: RouteOptions, route: VersionedRoute, pipeline: Pipeline): void {
  const stages = stagesOf(route, pipeline)
  route.stages = stages
  options.config = { ...options.config, [kVersionedRoute]: route }
  // the version is refused before the route's own hooks cost anything; all else comes after them
  options.onRequest = [stages.onRequest, ...listOf(options.onRequest)]
  options.preValidation = [...listOf(options.preValidation), stages.preValidation]
  options.preSerialization = [...listOf(options.preSerialization), stages.preSerialization]
  options.onError = [...listOf(options.onError), stages.onError]
  options.preHandler = [...(options.attachValidation === true ? [stages.preHandler] : []), ...listOf(options.preHandler), stages.enterHandler]
}

function listOf<Hook extends Function> (hooks: Hook | Hook[] | undefined): Hook[] {
  if (hooks === undefined) return []
  return Array.isArray(hooks) ? hooks : [hooks]
}

function rangesOf (sites: ReadonlyMap<string, readonly Site[]>, { since, until }: Exclude<VintageRouteConfig, false>, { url }: RouteOptions, { table }: Pipeline): Map<string, readonly VersionRange[]> {
  const first = since === undefined ? 0 : indexOf('since', since)
  const last = until === undefined ? table.headIndex : indexOf('until', until) - 1
  // the first site is where this registration stands; the others have registrations of their own
  return new Map([...sites].map(([method, sites]) => [method, sites.slice(0, 1).flatMap(({ ranges }) => ranges.map(({ fromIndex, toIndex }) =>
    ({ fromIndex: Math.max(first, fromIndex), toIndex: Math.min(last, toIndex) })))]))

  function indexOf (name: string, version: string): number {
    const index = table.indexOf(version)
    if (index === undefined) throw new InvalidOptionError(`config.vintage.${name}`, `of ${url} is \`${version}\`: expected one of ${table.listed}`)
    return index
  }
}
