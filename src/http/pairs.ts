import type { Contracts, Shape } from '../versioning/contracts.js'
import type { Role } from './compilers.js'
import type { RoutePlaces } from './places.js'
import type { RouteConversion } from './route-conversion.js'
import type { Traffic } from './traffic.js'
import type { VersionedRoute } from './versioned-route.js'

/** A schema in a version that requests or responses have; versions in which it is the same are one pair. */
export interface Pair {
  readonly shape: Shape
  readonly role: Role
  /** for messages: `GET /users 200` */
  readonly place: string
  /** larger where requests of its routes and versions came more often */
  heat (): number
}

/** Where a pair is met. */
interface Occurrence { readonly conversion: RouteConversion, readonly index: number }

/** Lists all that older requests and responses may need, each once. */
export function pairsOf (routes: ReadonlyMap<VersionedRoute, ReadonlyMap<string, RoutePlaces>>, contracts: Contracts, traffic: Traffic): Pair[] {
  const pairs = new Map<string, Map<Shape, Pair & { readonly met: Occurrence[] }>>([['request', new Map()], ['response', new Map()]])
  const add = (role: Role, place: string, occurrence: Occurrence) => {
    const shape = contracts.shape(place, occurrence.index)
    if (shape === null) return
    const known = pairs.get(role)?.get(shape)
    if (known !== undefined) return known.met.push(occurrence)
    const met = [occurrence]
    return pairs.get(role)?.set(shape, { shape, role, place, met, heat: () => heatOf(met, traffic) })
  }
  for (const [{ prepared }, byMethod] of routes) {
    for (const [method, { request, responses }] of byMethod) {
      const conversion = prepared?.conversions.get(method)
      if (conversion === undefined) continue
      for (let index = 0; index < contracts.headIndex; index++) {
        for (const { place } of request) add('request', place, { conversion, index })
        for (const { place } of responses) if (place !== null) add('response', place, { conversion, index })
      }
    }
  }
  return [...pairs.values()].flatMap((byShape) => [...byShape.values()])
}

function heatOf (met: readonly Occurrence[], traffic: Traffic): number {
  return Math.max(...met.map(({ conversion, index }) => traffic.heatOf(conversion, index)))
}
