import { directedSteps, type Route } from './converters.js'
import type { Derived } from './derive.js'
import { branchesOf, refOf, type JsonSchema } from './json-schema.js'
import { valueMoves } from './operations/operation.js'
import { planUnion } from './plan-union.js'
import type { Differences } from './reach.js'

/** All values that one value of a filter stands for in the other version. */
export type Expander = (value: unknown) => readonly unknown[]

/**
 * Looks through references and unions for an enum whose values may stand for several ones.
 *
 * @param schema of the items of a list in a filter, as of version `route.from`
 * @returns null when a value stands for itself, or is converted as anywhere else
 */
export function expanderOf (derived: Derived, reach: Differences, schema: JsonSchema, route: Route): Expander | null {
  const key = refOf(schema)
  if (key !== undefined) return expanderOfUnit(derived, reach, key, route)
  const branches = branchesOf(schema)
  if (branches === undefined || !reach.differs(schema, route.from, route.to)) return null
  const expanders = new Map(branches.map((branch) => [branch, expanderOf(derived, reach, branch, route)]))
  if ([...expanders.values()].every((expander) => expander === null)) return null
  const { branchOf } = planUnion(derived, reach, branches, route)
  return (value) => {
    const branch = branchOf(value)
    const expand = branch === undefined ? null : expanders.get(branch)
    return expand?.(value) ?? [value]
  }
}

function expanderOfUnit (derived: Derived, reach: Differences, key: string, route: Route): Expander | null {
  const inner = expanderOf(derived, reach, derived.stateOf(key, route.from), route)
  const moves = directedSteps(derived, key, route).flatMap(({ step, direction }) => valueMoves(step, direction, route.use))
  const expand: Expander = inner ?? ((value) => [value])
  if (moves.length === 0) return inner
  return (value) => moves.reduce<readonly unknown[]>((values, move) => values.flatMap((one) => move.expand(one)), expand(value))
}
