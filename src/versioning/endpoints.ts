import type { VersionHistory } from './history.js'
import type { EndpointMoved } from './operations/endpoint-moved.js'

/** Where one route answers, and for which versions. */
export interface Location {
  readonly method: string
  /** as a router takes it: `/orders/by-user/:user_id` */
  readonly url: string
  /** first version index, inclusive */
  readonly fromIndex: number
  /** last version index, inclusive */
  readonly toIndex: number
}

/** One move of an endpoint, as an edge between two routes. */
export interface Move {
  /** index of the version that brought it */
  readonly index: number
  readonly operation: EndpointMoved
  /** `GET /orders/by-user/:user_id` */
  readonly from: string
  /** `GET /users/:id/orders` */
  readonly to: string
}

/**
 * Follows a head route back through the history.
 *
 * @param headUrl as registered at head, full with prefix
 * @returns where the route answers, newest first; one element when it never moved
 */
export function locationsOf (history: VersionHistory, method: string, headUrl: string): readonly Location[] {
  const locations: Location[] = []
  let route = `${method} ${headUrl}`
  let toIndex = history.versions.length - 1
  for (const move of movesOf(history).reverse()) {
    if (move.to !== route) continue
    // two moves in one version: no version ever answered at the route between them
    if (move.index <= toIndex) locations.push(locationAt(route, move.index, toIndex))
    route = move.from
    toIndex = move.index - 1
  }
  locations.push(locationAt(route, 0, toIndex))
  return locations
}

/** @returns every move of an endpoint, oldest first */
export function movesOf (history: VersionHistory): Move[] {
  return history.versions.flatMap((version, index) => history.changesOf(version).flatMap(({ targets, operation }) =>
    operation.kind === 'endpoint-moved' ? targets.map((to) => ({ index, operation, from: operation.from, to })) : []))
}

/** @returns the name that a route of version `index` has at head; the version's own moves may lie before or behind it */
export function headRouteOf (history: VersionHistory, route: string, index: number): string {
  return movesOf(history).reduce((name, move) => move.index >= index && move.from === name ? move.to : name, route)
}

function locationAt (route: string, fromIndex: number, toIndex: number): Location {
  const space = route.indexOf(' ')
  return { method: route.slice(0, space), url: route.slice(space + 1), fromIndex, toIndex }
}
