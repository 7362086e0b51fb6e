import { directedSteps, type Route } from './converters.js'
import type { Derived } from './derive.js'
import { refsIn } from './reach.js'

/** @returns whether a change between two versions looks something up, in a unit or in what it refers to */
export function needsLoads (derived: Derived, key: string, route: Route): boolean {
  const [low, high] = [Math.min(route.from, route.to), Math.max(route.from, route.to)]
  if (route.from < route.to || !derived.bindings.some(({ operation, index }) => operation.load !== undefined && index > low && index <= high)) return false
  const reached = new Set([key])
  // the set grows while it is walked
  for (const unit of reached) {
    if (directedSteps(derived, unit, route).some(({ step }) => step.operation.load !== undefined)) return true
    for (let index = low; index <= high; index++) for (const ref of refsIn(derived.stateOf(unit, index))) reached.add(ref)
  }
  return false
}
