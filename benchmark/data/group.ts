import type { DataComparison, DataMeasurement } from './results.js'
import type { Ground } from './ground.js'

/** How much is measured. */
export interface Scale {
  /** of most tables */
  readonly rows: number
  /** of the table that is backfilled */
  readonly backfillRows: number
  /** of the table on which the backfill is to stay as fast as it began */
  readonly manyRows: number
  /** how often each contestant has its turn, at least and at most */
  readonly runs: number
  readonly mostRuns: number
  /** moment of `performance.now()` after which nobody has more turns than `runs` */
  readonly until?: number
  /** of one contestant's turn where it is a stream of statements */
  readonly blockMs: number
  /** how long the longest reader stands in the way */
  readonly readerMs: number
}

export const FULL: Scale = { rows: 300_000, backfillRows: 1_000_000, manyRows: 3_000_000, runs: 7, mostRuns: 11, blockMs: 700, readerMs: 60_000 }

export const QUICK: Scale = { rows: 10_000, backfillRows: 40_000, manyRows: 200_000, runs: 2, mostRuns: 2, blockMs: 150, readerMs: 3_000 }

/** What a group of cases gives. */
export interface GroupResult {
  readonly comparisons?: readonly DataComparison[]
  readonly measurements?: readonly DataMeasurement[]
}

/** Cases that are measured together. */
export interface Group {
  readonly name: string
  run (ground: Ground, scale: Scale): Promise<GroupResult>
}
