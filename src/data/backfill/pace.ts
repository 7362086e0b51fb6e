/** A batch of about this long is soon undone, holds its row locks briefly, and still amortises its commit. */
const TARGET_MS = 200
const MAX_ROWS = 50_000

/** Rows of the next batch: at most 20% more than the last, which took `tookMs`; fewer at once when it was slow. */
export function nextBatchRows (rows: number, tookMs: number): number {
  if (tookMs > 2 * TARGET_MS) return Math.max(1, Math.floor(rows / 2))
  if (tookMs > TARGET_MS) return rows
  return Math.min(MAX_ROWS, Math.ceil(rows * 1.2))
}

/** Rows per second and what is left at that rate. */
export function progressOf (doneRows: number, totalRows: number, rowsThisRun: number, tookMs: number): { rowsPerSecond: number, etaMs: number | null } {
  const seconds = tookMs / 1000
  const rowsPerSecond = Math.round(rowsThisRun / Math.max(seconds, 0.001))
  return { rowsPerSecond, etaMs: rowsPerSecond === 0 ? null : Math.round(Math.max(0, totalRows - doneRows) / rowsPerSecond * 1000) }
}
