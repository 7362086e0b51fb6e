import { NoWayError } from '../errors.js'
import { directedSteps, type Route } from './converters.js'
import type { Derived } from './derive.js'
import { refsIn } from './reach.js'

/**
 * Makes sure that every change between two versions says what becomes of a value in that direction; the start of an app
 * asks this only for the directions that its routes use.
 *
 * @param name as it was asked for, for the message
 * @throws FST_ERR_VINTAGE_NO_WAY that names the first change which does not say
 */
export function requireWay (derived: Derived, key: string, { from, to }: Route, name: string): void {
  const towards = from < to ? 1 : -1
  const reached = new Set([key])
  for (let index = from; index !== to; index += towards) {
    const route: Route = { from: index, to: index + towards, use: 'value' }
    // the set grows while it is walked
    for (const unit of reached) {
      for (const { step, direction } of directedSteps(derived, unit, route)) {
        const lack = step.operation.lacks(step, direction, 'value', Infinity)
        if (lack !== undefined) throw new NoWayError(name, `${derived.versions[from]} to version ${derived.versions[to]}`, `${step.source} ("${step.change.description}", version ${step.version}) ${lack}`)
      }
      for (const at of [route.from, route.to]) for (const ref of refsIn(derived.stateOf(unit, at))) if (derived.units.has(ref)) reached.add(ref)
    }
  }
}
