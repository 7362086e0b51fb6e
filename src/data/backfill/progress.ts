import type { Report } from '../events.js'
import type { BackfillState, Checkpoint } from '../state/backfills.js'
import { etaOf } from './pace.js'

/** How far a backfill is, as the batches of this process learn it from the checkpoint; it counts what all workers have filled. */
export interface Progress {
  /** a batch has moved the checkpoint */
  note (checkpoint: Checkpoint): void
  /** @param finished @default false */
  tell (batchRows: number, finished?: boolean): void
}

export function startProgress (report: Report, transition: string, begun: BackfillState): Progress {
  let latest: Checkpoint = begun
  return {
    // of two workers the one that was told first may have been second
    note (checkpoint) { if (checkpoint.filledRows >= latest.filledRows) latest = checkpoint },
    tell (batchRows, finished = false) {
      const { filledRows: doneRows, rowsPerSecond } = latest
      const totalRows = Math.max(begun.estimatedRows, doneRows)
      report({ type: 'backfill', transition, doneRows, totalRows, rowsPerSecond: Math.round(rowsPerSecond), etaMs: etaOf(doneRows, totalRows, rowsPerSecond), batchRows, finished })
    }
  }
}
