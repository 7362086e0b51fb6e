import type { Contracts, Shape } from '../versioning/contracts.js'
import type { ResponseEdits } from '../versioning/response-edits.js'
import type { RequestPart, RoutePlaces } from './places.js'
import { buildStatusTable } from './status-table.js'

/** A part of a request that has another shape in the client's version. */
export interface PartShape { readonly part: RequestPart, readonly mediaType: string | null, readonly place: string, readonly shape: Shape }

/** How the requests and responses of one route differ from head, looked up by version index. */
export interface RouteConversion {
  /** The changed parts of a request; none where all is as at head. */
  requestParts (index: number): readonly PartShape[] | undefined
  /** What becomes of status and headers; null where they are as at head. */
  edits (index: number): ResponseEdits | null
  /** Whether a change reaches any part or response of the route between this version and head. */
  isReached (index: number): boolean
  /**
   * The changed shape of a response; null where it is as at head, undefined where the route has no schema for it.
   * A status is looked up as Fastify does: `201`, then `2xx`, then `default`.
   */
  responseShape (index: number, status: number, mediaType: string): Shape | null | undefined
}

/** Looks up all shapes of a route once, so that a request finds them by index. */
export function convertRoute (places: RoutePlaces, contracts: Contracts, edits: ReadonlyArray<ResponseEdits | null>): RouteConversion {
  const parts = contracts.versions.map((_, index) => partShapes(places, contracts, index))
  const responses = contracts.versions.map((_, index) => new Map(places.responses.map((response) => [response, response.place === null ? null : contracts.shape(response.place, index)])))
  const shapes = responses.map((byResponse) => buildStatusTable(places.responses, (response) => byResponse.get(response) ?? null))
  const reached = responses.map((byResponse, index) => parts[index]?.length !== 0 || (edits[index] ?? null) !== null || [...byResponse.values()].some((shape) => shape !== null))
  return {
    requestParts: (index) => parts[index],
    edits: (index) => edits[index] ?? null,
    isReached: (index) => reached[index] === true,
    responseShape: (index, status, mediaType) => shapes[index]?.(status, mediaType)
  }
}

function partShapes (places: RoutePlaces, contracts: Contracts, index: number): PartShape[] {
  return places.request.flatMap(({ part, mediaType, place }) => {
    const shape = contracts.shape(place, index)
    return shape === null ? [] : [{ part, mediaType, place, shape }]
  })
}
