import { composeUnit } from './compose-unit.js'
import type { Derived } from './derive.js'
import type { ConversionContext } from './load-context.js'
import type { Direction, Use } from './operations/operation.js'
import type { Reach } from './reach.js'

/** Converts one value; never mutates it. `context` is what look-ups need, and is handed on to every converter that is called. */
export type Converter = (value: unknown, context?: ConversionContext) => unknown

/** From where to where, and as what. */
export interface Route {
  readonly from: number
  readonly to: number
  readonly use: Use
}

/** The compiled conversions of one contract, made when first asked for and kept. */
export interface Converters {
  /** @returns the conversion of a unit, compiled; null when its values are the same on both ends */
  unit (key: string, route: Route): Converter | null
  /** how many functions have been compiled; versions in which a unit is the same share one */
  readonly compiled: number
  readonly workshop: Workshop
}

/** What the parts of a conversion are built from. */
export interface Workshop {
  readonly derived: Derived
  readonly reach: Reach
  /** @returns the function of a unit, compiled before it is called; null when its values are the same on both ends */
  target (key: string, route: Route): Target | null
}

/** The function of a unit between two versions, each the newest in which the unit is as it is there. */
export interface Target {
  readonly from: number
  readonly to: number
  /** undefined while the function is being written: a schema that holds itself meets itself here */
  built: Converter | undefined
}

/** Opens an empty store of conversions. */
export function createConverters (derived: Derived, reach: Reach): Converters {
  const targets = new Map<string, Target>()
  const workshop: Workshop = { derived, reach, target }
  let compiled = 0

  function target (key: string, { from, to, use }: Route): Target | null {
    const route = { from: reach.canonical(key, from), to: reach.canonical(key, to), use }
    if (route.from === route.to || !derived.units.has(key)) return null
    const name = `${route.from} ${route.to} ${use} ${key}`
    const found = targets.get(name)
    if (found !== undefined) return found
    const made: Target = { from: route.from, to: route.to, built: undefined }
    targets.set(name, made)
    try {
      made.built = composeUnit(workshop, key, route).build(`${key}/${derived.versions[route.from]}-${derived.versions[route.to]}`)
      compiled++
    } finally {
      if (made.built === undefined) targets.delete(name)
    }
    return made
  }

  return { unit: (key, route) => target(key, route)?.built ?? null, workshop, get compiled () { return compiled } }
}

/** @returns the steps of a unit between two versions, in the order in which a value takes them */
export function directedSteps (derived: Derived, key: string, { from, to }: Route) {
  const steps = []
  for (let index = Math.min(from, to) + 1; index <= Math.max(from, to); index++) steps.push(...derived.stepsOf(key, index))
  const direction: Direction = from < to ? 'upgrade' : 'downgrade'
  if (direction === 'downgrade') steps.reverse()
  return steps.map((step) => ({ step, direction }))
}
