import type { Change } from '../versioning/change.js'
import { headRouteOf } from '../versioning/endpoints.js'
import { sourceOf, type VersionHistory } from '../versioning/history.js'
import type { Place } from '../versioning/contracts.js'
import type { CollectedContract } from './head-contract.js'

/** The history as it holds for the routes that were registered. */
export function registeredHistory (history: VersionHistory, collected: Pick<CollectedContract, 'contract' | 'registrations' | 'spans'>): VersionHistory {
  return coverRegistrations(history, new Set(collected.contract.places.keys()), collected)
}

/**
 * Lets each change that names a place reach all registrations of that route which answer at its version, those too that differ in
 * their constraints: what a change leaves out would reach older clients as head. Its `except` may name such a place, as
 * `GET /users{"host":"b.example"} 200`.
 * @param places the places of head, by the names that tell registrations apart
 * @param registrations the further names of a route that is registered more than once: `GET /users{"host":"b.example"}` by `GET /users`
 * @param spans the versions in which each of them answers, by name
 */
export function coverRegistrations (history: VersionHistory, places: ReadonlySet<Place>, { registrations, spans }: Pick<CollectedContract, 'registrations' | 'spans'>): VersionHistory {
  if (registrations.size === 0) return history
  const sources = new Map<Change, string>()
  const changes = new Map(history.versions.map((version, index) => [version, history.changesOf(version).map((change) => {
    const covering = { ...change, targets: change.targets.flatMap((target) => targetsOf(target, index).filter((place) => place === target || change.except?.includes(place) !== true)) }
    sources.set(covering, sourceOf(history, change))
    return covering
  })]))
  return { versions: history.versions, sources, changesOf: (version) => changes.get(version) ?? [] }

  function targetsOf (target: string, index: number): string[] {
    const words = target.split(' ')
    const plain = headRouteOf(history, words.slice(0, 2).join(' '), index)
    const others = registrations.get(plain) ?? []
    if (others.length === 0 || words.length < 3) return [target]
    const named = [plain, ...others].filter((name) => answersNear(name, index)).map((name) => name === plain ? target : [name, ...words.slice(2)].join(' '))
    const found = named.filter((place) => place === target || places.has(place))
    return found.length === 0 ? [target] : found
  }

  // a change is about what the version before it has and about what its own has
  function answersNear (name: string, index: number): boolean {
    return spans.get(name)?.some(({ fromIndex, toIndex }) => fromIndex <= index && toIndex >= index - 1) !== false
  }
}
