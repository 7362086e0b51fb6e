import type { Change } from './change.js'
import type { VersionHistory } from './history.js'
import { isEndpointOperation } from './operations/endpoint-operation.js'
import { endpointMoved, type EndpointMoved } from './operations/endpoint-moved.js'

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
  readonly kind: 'moved'
  /** index of the version that brought it */
  readonly index: number
  readonly change: Change
  readonly operation: EndpointMoved
  /** `GET /orders/by-user/:user_id` */
  readonly from: string
  /** `GET /users/:id/orders` */
  readonly to: string
}

/** One version that brought an endpoint or took it away. */
export interface Arrival {
  readonly kind: 'added' | 'removed'
  /** index of the version */
  readonly index: number
  readonly change: Change
  /** `GET /users/:id/orders` */
  readonly route: string
}

/**
 * Follows a head route back through the history.
 *
 * @param headUrl as registered at head, full with prefix
 * @returns where the route answers, newest first; one element when nothing ever happened to it, none when no version has it
 */
export function locationsOf (history: VersionHistory, method: string, headUrl: string): readonly Location[] {
  const locations: Location[] = []
  let route = `${method} ${headUrl}`
  let toIndex = history.versions.length - 1
  let answers = true
  for (const event of endpointEventsOf(history).reverse()) {
    if (!concerns(event, route)) continue
    if (event.kind === 'removed') {
      answers = true
    } else {
      // two events in one version: no version ever answered at the route between them
      if (answers && event.index <= toIndex) locations.push(locationAt(route, event.index, toIndex))
      // what stood at this route before is the endpoint that moved away
      if (event.kind === 'moved' && event.to !== route) return locations
      if (event.kind === 'moved') route = event.from
      else answers = false
    }
    toIndex = event.index - 1
  }
  if (answers) locations.push(locationAt(route, 0, toIndex))
  return locations
}

/** @returns whether the history says of a head route in which versions it is there */
export function isDated (history: VersionHistory, headRoute: string): boolean {
  return endpointEventsOf(history).some((event) => event.kind !== 'moved' && event.route === headRoute)
}

function concerns (event: Move | Arrival, route: string): boolean {
  return event.kind === 'moved' ? event.to === route || event.from === route : event.route === route
}

/** @returns everything that happened to routes, oldest first */
export function endpointEventsOf (history: VersionHistory): Array<Move | Arrival> {
  const events: Array<Move | Arrival> = []
  for (const [index, version] of history.versions.entries()) {
    for (const change of history.changesOf(version)) {
      // every route asks, and most changes are of schemas
      if (isEndpointOperation(change.operation)) for (const target of change.targets) events.push(...eventOf(change, target, index))
    }
  }
  return events
}

function eventOf (change: Change, target: string, index: number): Array<Move | Arrival> {
  const { operation } = change
  switch (operation.kind) {
    case 'endpoint-moved': return [{ kind: 'moved', index, change, operation, from: operation.from, to: target }]
    case 'method-changed': {
      const from = `${operation.from} ${target.slice(target.indexOf(' ') + 1)}`
      return [{ kind: 'moved', index, change, operation: endpointMoved({ from }), from, to: target }]
    }
    case 'endpoint-added': return [{ kind: 'added', index, change, route: target }]
    case 'endpoint-removed': return [{ kind: 'removed', index, change, route: target }]
    default: return []
  }
}

/** @returns every move of an endpoint and every change of its method, oldest first */
export function movesOf (history: VersionHistory): Move[] {
  return endpointEventsOf(history).filter((event) => event.kind === 'moved')
}

/** @returns the name that a route of version `index` has at head; the version's own moves may lie before or behind it */
export function headRouteOf (history: VersionHistory, route: string, index: number): string {
  return movesOf(history).reduce((name, move) => move.index >= index && move.from === name ? move.to : name, route)
}

function locationAt (route: string, fromIndex: number, toIndex: number): Location {
  const space = route.indexOf(' ')
  return { method: route.slice(0, space), url: route.slice(space + 1), fromIndex, toIndex }
}
