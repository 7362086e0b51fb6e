import type { Contracts } from '../versioning/contracts.js'
import { deriveContracts } from '../versioning/contracts.js'
import { checkRegistered } from '../versioning/check-endpoints.js'
import type { VersionHistory } from '../versioning/history.js'
import { responseEditsOf } from '../versioning/response-edits.js'
import { compileEarly } from './compile-early.js'
import { upgradeContextOf } from './complete-request.js'
import { concealRoute } from './conceal-response.js'
import { registeredHistory } from './cover-registrations.js'
import { hasReplySerializer, ownSerializerProbe } from './fastify-internals.js'
import { collectContract } from './head-contract.js'
import { collectHeadNames } from './head-names.js'
import { checkHeaderNames } from './header-names.js'
import { checkInternal, checkKeptOut } from './internal-fields.js'
import { convertRoute, type PartShape } from './route-conversion.js'
import type { Pipeline } from './stages.js'
import { formatterOf } from './validate.js'
import { headNameOf, preparedOf, type VersionedRoute } from './versioned-route.js'

/**
 * Derives the contracts of the older versions from the registered routes, and gives each route what its requests will need.
 * @throws FST_ERR_VINTAGE_MISFIT when a version file does not fit the schemas
 */
export function prepareRoutes (routes: readonly VersionedRoute[], history: VersionHistory, pipeline: Pick<Pipeline, 'compilers' | 'internal' | 'warmUp' | 'changeLog' | 'contexts'>): Contracts {
  const { compilers, internal, warmUp } = pipeline
  checkKeptOut(routes)
  const collected = collectContract(routes)
  if (internal.areThere()) checkInternal(collected.contract)
  checkHeaderNames(history)
  checkRegistered(history, new Set(routes.flatMap(({ methods, url, headMethod }) => methods.map((method) => headNameOf({ headMethod, url }, method)))))
  const contracts = deriveContracts(registeredHistory(history, collected), collected.contract)
  const headNames = collectHeadNames(history)
  const hasOwnSerializer = ownSerializerProbe()
  for (const [route, byMethod] of collected.routes) {
    route.prepared = {
      conversions: new Map([...byMethod].map(([method, places]) => [method, warmUp.traffic.count(convertRoute(places, contracts, responseEditsOf(history, headNameOf(route, method))))])),
      upgradeContext: upgradeContextOf(route, formatterOf(route.options, route.instance), pipeline),
      hasOwnSerializer: hasReplySerializer(route.instance) ? () => true : hasOwnSerializer,
      concealed: internal.areThere() ? concealRoute(route, byMethod, internal.sharedSchemas(route.instance), hasOwnSerializer) : null,
      headNames,
      reported: new Set()
    }
  }
  warmUp.plan(collected.routes, contracts)
  compileEarly(history, () => partsOf(routes, contracts), compilers)
  return contracts
}

function partsOf (routes: readonly VersionedRoute[], contracts: Contracts): PartShape[] {
  const conversions = routes.flatMap((route) => [...preparedOf(route).conversions.values()])
  return conversions.flatMap((conversion) => contracts.versions.map((_, index) => conversion.requestParts(index))).flat().filter((part) => part !== undefined)
}
