import { isPlace } from './bindings.js'
import type { VersionHistory } from './history.js'
import { undoNames, type Names, type RemovedSchema, type SplitSchema } from './undo-names.js'
import type { Unit } from './units.js'

/** Which schema each name stands for, version by version: names in a version file are names as of that version. */
export interface NameSpace {
  /** @returns the keys of the units that a name stands for as of a version; several before a split, none for an unknown name */
  keysOf (name: string, index: number): readonly string[]
  /** @returns the name of a unit as of a version, also of one that is cut out of it; undefined where the version does not have it */
  nameOf (key: string, index: number): string | undefined
  /** @returns what a unit is called as of a version; its key where the version does not have it, or it is a place */
  labelOf (key: string, index: number): string
  /** @returns all names of a version */
  namesAt (index: number): readonly string[]
  /** @returns the oldest version index from which on, up to this one, no name has changed */
  sinceOf (index: number): number
  /** Schemas that head no longer has. */
  readonly removed: readonly RemovedSchema[]
  /** Schemas that were one before. */
  readonly splits: readonly SplitSchema[]
}

/**
 * Carries the names of head back through the history.
 *
 * @param units those of head
 * @throws FST_ERR_VINTAGE_MISFIT for names that are unknown or taken
 */
export function carryNames (history: VersionHistory, units: ReadonlyMap<string, Unit>): NameSpace {
  const removed: RemovedSchema[] = []
  const splits: SplitSchema[] = []
  const changed: number[] = []
  const atHead: Names = new Map([...units.keys()].filter(isName).map((key) => [key, [key]]))
  const names: Names[] = [atHead]
  const isTaken = (key: string) => units.has(key) || removed.some((schema) => schema.key === key)
  let newer = atHead
  for (let index = history.versions.length - 1; index > 0; index--) {
    const older = undoNames({ history, index, isTaken, removed, splits }, newer)
    if (older !== newer) changed.push(index)
    names.unshift(older)
    newer = older
  }
  const inverted = new Map([...new Set(names)].map((one) => [one, invertNames(one)]))
  const keys = names.map((one) => inverted.get(one))
  const nameOf = (key: string, index: number) => {
    const cut = isPlace(key) ? -1 : key.search(/[#&]/)
    const owner = cut === -1 ? key : key.slice(0, cut)
    const name = keys[index]?.get(owner)
    return name === undefined ? undefined : name + key.slice(owner.length)
  }
  return {
    keysOf: (name, index) => names[index]?.get(name) ?? [],
    nameOf,
    labelOf: (key, index) => nameOf(key, index) ?? key,
    namesAt: (index) => names.slice(index, index + 1).flatMap((one) => [...one.keys()]),
    sinceOf: (index) => changed.find((one) => one <= index) ?? 0,
    removed,
    splits
  }
}

function isName (key: string): boolean {
  return !isPlace(key) && !/[#&]/.test(key)
}

function invertNames (names: Names): ReadonlyMap<string, string> {
  return new Map([...names].flatMap(([name, keys]) => keys.map((key) => [key, name])))
}
