import type { Derived } from './derive.js'
import { refOf, subschemasOf, type JsonSchema } from './json-schema.js'

/** Which schemas differ between versions, also through what they refer to. */
export interface Differences {
  /** @returns whether a value of this schema differs between two versions */
  differs (schema: JsonSchema, fromIndex: number, toIndex: number): boolean
}

/** Which units differ as well. */
export interface Reach extends Differences {
  /** @returns the newest version index in which the unit is the same as in version `index` */
  canonical (key: string, index: number): number
  /** @returns the oldest version index in which the unit is the same as in version `index` */
  oldest (key: string, index: number): number
}

/** Finds what each version affects: units with steps, and all that refer to those. */
export function computeReach (derived: Derived): Reach {
  const { headIndex, survey } = derived
  const referrersAt = openReferrers(derived)
  const affected = derived.versions.map((_, index) => affectedBy(derived, index, referrersAt))
  const isAffected = (key: string, index: number) => affected[index]?.has(key) === true
  const reached = new Set(affected.flatMap((keys) => [...keys]))
  const newest = new Map([...reached].map((key) => [key, newestIndexes(headIndex, (index) => isAffected(key, index))]))
  const canonical = (key: string, index: number) => newest.get(key)?.[index] ?? headIndex
  const oldest = (key: string, index: number) => {
    let first = index
    while (first > 0 && !isAffected(key, first)) first--
    return first
  }
  const differs = (schema: JsonSchema, fromIndex: number, toIndex: number) => {
    const [low, high] = fromIndex < toIndex ? [fromIndex, toIndex] : [toIndex, fromIndex]
    for (const key of survey(schema).refs) if (canonical(key, low) < high) return true
    return false
  }
  return { canonical, oldest, differs }
}

/** @returns for each version index the newest one up to which nothing happens */
function newestIndexes (headIndex: number, isAffected: (index: number) => boolean): readonly number[] {
  const indexes = Array.from({ length: headIndex + 1 }, () => headIndex)
  let newest = headIndex
  for (let index = headIndex; index > 0; index--) {
    if (isAffected(index)) newest = index - 1
    indexes[index - 1] = newest
  }
  return indexes
}

type Referrers = (key: string) => Iterable<string>

function affectedBy ({ changed, stepsOf }: Derived, index: number, referrersAt: (index: number) => Referrers): ReadonlySet<string> {
  const affected = new Set([...changed()].filter((key) => stepsOf(key, index).length > 0))
  if (affected.size === 0) return affected
  const referrersOf = referrersAt(index)
  // the set grows while it is walked
  for (const key of affected) for (const referrer of referrersOf(key)) affected.add(referrer)
  return affected
}

/** Who refers to a unit around a version: units that never change are looked at once. */
function openReferrers ({ units, changed, stateOf, survey, headIndex }: Derived): (index: number) => Referrers {
  const changing = new Set(changed())
  const steady = new Map<string, string[]>()
  for (const key of units.keys()) if (!changing.has(key)) record(steady, key, [survey(stateOf(key, headIndex)).refs])
  return (index) => {
    const moving = new Map<string, string[]>()
    for (const key of changing) record(moving, key, [survey(stateOf(key, index)).refs, survey(stateOf(key, index - 1)).refs])
    return (key) => [...steady.get(key) ?? [], ...moving.get(key) ?? []]
  }
}

function record (referrers: Map<string, string[]>, key: string, refs: ReadonlyArray<ReadonlySet<string>>): void {
  for (const ref of new Set(refs.flatMap((set) => [...set]))) {
    const list = referrers.get(ref)
    if (list === undefined) referrers.set(ref, [key])
    else list.push(key)
  }
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
