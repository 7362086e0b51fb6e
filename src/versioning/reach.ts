import type { Derived } from './derive.js'
import { refOf, subschemasOf, type JsonSchema } from './json-schema.js'

/** Which units and schemas differ between versions, also through what they refer to. */
export interface Reach {
  /** @returns the newest version index in which the unit is the same as in version `index` */
  canonical (key: string, index: number): number
  /** @returns the oldest version index in which the unit is the same as in version `index` */
  oldest (key: string, index: number): number
  /** @returns whether a value of this schema differs between two versions */
  differs (schema: JsonSchema, fromIndex: number, toIndex: number): boolean
}

/** Finds what each version affects: units with steps, and all that refer to those. */
export function computeReach (derived: Derived): Reach {
  const affected = derived.versions.map((_, index) => affectedBy(derived, index))
  const isAffected = (key: string, index: number) => affected[index]?.has(key) === true
  const newest = new Map([...derived.units.keys()].map((key) => [key, newestIndexes(derived.headIndex, (index) => isAffected(key, index))]))
  const canonical = (key: string, index: number) => newest.get(key)?.[index] ?? derived.headIndex
  const oldest = (key: string, index: number) => {
    let first = index
    while (first > 0 && !isAffected(key, first)) first--
    return first
  }
  const differs = (schema: JsonSchema, fromIndex: number, toIndex: number) => {
    const [low, high] = [Math.min(fromIndex, toIndex), Math.max(fromIndex, toIndex)]
    return [...refsIn(schema)].some((key) => canonical(key, low) < high)
  }
  return { canonical, oldest, differs }
}

/** @returns for each version index the newest one up to which nothing happens */
function newestIndexes (headIndex: number, isAffected: (index: number) => boolean): readonly number[] {
  const indexes = [headIndex]
  let newest = headIndex
  for (let index = headIndex; index > 0; index--) {
    if (isAffected(index)) newest = index - 1
    indexes.unshift(newest)
  }
  return indexes
}

function affectedBy (derived: Derived, index: number): ReadonlySet<string> {
  const affected = new Set([...derived.units.keys()].filter((key) => derived.stepsOf(key, index).length > 0))
  if (affected.size === 0) return affected
  const referrers = referrersAt(derived, index)
  // the set grows while it is walked
  for (const key of affected) for (const referrer of referrers.get(key) ?? []) affected.add(referrer)
  return affected
}

function referrersAt (derived: Derived, index: number): Map<string, string[]> {
  const referrers = new Map<string, string[]>()
  for (const key of derived.units.keys()) {
    const refs = new Set([...refsIn(derived.stateOf(key, index)), ...refsIn(derived.stateOf(key, index - 1))])
    for (const ref of refs) referrers.set(ref, [...referrers.get(ref) ?? [], key])
  }
  return referrers
}

/** @returns the keys of all units that a schema refers to, at any depth of its own */
export function refsIn (schema: JsonSchema): ReadonlySet<string> {
  const found = new Set<string>()
  const visit = (below: JsonSchema) => {
    const ref = refOf(below)
    if (ref !== undefined) found.add(ref)
    for (const { schema: next } of subschemasOf(below)) visit(next)
  }
  visit(schema)
  return found
}
