import { createHistory, keyOf, type History } from './history.js'
import type { Cell, Entry } from './log.js'
import { ROWS } from './rows.js'

/** A row as the table has it, whichever side it was read from. */
export interface Row { readonly uid: number, readonly name: string, readonly ver: number, readonly points: string, readonly pver: number }

/** What had been acknowledged at a moment: all of it must be in what the table shows later. */
export interface Floor {
  readonly told: ReadonlyMap<string, number>
  readonly inserted: ReadonlySet<number>
  readonly deleted: ReadonlySet<number>
  /** how much of what was seen can be judged: all that was tried before it has been taken in */
  readonly seen: number
}

/**
 * Holds what processes were told against what the table has. It knows nothing of transitions: each write of a cell adds
 * 1 to its version, so each version has one writer, and what a process was told must be there. Logs come piece by piece,
 * each piece once.
 */
export interface Oracle {
  take (entries: readonly Entry[]): void
  floor (): Floor
  /** @returns what is wrong, one sentence each; each thing that was read is judged once */
  judge (floor: Floor, rows: readonly Row[]): string[]
  /** When nobody writes any more: every version has a writer who was told of it, or one who was not. */
  judgeCounts (rows: readonly Row[]): string[]
}

type Seen = Extract<Entry, { kind: 'read' | 'missed' }>

/** Rows by what somebody has begun to do, or was told is done, with all of them. */
type Fates = Readonly<Record<'inserting' | 'inserted' | 'deleting' | 'deleted', Set<number>>>

const CELLS = ['name', 'points'] as const

export function createOracle (): Oracle {
  const history = createHistory()
  const fates: Fates = { inserting: new Set(), inserted: new Set(), deleting: new Set(), deleted: new Set() }
  const seen: Seen[] = []
  return {
    take (entries) {
      for (const entry of entries) {
        const { kind } = entry
        if (kind === 'try') history.tryWrite(keyOf(entry.cell, entry.uid), entry.value)
        else if (kind === 'told') history.hear(keyOf(entry.cell, entry.uid), entry.value, entry.ver, entry.at)
        else if (kind === 'read' || kind === 'missed') seen.push(entry)
        else if (kind === 'inserting' || kind === 'inserted' || kind === 'deleting' || kind === 'deleted') fates[kind].add(entry.uid)
      }
    },
    floor: () => ({ told: new Map(history.told), inserted: new Set(fates.inserted), deleted: new Set(fates.deleted), seen: seen.length }),
    judge: (floor, rows) => [
      ...history.takeDoubled(),
      ...judgeLost(floor, new Map(rows.map((row) => [row.uid, row])), fates),
      ...rows.flatMap((row) => judgeRow(row, history, fates)),
      ...seen.splice(0, floor.seen).flatMap((entry) => judgeSeen(entry, history, fates))
    ],
    judgeCounts: (rows) => rows.flatMap((row) => CELLS.flatMap((cell) => {
      const [ver, tries] = [versionOf(row, cell), history.triesOf(keyOf(cell, row.uid))]
      return ver > tries ? [`${keyOf(cell, row.uid)} is at version ${ver}, and was written ${tries} times at most`] : []
    }))
  }
}

function judgeLost (floor: Floor, table: ReadonlyMap<number, Row>, { deleting }: Fates): string[] {
  const lost = [...floor.told].flatMap(([key, ver]) => {
    const { cell, uid } = partsOf(key)
    const row = table.get(uid)
    const found = row === undefined ? Infinity : versionOf(row, cell)
    return found < ver ? [`${key} is at version ${found}, though version ${ver} was acknowledged: a write is lost`] : []
  })
  const first = Array.from({ length: ROWS }, (_, index) => index + 1)
  const missing = [...first, ...floor.inserted].filter((uid) => !table.has(uid) && !deleting.has(uid))
  const back = [...floor.deleted].filter((uid) => table.has(uid))
  return [...lost, ...missing.map((uid) => `row ${uid} is gone, and nobody has deleted it`), ...back.map((uid) => `row ${uid} is there, though its delete was acknowledged`)]
}

function judgeRow ({ uid, name, ver, points, pver }: Row, history: History, { inserting }: Fates): string[] {
  const problems = [
    uid > ROWS && !inserting.has(uid) ? `row ${uid}, which nobody has inserted` : undefined,
    history.judgeSeen('name', uid, name, ver),
    history.judgeSeen('points', uid, points, pver)
  ]
  return problems.flatMap((problem) => problem === undefined ? [] : [`the table has ${problem}`])
}

function judgeSeen (entry: Seen, history: History, { deleting }: Fates): string[] {
  const { uid } = entry
  if (entry.kind === 'missed') return (entry.known || uid <= ROWS) && !deleting.has(uid) ? [`a process did not find row ${uid}, which nobody has deleted`] : []
  const { cell, value, ver, asked } = entry
  const problem = history.judgeSeen(cell, uid, value, ver)
  const least = history.leastAt(keyOf(cell, uid), asked)
  return [
    ...problem === undefined ? [] : [`a reader has ${problem}`],
    ...ver < least ? [`a reader was shown version ${ver} of ${keyOf(cell, uid)} after version ${least} had been acknowledged`] : []
  ]
}

function partsOf (key: string): { cell: Cell, uid: number } {
  return { cell: key.startsWith('name') ? 'name' : 'points', uid: Number(key.slice(key.lastIndexOf(' '))) }
}

function versionOf (row: Row, cell: Cell): number {
  return cell === 'name' ? row.ver : row.pver
}
