import type { Change } from '../versioning/change.js'
import { headRouteOf } from '../versioning/endpoints.js'
import { sourceOf, type VersionHistory } from '../versioning/history.js'
import type { Place } from '../versioning/contracts.js'

/**
 * Lets each change that names a place reach all registrations of that route, those too that differ in their constraints:
 * what a change leaves out would reach older clients as head. Its `except` may name such a place, as `GET /users{"host":"b.example"} 200`.
 * @param places the places of head, by the names that tell registrations apart
 * @param registrations the further names of a route that is registered more than once: `GET /users{"host":"b.example"}` by `GET /users`
 */
export function coverRegistrations (history: VersionHistory, places: ReadonlySet<Place>, registrations: ReadonlyMap<string, readonly string[]>): VersionHistory {
  if (registrations.size === 0) return history
  const sources = new Map<Change, string>()
  const changes = new Map(history.versions.map((version, index) => [version, history.changesOf(version).map((change) => {
    const covering = { ...change, targets: change.targets.flatMap((target) => [target, ...othersOf(target, index)].filter((place) => place === target || change.except?.includes(place) !== true)) }
    sources.set(covering, sourceOf(history, change))
    return covering
  })]))
  return { versions: history.versions, sources, changesOf: (version) => changes.get(version) ?? [] }

  function othersOf (target: string, index: number): string[] {
    const words = target.split(' ')
    const names = registrations.get(headRouteOf(history, words.slice(0, 2).join(' '), index)) ?? []
    return names.map((name) => [name, ...words.slice(2)].join(' ')).filter((place) => places.has(place))
  }
}
