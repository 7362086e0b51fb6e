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
  /** moving average of about the last half minute */
  readonly rowsPerSecond: number
  /** why no batch is begun now, and since when; null while they are */
  readonly held: { readonly reason: string, readonly since: Date } | null
  readonly startedAt: Date
  readonly updatedAt: Date
  readonly finishedAt: Date | null
}

interface BackfillRow {
  last_key: string[] | null
  end_key: string[] | null
  rows_filled: string
  rows_estimated: string
  rows_per_second: number
  held_reason: string | null
  held_since: Date | null
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
    rowsPerSecond: row.rows_per_second,
    held: row.held_reason === null || row.held_since === null ? null : { reason: row.held_reason, since: row.held_since },
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
  return { lastKey: null, endKey, filledRows: 0, estimatedRows, rowsPerSecond: 0, held: null, startedAt: new Date(), updatedAt: new Date(), finishedAt: null }
}

/** A rate is forgotten with this time constant: what happened a minute ago says little about the minutes to come. */
const RATE_MEMORY_SECONDS = 30

const CHECKPOINT = `
update vintage.backfills b
set last_key = coalesce($2, last_key), rows_filled = rows_filled + $3, updated_at = now.at,
    rows_per_second = case when now.age < ${RATE_MEMORY_SECONDS} then (rows_filled + $3) / now.age
      else rows_per_second + (1 - exp(-now.seconds / ${RATE_MEMORY_SECONDS})) * ($3 / now.seconds - rows_per_second) end
from (select at, greatest(extract(epoch from at - updated_at)::float8, 0.001) as seconds, greatest(extract(epoch from at - started_at)::float8, 0.001) as age
      from (select clock_timestamp() as at) clock, vintage.backfills where transition = $1) as now
where transition = $1
returning rows_per_second as rate`

/**
 * Moves the checkpoint; to be called in the batch's own transaction.
 *
 * @param lastKey null leaves it where it is
 * @returns rows per second, a moving average
 */
export async function checkpointBackfill (session: Session, transition: string, lastKey: KeyValues | null, filledRows: number): Promise<number> {
  const [row] = await session.query<{ rate: number }>(CHECKPOINT, [transition, lastKey === null ? null : JSON.stringify(lastKey), filledRows])
  return Number(row?.rate)
}

/** Notes why no batch is begun, for `status`; null: they are again. */
export async function noteHeld (session: Session, transition: string, reason: string | null): Promise<void> {
  await session.query(`
    update vintage.backfills
    set held_reason = $2, held_since = case when $2::text is null then null else coalesce(held_since, clock_timestamp()) end
    where transition = $1`, [transition, reason])
}

export async function finishBackfill (session: Session, transition: string): Promise<void> {
  await session.query('update vintage.backfills set finished_at = clock_timestamp(), held_reason = null, held_since = null, updated_at = clock_timestamp() where transition = $1', [transition])
}
