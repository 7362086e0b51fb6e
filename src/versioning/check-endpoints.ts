import type { Change } from './change.js'
import { endpointEventsOf, headRouteOf, type Arrival, type Move } from './endpoints.js'
import { sourceOf, type VersionHistory } from './history.js'
import { misfitOf } from './misfit.js'
import { isEndpointOperation, type EndpointOperation } from './operations/endpoint-operation.js'

const routeOnly = /^[A-Z]+ \/\S*$/
const methodOnly = /^[A-Z]+$/
const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Headers that say how a response is framed or cached: they hold for the message and not for the API's version. */
const framing = /^(?:vary|age|cache-control|expires|etag|last-modified|date|connection|keep-alive|transfer-encoding|te|trailer|upgrade|set-cookie|content-.+)$/i

/**
 * Checks what the changes of endpoints say, by themselves and one after the other.
 *
 * @throws FST_ERR_VINTAGE_MISFIT for what is no route, method, status or header name, for what changes nothing, and for
 * an endpoint that is added where one is, or taken away where none is
 */
export function checkEndpoints (history: VersionHistory): void {
  for (const { change, operation, misfit } of endpointChangesOf(history)) {
    if (change.targets.length === 0) misfit('it names no route: give method and URL, such as `GET /users/:id`, as its target')
    for (const target of change.targets) checkRoute(target, misfit)
    checkOperation(operation, change.targets, misfit)
  }
  checkOrder(history)
}

/**
 * Checks that head has every route that a change of an endpoint names, also those that a version has taken away.
 *
 * @param routes `GET /users/:id` …, as registered at head
 * @throws FST_ERR_VINTAGE_MISFIT
 */
export function checkRegistered (history: VersionHistory, routes: ReadonlySet<string>): void {
  for (const { change, operation, index, misfit } of endpointChangesOf(history)) {
    const missing = change.targets.map((target) => headRouteOf(history, target, index)).find((route) => !routes.has(route))
    if (missing === undefined) continue
    const remedy = operation.kind === 'endpoint-removed' ? 'its handler stays registered, because older clients still call it' : 'correct method and URL, or register the route'
    misfit(`there is no route \`${missing}\` at head: ${remedy}`)
  }
}

interface EndpointChange {
  readonly change: Change
  readonly operation: EndpointOperation
  readonly index: number
  misfit (problem: string): never
}

function endpointChangesOf (history: VersionHistory): EndpointChange[] {
  return history.versions.flatMap((version, index) => history.changesOf(version).flatMap((change) => {
    const { operation } = change
    return isEndpointOperation(operation) ? [{ change, operation, index, misfit: misfitOf(sourceOf(history, change), version, change) }] : []
  }))
}

function checkRoute (route: string, misfit: (problem: string) => never): void {
  if (!routeOnly.test(route)) misfit(`\`${route}\` is no route: write method and URL, such as \`GET /users/:id\``)
}

function checkOperation (operation: EndpointOperation, targets: readonly string[], misfit: (problem: string) => never): void {
  switch (operation.kind) {
    case 'endpoint-added': case 'endpoint-removed': return
    case 'endpoint-moved': {
      checkRoute(operation.from, misfit)
      if (targets.includes(operation.from)) misfit(`moves \`${operation.from}\` to itself: give the route of the older version in \`from\``)
      return
    }
    case 'method-changed': {
      if (!methodOnly.test(operation.from)) misfit(`\`${operation.from}\` is no method: write \`from\` in capitals, such as \`POST\``)
      if (targets.some((target) => target.startsWith(`${operation.from} `))) misfit(`the method is \`${operation.from}\` on both sides: give that of the older version in \`from\``)
      return
    }
    case 'status-changed': return checkStatuses(operation.from, operation.to, misfit)
    case 'header-changed': checkHeaders(operation.from, operation.to, misfit)
  }
}

function checkStatuses (from: number, to: number, misfit: (problem: string) => never): void {
  for (const status of [from, to]) if (!Number.isInteger(status) || status < 200 || status > 599 || status === 304) misfit(`\`${status}\` is no status that a handler answers with: write an integer from 200 to 599, and not 304`)
  if (from === to) misfit(`the status is ${from} on both sides: give that of the older version in \`from\``)
  if (hasNoBody(to) && !hasNoBody(from)) misfit(`${to} has no body, and clients of ${from} expect one: keep ${from}, or add the new answer as another endpoint`)
}

function hasNoBody (status: number): boolean {
  return status === 204 || status === 205
}

function checkHeaders (from: string, to: string, misfit: (problem: string) => never): void {
  for (const name of [from, to]) {
    if (!headerName.test(name)) misfit(`\`${name}\` is no name of a header: write letters, digits and hyphens, such as \`x-total\``)
    if (framing.test(name)) misfit(`\`${name}\` belongs to the message, whatever its version: it cannot have another name`)
  }
  if (from.toLowerCase() === to.toLowerCase()) misfit(`the header is \`${from}\` on both sides, case does not count: give the name of the older version in \`from\``)
}

function checkOrder (history: VersionHistory): void {
  const last = new Map<string, Move | Arrival>()
  for (const event of endpointEventsOf(history)) {
    const misfit = misfitOf(sourceOf(history, event.change), String(history.versions[event.index]), event.change)
    const [left, entered] = event.kind === 'moved' ? [event.from, event.to] : event.kind === 'removed' ? [event.route, undefined] : [undefined, event.route]
    const [goneBy, thereBy] = [left, entered].map((route) => route === undefined ? undefined : last.get(route))
    if (goneBy !== undefined && leaves(goneBy, left)) misfit(`\`${left}\` is gone since ${history.versions[goneBy.index]}: correct the route, or say with \`endpointAdded()\` when it came back`)
    if (thereBy !== undefined && !leaves(thereBy, entered)) misfit(`\`${entered}\` is there since ${history.versions[thereBy.index]} already: correct the route, or say with \`endpointRemoved()\` when it went`)
    for (const route of [left, entered]) if (route !== undefined) last.set(route, event)
  }
}

function leaves (event: Move | Arrival, route: string | undefined): boolean {
  return event.kind === 'removed' || (event.kind === 'moved' && event.from === route)
}
