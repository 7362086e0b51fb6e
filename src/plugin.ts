import { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { InvalidOptionError, UncoveredRoutesError } from './errors.js'
import { buildCompilers } from './http/compilers.js'
import { findUncoveredRoutes, listUncoveredRoutes } from './http/coverage.js'
import { describeApp } from './http/describe-app.js'
import { describeInsight } from './http/insight.js'
import { followRequests } from './http/follow-requests.js'
import { hasHooks, putHookFirst, readCompilerOptions, rewritesUrls } from './http/fastify-internals.js'
import { warnOfHooksBehind } from './http/hooks-behind.js'
import { recordInspection } from './http/inspection.js'
import { watchInternalFields } from './http/internal-fields.js'
import { buildChangeLog } from './http/log-failure.js'
import { prepareRoutes } from './http/prepare-routes.js'
import { recordRoute } from './http/record-route.js'
import { register, registrationOf } from './http/registration.js'
import { serializeOverride } from './http/reply-serialize.js'
import type { RequestState } from './http/request-state.js'
import { buildResolver } from './http/resolve.js'
import { makeHeaderWriter } from './http/response-headers.js'
import { responseStagesOf } from './http/response-stages.js'
import { findRouteContexts } from './http/route-context.js'
import { refuseOverlap } from './http/route-ranges.js'
import type { Pipeline } from './http/stages.js'
import { addVersionConstraint } from './http/version-constraint.js'
import { buildVersionTable } from './http/version-table.js'
import { buildWorld } from './http/version-world.js'
import type { VersionedRoute } from './http/versioned-route.js'
import { buildWarmUp } from './http/warm-up.js'
import { checkOptions, readSettings, type VintageOptions } from './options.js'
import { checkEndpoints } from './versioning/check-endpoints.js'
import type { Contracts } from './versioning/contracts.js'
import { loadHistory } from './versioning/load.js'

/**
 * Serves every released version of an API from handlers that know the newest only.
 * Register it, and await that, before the routes.
 * @throws FST_ERR_VINTAGE_INVALID_OPTION, FST_ERR_VINTAGE_MISFIT; at ready FST_ERR_VINTAGE_MISFIT, FST_ERR_VINTAGE_UNCOVERED_ROUTES
 * @example await app.register(vintage, { versions: new URL('./versions/', import.meta.url), default: '2024-01-01' })
 */
async function registerVintage (app: FastifyInstance, options: VintageOptions): Promise<void> {
  checkOptions(options)
  const { importModule } = options
  const history = await loadHistory(options.versions, importModule === undefined ? {} : { importModule })
  const table = buildVersionTable(history.versions)
  const settings = readSettings(options, table)
  if (settings.path && !rewritesUrls(app)) throw new InvalidOptionError('path', 'is true, but nothing takes the version off a URL: make the app with `Fastify({ rewriteUrl: rewriteVersionPath })`')
  checkEndpoints(history)
  const routes: VersionedRoute[] = []
  let contracts: Contracts | null = null
  const world = buildWorld(history, table, () => contracts)
  const resolver = buildResolver(settings, table, world)
  const storage = settings.asyncLocalStorage ? new AsyncLocalStorage<RequestState>() : null
  const compilers = buildCompilers(readCompilerOptions(app))
  const warmUp = buildWarmUp(compilers, table.versions.length, app.log)
  const pipeline: Pipeline = {
    settings,
    table,
    resolver,
    world,
    constraint: addVersionConstraint(app, table.versions, resolver),
    contexts: findRouteContexts(app),
    compilers,
    changeLog: buildChangeLog(history),
    writeHeaders: makeHeaderWriter(settings),
    watcher: { tell: null },
    internal: watchInternalFields(app),
    overrideSerialize: serializeOverride({ world, compilers, settings }),
    warmUp
  }
  const described = { ...describeApp(table, world, storage), ...describeInsight(table, () => contracts, compilers, warmUp) }

  app.decorate('vintage', described)
  recordInspection(app, { vintage: described, history, header: settings.header, routes, watcher: pipeline.watcher, contracts: () => contracts })
  register(app, pipeline)
  if (storage !== null) followRequests(app, storage)

  app.addHook('onRoute', function (route) {
    // a scope below may have a registration of its own
    if (registrationOf(this) !== pipeline) return
    const record = recordRoute(this, route, history, pipeline)
    if (record === null) return
    refuseOverlap(record, routes, table, settings.pin !== null)
    routes.push(record)
  })
  addResponseStages(app, pipeline)
  app.addHook('onReady', async function () {
    reportUncovered(app, routes, settings.coverage)
    contracts = prepareRoutes(routes, history, pipeline)
    warnOfHooksBehind(routes, table.versions, app)
  })
  if (settings.warmUp) app.addHook('onListen', async () => { warmUp.start() })
  app.addHook('onClose', async () => { warmUp.stop() })
}

function addResponseStages (app: FastifyInstance, pipeline: Pipeline): void {
  const stages = responseStagesOf(pipeline)
  if (!hasHooks(app, 'onSend')) {
    app.addHook('onSend', stages.both)
    return
  }
  // hooks that were there before the plugin, such as that of @fastify/etag, shall read what the client gets
  app.addHook('onSend', stages.text)
  app.addHook('onSend', stages.headers)
  app.after(() => { putHookFirst(app, 'onSend', stages.text) })
}

function reportUncovered (app: FastifyInstance, routes: readonly VersionedRoute[], coverage: 'strict' | 'warn'): void {
  const uncovered = findUncoveredRoutes(routes)
  if (uncovered.length === 0) return
  const error = new UncoveredRoutesError(`No response schema for ${listUncoveredRoutes(routes)}: without one a body of head could reach an older client. Add \`schema.response\`, set \`config: { vintage: false }\` on routes without versions, or \`coverage: 'warn'\` for the time being.`)
  if (coverage === 'strict') throw error
  app.log.warn({ routes: uncovered }, error.message)
}

/** The plugin; its decorators reach the scope in which it is registered. */
export const vintage = fp(registerVintage, { fastify: '5.x', name: 'fastify-vintage' })
