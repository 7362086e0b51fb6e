import type { KeyValues } from '../backfill/key.js'
import type { Session } from '../database.js'

/** A row of `vintage.backfills`: how far filling has come. */
export interface BackfillState {
  /** last key of the last batch; null = none yet */
  readonly lastKey: KeyValues | null
  /** last key of the table when filling began; null = it was empty */
  readonly endKey: KeyValues | null
  readonly filledRows: number
  readonly estimatedRows: number
  readonly startedAt: Date
  readonly updatedAt: Date
  readonly finishedAt: Date | null
}

interface BackfillRow {
  last_key: string[] | null
  end_key: string[] | null
  rows_filled: string
  rows_estimated: string
  started_at: Date
  updated_at: Date
  finished_at: Date | null
}

export async function readBackfill (session: Session, transition: string): Promise<BackfillState | undefined> {
  const [row] = await session.query<BackfillRow>('select * from vintage.backfills where transition = $1', [transition])
  return row && {
    lastKey: row.last_key,
    endKey: row.end_key,
    filledRows: Number(row.rows_filled),
    estimatedRows: Number(row.rows_estimated),
    startedAt: row.started_at,
    updatedAt: row.updated_at,
    finishedAt: row.finished_at
  }
}

/** Begins at the first key. */
export async function beginBackfill (session: Session, transition: string, endKey: KeyValues | null, estimatedRows: number): Promise<BackfillState> {
  await session.query(`
    insert into vintage.backfills (transition, last_key, end_key, rows_filled, rows_estimated, started_at, updated_at)
    values ($1, null, $2, 0, $3, clock_timestamp(), clock_timestamp())`,
  [transition, endKey === null ? null : JSON.stringify(endKey), estimatedRows])
  return { lastKey: null, endKey, filledRows: 0, estimatedRows, startedAt: new Date(), updatedAt: new Date(), finishedAt: null }
}

/** Moves the checkpoint; to be called in the batch's own transaction. @param lastKey null leaves it where it is */
export async function checkpointBackfill (session: Session, transition: string, lastKey: KeyValues | null, filledRows: number): Promise<void> {
  await session.query(`
    update vintage.backfills set last_key = coalesce($2, last_key), rows_filled = rows_filled + $3, updated_at = clock_timestamp()
    where transition = $1`, [transition, lastKey === null ? null : JSON.stringify(lastKey), filledRows])
}

export async function finishBackfill (session: Session, transition: string): Promise<void> {
  await session.query('update vintage.backfills set finished_at = clock_timestamp(), updated_at = clock_timestamp() where transition = $1', [transition])
}
