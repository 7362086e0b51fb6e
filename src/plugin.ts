import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { NotReadyError, UncoveredRoutesError, UnknownVersionError } from './errors.js'
import { buildCompilers } from './http/compilers.js'
import { findUncoveredRoutes } from './http/coverage.js'
import { hasHooks, putHookFirst, readCompilerOptions } from './http/fastify-internals.js'
import { warnOfHooksBehind } from './http/hooks-behind.js'
import { recordInspection } from './http/inspection.js'
import { buildChangeLog } from './http/log-failure.js'
import { refuseFormerUrl } from './http/moved-endpoints.js'
import { prepareRoutes } from './http/prepare-routes.js'
import { recordRoute } from './http/record-route.js'
import { kRequestState } from './http/request-state.js'
import { resolveRequest } from './http/resolve.js'
import { makeHeaderWriter } from './http/response-headers.js'
import { responseStagesOf, type Pipeline } from './http/stages.js'
import { buildVersionTable, type VersionTable } from './http/version-table.js'
import type { VersionedRoute } from './http/versioned-route.js'
import { checkOptions, readSettings, type VintageOptions } from './options.js'
import type { VintageApp } from './types.js'
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
  const pipeline: Pipeline = {
    settings,
    table,
    compilers: buildCompilers(readCompilerOptions(app)),
    changeLog: buildChangeLog(history),
    writeHeaders: makeHeaderWriter(settings),
    watcher: { tell: null }
  }
  const routes: VersionedRoute[] = []
  let contracts: Contracts | null = null

  const described = describeApp(table, () => contracts)

  app.decorate('vintage', described)
  recordInspection(app, { vintage: described, history, header: settings.header, routes, watcher: pipeline.watcher, contracts: () => contracts })
  app.decorateRequest(kRequestState, null)
  app.decorateRequest('vintage', { getter () { return resolveRequest(this, settings, table) } })

  app.addHook('onRoute', function (route) {
    refuseFormerUrl(route, history, routes)
    const record = recordRoute(this, route, history, pipeline)
    if (record !== null) routes.push(record)
  })
  addResponseStages(app, pipeline)
  app.addHook('onReady', async function () {
    reportUncovered(app, routes, settings.coverage)
    contracts = prepareRoutes(routes, history, pipeline.compilers)
    warnOfHooksBehind(routes, table.versions, app)
  })
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
  app.after(() => {
    if (!putHookFirst(app, 'onSend', stages.text)) app.log.warn('fastify-vintage: onSend hooks registered before the plugin see JSON text of head: register the plugin first')
  })
}

function reportUncovered (app: FastifyInstance, routes: readonly VersionedRoute[], coverage: 'strict' | 'warn'): void {
  const uncovered = findUncoveredRoutes(routes)
  if (uncovered.length === 0) return
  const error = new UncoveredRoutesError(`No response schema for ${uncovered.join(', ')}: without one a body of head could reach an older client. Add \`schema.response\`, set \`config: { vintage: false }\` on routes without versions, or \`coverage: 'warn'\` for the time being.`)
  if (coverage === 'strict') throw error
  app.log.warn({ routes: uncovered }, error.message)
}

function describeApp (table: VersionTable, contractsOf: () => Contracts | null): VintageApp {
  const { versions, headIndex } = table
  function indexOf (version: string | undefined): number {
    const index = version === undefined ? headIndex : table.indexOf(version)
    if (index === undefined) throw new UnknownVersionError(String(version), table.listed)
    return index
  }
  return {
    versions,
    head: String(versions[headIndex]),
    migrate (id, value, { from, to }) {
      const contracts = contractsOf()
      if (contracts === null) throw new NotReadyError('app.vintage.migrate')
      return contracts.convert(id, value, indexOf(from), indexOf(to))
    }
  }
}

/** The plugin; its decorators reach the scope in which it is registered. */
export const vintage = fp(registerVintage, { fastify: '5.x', name: 'fastify-vintage' })
