import { MisfitError } from '../errors.js'
import type { HeadContract, Place } from './contracts.js'
import { directedSteps, type Route } from './converters.js'
import type { Derived } from './derive.js'
import { branchesOf, refOf, roomOf, subschemasOf, type JsonSchema } from './json-schema.js'
import { misfitOf } from './misfit.js'
import type { Use } from './operations/operation.js'
import { planUnion } from './plan-union.js'
import type { Reach } from './reach.js'

/** @returns how values stand at a place: a request's own, a request's filter, or a response */
export function roleOf (place: Place): { readonly upgrades: boolean, readonly use: Use } {
  // a media type of its own may follow: `POST /users body application/vnd.shop+json`
  const part = place.split(' ')[2]
  if (part === 'body') return { upgrades: true, use: 'value' }
  return part === 'querystring' || part === 'params' || part === 'headers' ? { upgrades: true, use: 'filter' } : { upgrades: false, use: 'value' }
}

/**
 * Walks from every place through all that it holds, in every version and in the direction in which the place is used.
 *
 * @throws FST_ERR_VINTAGE_MISFIT for a missing function, for a filter that cannot hold a split value, and where
 * changed schemas stand under keywords or in unions through which a value cannot be followed
 */
export function checkDirections (head: HeadContract, derived: Derived, reach: Reach): void {
  const places = new Set([...head.places.keys(), ...[...derived.units.keys()].filter((key) => /^[A-Z]+ \/\S* params$/.test(key))])
  for (const place of places) {
    const { upgrades, use } = roleOf(place)
    for (let index = 0; index < derived.headIndex; index++) {
      const route = upgrades ? { from: index, to: index + 1, use } : { from: index + 1, to: index, use }
      walk({ place, derived, reach, route, seen: new Set() }, { $ref: place }, 0)
    }
  }
}

interface Walk {
  readonly place: Place
  readonly derived: Derived
  readonly reach: Reach
  readonly route: Route
  readonly seen: Set<string>
}

function walk (context: Walk, schema: JsonSchema, room: number): void {
  const { derived, reach, route, place } = context
  if (!reach.differs(schema, route.from, route.to)) return
  const ref = refOf(schema)
  if (ref !== undefined) {
    walkUnit(context, ref, room)
    return
  }
  const branches = branchesOf(schema)
  if (branches !== undefined) {
    const { indistinct } = planUnion(derived, reach, branches, route)
    if (indistinct !== undefined) refuse(context, `a union at ${place} holds a changed schema, and ${indistinct} cannot be told apart: give each of them a property with a literal of its own`)
  }
  for (const { keyword, schema: below, convertible } of subschemasOf(schema)) {
    if (!(convertible && keyword !== 'allOf') && reach.differs(below, route.from, route.to)) {
      refuse(context, `a schema at ${place} holds a changed schema under \`${keyword}\`, where values cannot be converted: state it as properties, items or a union`)
    }
    walk(context, below, keyword === 'items' ? roomOf(schema) : 0)
  }
}

function walkUnit (context: Walk, key: string, room: number): void {
  const { derived, route, seen } = context
  const visit = `${key} ${room}`
  if (seen.has(visit)) return
  seen.add(visit)
  for (const { step, direction } of directedSteps(derived, key, route)) {
    const misfit = misfitOf(step.source, step.version, step.change)
    const lack = step.operation.lacks(step, direction, route.use, room)
    if (lack !== undefined) misfit(`it ${lack}; ${context.place} carries \`${key}\``)
  }
  walk(context, derived.stateOf(key, route.from), room)
}

function refuse ({ derived, route }: Walk, problem: string): never {
  const index = Math.max(route.from, route.to)
  const changes = derived.bindings.filter((binding) => binding.index === index).map(({ source, change }) => `${source}: "${change.description}"`)
  throw new MisfitError(`${changes.join(', ')} (${derived.versions[index]}) does not fit: ${problem}.`)
}
