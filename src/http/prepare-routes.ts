import type { Contracts } from '../versioning/contracts.js'
import { deriveContracts } from '../versioning/contracts.js'
import type { VersionHistory } from '../versioning/history.js'
import { compileEarly } from './compile-early.js'
import type { Compilers } from './compilers.js'
import { coverRegistrations } from './cover-registrations.js'
import { hasReplySerializer } from './fastify-internals.js'
import { collectContract } from './head-contract.js'
import { collectHeadNames } from './head-names.js'
import { checkHeaderNames } from './header-names.js'
import { convertRoute, type PartShape } from './route-conversion.js'
import { formatterOf } from './validate.js'
import type { VersionedRoute } from './versioned-route.js'

/**
 * Derives the contracts of the older versions from the registered routes, and gives each route what its requests will need.
 * @throws FST_ERR_VINTAGE_MISFIT when a version file does not fit the schemas
 */
export function prepareRoutes (routes: readonly VersionedRoute[], history: VersionHistory, compilers: Compilers): Contracts {
  const collected = collectContract(routes)
  checkHeaderNames(history)
  const contracts = deriveContracts(coverRegistrations(history, new Set(collected.contract.places.keys()), collected.registrations), collected.contract)
  const headNames = collectHeadNames(history)
  for (const [route, byMethod] of collected.routes) {
    route.prepared = {
      conversions: new Map([...byMethod].map(([method, places]) => [method, convertRoute(places, contracts)])),
      format: formatterOf(route.options, route.instance),
      hasReplySerializer: hasReplySerializer(route.instance),
      headNames,
      reported: new Set()
    }
  }
  compileEarly(partsOf(routes, contracts), compilers)
  return contracts
}

function partsOf (routes: readonly VersionedRoute[], contracts: Contracts): PartShape[] {
  const prepared = routes.map((route) => route.prepared).filter((route) => route !== null)
  const conversions = prepared.flatMap((route) => [...route.conversions.values()])
  return conversions.flatMap((conversion) => contracts.versions.map((_, index) => conversion.requestParts(index))).flat().filter((part) => part !== undefined)
}
