import { headRouteOf, type Move } from './endpoints.js'
import type { VersionHistory } from './history.js'
import { paramsOf, renamedParams } from './operations/endpoint-moved.js'
import type { SchemaOperation } from './operations/operation.js'
import { rename } from './operations/rename.js'
import type { Units } from './units.js'

/**
 * What the moves of an endpoint mean for the path parameters: a rename in the place `… params`, which is made up
 * where the route has no schema for them.
 *
 * @throws FST_ERR_VINTAGE_MISFIT when the parameters do not match
 */
export function paramRenames (history: VersionHistory, moves: readonly Move[], units: Units, misfit: (problem: string) => never): Array<{ place: string, operation: SchemaOperation }> {
  return moves.flatMap(({ operation, from, to, index }) => {
    const names = renamedParams(operation, to) ?? misfit(`the parameters of \`${from}\` and \`${to}\` do not match: both need the same number of them; pair them with \`params: { new: 'old' }\``)
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
