import { MisfitError } from '../errors.js'
import type { HeadContract, Place } from './contracts.js'
import type { Route } from './converters.js'
import type { Derived } from './derive.js'
import { isPlace } from './bindings.js'
import { createSiteFinder, type Sites } from './conversion-sites.js'
import type { JsonSchema } from './json-schema.js'
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
  const params = [...derived.units.keys()].filter((key) => / params$/.test(key) && isPlace(key))
  const places = [...new Set([...head.places.keys(), ...params])].map((place) => ({ place, ...roleOf(place) }))
  const sitesOf = createSiteFinder()
  for (let index = 0; index < derived.headIndex; index++) {
    // what one place has been through need not be seen again from another one
    const seen = new Set<string>()
    for (const { place, upgrades, use } of places) {
      if (reach.canonical(place, index) > index) continue
      const [up, down] = [{ from: index, to: index + 1, use }, { from: index + 1, to: index, use }]
      const routes = head.bothWays?.has(place) === true ? [up, down] : [upgrades ? up : down]
      for (const route of routes) walkUnit({ place, derived, reach, route, seen, sitesOf }, place, 0)
    }
  }
}

interface Walk {
  readonly place: Place
  readonly derived: Derived
  readonly reach: Reach
  readonly route: Route
  readonly seen: Set<string>
  readonly sitesOf: (schema: JsonSchema) => Sites
}

function walkUnit (context: Walk, key: string, room: number): void {
  const { derived, route, seen } = context
  const visit = `${route.from} ${route.use} ${room} ${key}`
  if (seen.has(visit)) return
  seen.add(visit)
  const direction = route.from < route.to ? 'upgrade' : 'downgrade'
  for (const step of derived.stepsOf(key, Math.max(route.from, route.to))) {
    const lack = step.operation.lacks(step, direction, route.use, room)
    if (lack !== undefined) misfitOf(step.source, step.version, step.change)(`it ${lack}; ${context.place} carries \`${derived.names.labelOf(key, step.index)}\``)
  }
  walkSites(context, derived.stateOf(key, route.from), room)
}

function walkSites (context: Walk, schema: JsonSchema, around: number): void {
  const { derived, reach, route, place, sitesOf } = context
  const { blocked, unions, mixed, refs } = sitesOf(schema)
  for (const { keyword, schema: below } of blocked) {
    if (reach.differs(below, route.from, route.to)) refuse(context, `a schema at ${place} holds a changed schema under \`${keyword}\`, where values cannot be converted: state it as properties, items or a union`)
  }
  for (const below of mixed) {
    // the root is walked only where something in it differs
    const keyword = below.anyOf === undefined ? 'oneOf' : 'anyOf'
    if (below === schema || reach.differs(below, route.from, route.to)) refuse(context, `a schema at ${place} has properties beside its \`${keyword}\`, whose members bring others, and a change reaches it, where values cannot be converted: put the properties into each member`)
  }
  for (const branches of unions) {
    if (!branches.some((branch) => reach.differs(branch, route.from, route.to))) continue
    const { indistinct } = planUnion(derived, reach, branches, route)
    if (indistinct !== undefined) refuse(context, `a union at ${place} holds a changed schema, and ${indistinct} cannot be told apart: give each of them a property with a literal of its own`)
  }
  const low = Math.min(route.from, route.to)
  for (const { key, room } of refs) if (reach.canonical(key, low) === low) walkUnit(context, key, room ?? around)
}

function refuse ({ derived, route }: Walk, problem: string): never {
  const index = Math.max(route.from, route.to)
  const changes = derived.bindings.filter((binding) => binding.index === index).map(({ source, change }) => `${source}: "${change.description}"`)
  throw new MisfitError(`${changes.join(', ')} (${derived.versions[index]}) does not fit: ${problem}.`)
}
