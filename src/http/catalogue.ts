import type { HeadContract } from '../versioning/contracts.js'
import type { VersionHistory } from '../versioning/history.js'
import type { Catalogue } from '../versioning/lock/catalogue.js'
import { responseEditsOf } from '../versioning/response-edits.js'
import { openWorld } from '../versioning/world.js'
import { registeredHistory } from './cover-registrations.js'
import { collectContract } from './head-contract.js'
import type { Inspection } from './inspection.js'
import type { RoutePlaces } from './places.js'
import { answersAt, type VersionedRoute } from './versioned-route.js'

/** What the laws and the lock of contracts need to know of a registration of the plugin. */
export interface Registration {
  readonly history: VersionHistory
  readonly head: HeadContract
}

/** Reads the history and the contract of head as the plugin does at ready. */
export function registrationOf (inspection: Inspection): Registration {
  const collected = collectContract(inspection.routes)
  return { history: registeredHistory(inspection.history, collected), head: collected.contract }
}

/**
 * Derives what the API is in each version: which places it has, under which names, and their schemas.
 *
 * @throws FST_ERR_VINTAGE_MISFIT as the start of the app does
 */
export function openCatalogue (inspection: Inspection): Catalogue {
  const collected = collectContract(inspection.routes)
  const history = registeredHistory(inspection.history, collected)
  return {
    world: openWorld(history, collected.contract),
    placesAt: (index) => new Map([...collected.routes].flatMap(([route, byMethod]) => [...byMethod].flatMap(([method, places]) =>
      method !== 'HEAD' && answersAt(route, method, index) ? placesOfRoute(history, route, method, places, index) : [])))
  }
}

function placesOfRoute (history: VersionHistory, { standsAt }: VersionedRoute, method: string, { request, responses }: RoutePlaces, index: number): Array<[string, string]> {
  return [...request, ...responses].flatMap(({ place, schema }): Array<[string, string]> => {
    if (place === null || schema === null) return []
    const [headMethod, headUrl, ...part] = place.split(' ')
    const older = responseEditsOf(history, `${headMethod} ${headUrl}`)[index]?.statuses.get(Number(part[0]))
    // what tells registrations apart that differ in their constraints stands behind the URL
    const constraints = String(headUrl).replace(/^[^{]*/, '')
    return [[[method, `${standsAt}${constraints}`, ...(older === undefined ? part : [older, ...part.slice(1)])].join(' '), place]]
  })
}
