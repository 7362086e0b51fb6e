import type { Place } from './contracts.js'
import { headRouteOf } from './endpoints.js'
import type { VersionHistory } from './history.js'

/**
 * Follows a place of an older version to head: through moves and changed methods of its route, and changed statuses.
 *
 * @param place `POST /orders 200`, as of version `index`; the version's own changes may lie before or behind it
 * @param isPlace tells the places of head
 * @returns `POST /orders 201`, and `POST /orders 200` as well where head still has it for another answer
 */
export function headPlacesOf (history: VersionHistory, place: Place, index: number, isPlace: (place: Place) => boolean): readonly Place[] {
  const [method = '', url = '', part = '', ...mediaType] = place.split(' ')
  const route = headRouteOf(history, `${method} ${url}`, index)
  const status = headStatusOf(history, route, part, index)
  const [plain, changed] = [part, status].map((name) => [route, name, ...mediaType].join(' '))
  return plain === changed || !isPlace(String(plain)) ? [String(changed)] : [String(changed), String(plain)]
}

function headStatusOf (history: VersionHistory, headRoute: string, part: string, index: number): string {
  return history.versions.slice(index).flatMap((version, offset) => history.changesOf(version).map((change) => ({ change, at: index + offset }))).reduce((status, { change: { operation, targets }, at }) => {
    const applies = operation.kind === 'status-changed' && String(operation.from) === status && targets.some((target) => headRouteOf(history, target, at) === headRoute)
    return applies ? String(operation.to) : status
  }, part)
}
