import { pause } from '../governor/pause.js'
import { giveTimeBack, reserveTime } from '../state/rate.js'
import type { Context } from '../context.js'

/** A batch of about this long is soon undone, holds its row locks briefly, and still amortises its commit. */
const TARGET_MS = 200
const MAX_ROWS = 50_000

/** Rows of the next batch: at most 20% more than the last, which took `tookMs`; fewer at once when it was slow. */
export function nextBatchRows (rows: number, tookMs: number): number {
  if (tookMs > 2 * TARGET_MS) return Math.max(1, Math.floor(rows / 2))
  if (tookMs > TARGET_MS) return rows
  return Math.min(MAX_ROWS, Math.ceil(rows * 1.2))
}

/** How long the rest takes at a rate, in ms; null when nothing moves. */
export function etaOf (doneRows: number, totalRows: number, rowsPerSecond: number): number | null {
  return rowsPerSecond < 1 ? null : Math.round(Math.max(0, totalRows - doneRows) / rowsPerSecond * 1000)
}

/** The largest batch under a limit: a fifth of a second's rows, so that the limit holds within every second too. */
export function largestBatch (maxRowsPerSecond: number | null): number {
  return maxRowsPerSecond === null ? MAX_ROWS : Math.max(1, Math.floor(maxRowsPerSecond / 5))
}

/** Waits until `rows` more may be filled, all workers of all processes together keeping below the limit. */
export async function awaitPace ({ database, limits, signal }: Context, transition: string, rows: number): Promise<void> {
  if (limits.maxRowsPerSecond === null) return
  const waitMs = await reserveTime(database, transition, rows / limits.maxRowsPerSecond)
  try {
    await pause(waitMs, signal)
  } catch (aborted) {
    // many who come for a moment only would push the others' turns away for good
    await giveTimeBack(database, transition, rows / limits.maxRowsPerSecond)
    throw aborted
  }
}

/** Lets others have the time that was waited for and not needed. */
export async function returnPace ({ database, limits }: Context, transition: string, rows: number): Promise<void> {
  if (limits.maxRowsPerSecond === null || rows === 0) return
  await giveTimeBack(database, transition, rows / limits.maxRowsPerSecond)
}
