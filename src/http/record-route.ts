import type { FastifyInstance, RouteOptions } from 'fastify'
import type { VintageRouteConfig } from '../types.js'
import type { VersionHistory } from '../versioning/history.js'
import { isInternal } from './coverage.js'
import { buildLanes, type RouteLanes } from './lanes.js'
import { kFormerUrl, locateRoute, registerFormerUrl, takeFormerUrl, type Site } from './moved-endpoints.js'
import { rangesOf } from './route-ranges.js'
import { firstStageOf, laneStagesOf, type Pipeline } from './stages.js'
import { kVersionedRoute, methodsOf, type RegisteredRoute, type VersionedRoute } from './versioned-route.js'

/**
 * Takes up a route as it is registered: puts our hooks to its own, lets the router tell it from others by version, and
 * registers its former URLs.
 * @returns the record, or null for a route without versions
 * @throws FST_ERR_VINTAGE_INVALID_OPTION, FST_ERR_VINTAGE_MISFIT
 */
export function recordRoute (instance: FastifyInstance, options: RegisteredRoute, history: VersionHistory, pipeline: Pipeline): VersionedRoute | null {
  const config: VintageRouteConfig | undefined = options.config?.vintage
  if (config === false) return null
  if (isInternal(options.schema)) {
    options.config = { ...options.config, vintage: false }
    return null
  }
  const former = options.config?.[kFormerUrl]
  const sites = former === undefined ? locateRoute(history, options) : new Map(methodsOf(options).map((method) => [method, [former.site]]))
  for (const [method, places] of sites) {
    for (const site of places) if (former === undefined && !standsHere(site, method, options)) registerFormerUrl(instance, options, method, site, history)
  }
  if (former !== undefined) takeFormerUrl(options, former)
  if (options.schema !== undefined) options.schema = pipeline.internal.takeOut(options.schema)
  const route: VersionedRoute = {
    methods: methodsOf(options),
    url: former?.headUrl ?? options.url,
    options,
    pipeline,
    instance,
    former: former !== undefined,
    headMethod: former?.headMethod ?? null,
    standsAt: options.url,
    site: siteOf(options),
    constraints: options.constraints ?? {},
    ranges: new Map([...sites].map(([method, places]) => {
      const here = places.filter((site) => former !== undefined || standsHere(site, method, options))
      return [method, rangesOf(here.flatMap(({ ranges }) => ranges), history, `${method} ${former?.headUrl ?? options.url}`, former !== undefined, config ?? {}, pipeline.table)]
    })),
    stages: null,
    prepared: null
  }
  options.config = { ...options.config, [kVersionedRoute]: route }
  constrain(options, route, pipeline)
  addStages(options, route, pipeline)
  return route
}

// names of parameters do not tell two URLs apart, and a pattern of hosts is nothing to JSON
function siteOf ({ url, constraints = {} }: RouteOptions): string {
  return `${url.replace(/:\w+/g, ':')} ${JSON.stringify(constraints, (_key, value: unknown) => value instanceof RegExp ? String(value) : value)}`
}

function standsHere (site: Site, method: string, { url }: RouteOptions): boolean {
  return site.method === method && site.url === url
}

/** An endpoint that some versions do not have is for them as if it were not registered. */
function constrain (options: RouteOptions, route: VersionedRoute, { constraint, table }: Pipeline): void {
  const values = new Set([...route.ranges.values()].map((ranges) => constraint.valueOf(ranges)))
  const [value] = values
  // the methods of a registration share its constraints: where their versions differ, our first stage tells them apart
  if (value === undefined || values.size > 1 || value === constraint.valueOf([{ fromIndex: 0, toIndex: table.headIndex }])) return
  options.constraints = { ...options.constraints, [constraint.name]: value }
}

function addStages (options: RouteOptions, route: VersionedRoute, pipeline: Pipeline): void {
  const { contexts } = pipeline
  const stages = laneStagesOf(route, () => lanes, pipeline)
  const lanes: RouteLanes | null = contexts === null ? null : buildLanes(contexts, stages)
  // the version is refused before the route's own hooks cost anything; all else comes after them
  options.onRequest = [firstStageOf(route, lanes, pipeline), ...listOf(options.onRequest)]
  if (lanes !== null) return
  route.stages = stages
  options.preValidation = [...listOf(options.preValidation), stages.preValidation]
  options.preSerialization = [...listOf(options.preSerialization), stages.preSerialization]
  options.onError = [...listOf(options.onError), stages.onError]
  options.preHandler = [...route.options.attachValidation === true ? [stages.preHandler] : [], ...listOf(options.preHandler), stages.enterHandler]
}

function listOf<Hook extends Function> (hooks: Hook | Hook[] | undefined): Hook[] {
  if (hooks === undefined) return []
  return Array.isArray(hooks) ? hooks : [hooks]
}
