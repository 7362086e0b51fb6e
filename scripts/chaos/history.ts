import type { Cell } from './log.js'
import { FIRST, ROWS } from './rows.js'

/** What is known of each cell: each version has one writer, and one value. */
export interface History {
  /** the highest version of each cell that somebody was told of */
  readonly told: ReadonlyMap<string, number>
  tryWrite (key: string, value: string): void
  hear (key: string, value: string, ver: number, at: number): void
  /** A version that nobody was told of is one of those that were tried, and the same to all who see it. @returns what is wrong with it */
  judgeSeen (cell: Cell, uid: number, value: string, ver: number): string | undefined
  /** the highest version that somebody had been told of before a moment */
  leastAt (key: string, at: number): number
  triesOf (key: string): number
  /** versions that were told as two values, since the last call */
  takeDoubled (): string[]
}

interface Known {
  /** version → value, by whoever was told or has seen it */
  readonly versions: Map<number, { readonly value: string, readonly told: boolean }>
  readonly tried: Set<string>
  readonly heard: { readonly ver: number, readonly at: number }[]
}

export function keyOf (cell: Cell, uid: number): string {
  return `${cell} of row ${uid}`
}

export function createHistory (): History {
  const cells = new Map<string, Known>()
  const told = new Map<string, number>()
  const doubled: string[] = []
  const open = (key: string): Known => {
    const found = cells.get(key) ?? { versions: new Map(), tried: new Set<string>(), heard: [] }
    cells.set(key, found)
    return found
  }
  return {
    told,
    tryWrite (key, value) { open(key).tried.add(value) },
    hear (key, value, ver, at) {
      const { versions, heard } = open(key)
      const other = versions.get(ver)
      if (other?.told === true) doubled.push(`version ${ver} of ${key} was acknowledged twice: ${other.value}, ${value}`)
      else if (other !== undefined && other.value !== value) doubled.push(`version ${ver} of ${key} was read as "${other.value}" and acknowledged as "${value}"`)
      versions.set(ver, { value, told: true })
      heard.push({ ver, at })
      told.set(key, Math.max(told.get(key) ?? 0, ver))
    },
    judgeSeen (cell, uid, value, ver) {
      const key = keyOf(cell, uid)
      const known = cells.get(key)
      const expected = ver === 0 && uid <= ROWS ? FIRST[cell](uid) : known?.versions.get(ver)?.value
      if (expected !== undefined) return expected === value ? undefined : `"${value}" as version ${ver} of ${key}, which was written as "${expected}"`
      if (known?.tried.has(value) !== true) return `"${value}" as version ${ver} of ${key}, which nobody has tried to write`
      known.versions.set(ver, { value, told: false })
      return undefined
    },
    leastAt: (key, at) => Math.max(0, ...(cells.get(key)?.heard ?? []).filter((one) => one.at < at).map(({ ver }) => ver)),
    triesOf: (key) => cells.get(key)?.tried.size ?? 0,
    takeDoubled: () => doubled.splice(0)
  }
}
