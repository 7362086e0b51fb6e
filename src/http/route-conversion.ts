import type { Contracts, Shape } from '../versioning/contracts.js'
import type { RequestPart, RoutePlaces } from './places.js'

/** A part of a request that has another shape in the client's version. */
export interface PartShape { readonly part: RequestPart, readonly mediaType: string | null, readonly place: string, readonly shape: Shape }

interface StatusShapes { plain: Shape | null | undefined, readonly byMediaType: Map<string, Shape | null> }

/** How the requests and responses of one route differ from head, looked up by version index. */
export interface RouteConversion {
  /** The changed parts of a request; none where all is as at head. */
  requestParts (index: number): readonly PartShape[] | undefined
  /** Whether a change reaches any part or response of the route between this version and head. */
  isReached (index: number): boolean
  /**
   * The changed shape of a response; null where it is as at head, undefined where the route has no schema for it.
   * A status is looked up as Fastify does: `201`, then `2xx`, then `default`.
   */
  responseShape (index: number, status: number, mediaType: string): Shape | null | undefined
}

/** Looks up all shapes of a route once, so that a request finds them by index. */
export function convertRoute (places: RoutePlaces, contracts: Contracts): RouteConversion {
  const parts = contracts.versions.map((_, index) => partShapes(places, contracts, index))
  const statuses = contracts.versions.map((_, index) => statusShapes(places, contracts, index))
  const reached = contracts.versions.map((_, index) => parts[index]?.length !== 0 ||
    places.responses.some(({ place }) => place !== null && contracts.shape(place, index) !== null))
  return {
    requestParts: (index) => parts[index],
    isReached: (index) => reached[index] === true,
    responseShape (index, status, mediaType) {
      const shapes = statuses[index]
      const found = shapes?.get(String(status)) ?? shapes?.get(`${String(status)[0]}xx`) ?? shapes?.get('default')
      if (found === undefined || found.plain !== undefined) return found?.plain
      return found.byMediaType.get(essenceOf(mediaType)) ?? found.byMediaType.get('*/*')
    }
  }
}

function partShapes (places: RoutePlaces, contracts: Contracts, index: number): PartShape[] {
  return places.request.flatMap(({ part, mediaType, place }) => {
    const shape = contracts.shape(place, index)
    return shape === null ? [] : [{ part, mediaType, place, shape }]
  })
}

function statusShapes (places: RoutePlaces, contracts: Contracts, index: number): Map<string, StatusShapes> {
  const statuses = new Map<string, StatusShapes>()
  for (const { status, mediaType, place } of places.responses) {
    const shape = place === null ? null : contracts.shape(place, index)
    const known = statuses.get(status) ?? { plain: undefined, byMediaType: new Map() }
    if (mediaType === null) known.plain = shape
    else known.byMediaType.set(mediaType, shape)
    statuses.set(status, known)
  }
  return statuses
}

function essenceOf (mediaType: string): string {
  return mediaType.replace(/;.*/s, '').trim().toLowerCase()
}
