import type { Change } from './change.js'
import { headRouteOf } from './endpoints.js'
import type { VersionHistory } from './history.js'
import { paramsOf, renamedParams, type EndpointMoved } from './operations/endpoint-moved.js'
import type { SchemaOperation } from './operations/operation.js'
import { rename } from './operations/rename.js'
import type { Units } from './units.js'

const routeOnly = /^[A-Z]+ \/\S*$/

/**
 * What the move of an endpoint means for the path parameters: a rename in the place `… params`, which is made up
 * where the route has no schema for them.
 *
 * @throws FST_ERR_VINTAGE_MISFIT when one of both is no route, nothing moves, or the parameters do not match
 */
export function paramRenames (history: VersionHistory, change: Change, move: EndpointMoved, index: number, units: Units, misfit: (problem: string) => never): Array<{ place: string, operation: SchemaOperation }> {
  return change.targets.flatMap((to) => {
    for (const route of [move.from, to]) if (!routeOnly.test(route)) misfit(`\`${route}\` is no route: write method and URL, such as \`GET /users/:id\``)
    if (move.from === to) misfit(`moves \`${to}\` to itself: give the route of the older version in \`from\``)
    const names = renamedParams(move, to) ?? misfit(`the parameters of \`${move.from}\` and \`${to}\` do not match: both need the same number of them; pair them with \`params: { new: 'old' }\``)
    if (Object.keys(names).length === 0) return []
    const head = headRouteOf(history, to, index)
    const place = `${head} params`
    if (!units.all.has(place)) units.all.set(place, { key: place, schema: stringParams(head), bases: [] })
    return [{ place, operation: rename(names) }]
  })
}

function stringParams (route: string) {
  const names = paramsOf(route)
  return { type: 'object', required: names, properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])) }
}
