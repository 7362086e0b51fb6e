import type { KeyValues } from '../backfill/key.js'
import type { SettledLimits } from '../backfill/limits.js'
import type { Session } from '../database.js'
import type { Fence } from './lease.js'

/** A row of `vintage.backfills`: how far filling has come. */
export interface BackfillState {
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
  /** the operator's token of the run that is under way, or was last, and the limits that all its workers keep */
  readonly run: { readonly token: number, readonly limits: SettledLimits } | null
}

/** How far all workers together have come. */
export interface Checkpoint {
  readonly filledRows: number
  /** moving average */
  readonly rowsPerSecond: number
}

interface BackfillRow {
  end_key: string[] | null
  rows_filled: string
  rows_estimated: string
  rows_per_second: number
  held_reason: string | null
  held_since: Date | null
  started_at: Date
  updated_at: Date
  finished_at: Date | null
  run_token: string | null
  limits: SettledLimits | null
}

export async function readBackfill (session: Session, transition: string): Promise<BackfillState | undefined> {
  const [row] = await session.query<BackfillRow>('select * from vintage.backfills where transition = $1', [transition])
  return row && {
    endKey: row.end_key,
    filledRows: Number(row.rows_filled),
    estimatedRows: Number(row.rows_estimated),
    rowsPerSecond: row.rows_per_second,
    held: row.held_reason === null || row.held_since === null ? null : { reason: row.held_reason, since: row.held_since },
    startedAt: row.started_at,
    updatedAt: row.updated_at,
    finishedAt: row.finished_at,
    run: row.limits && { token: Number(row.run_token), limits: row.limits }
  }
}

/** Begins with one range, of all keys; workers cut it. */
export async function beginBackfill (session: Session, transition: string, endKey: KeyValues | null, estimatedRows: number): Promise<BackfillState> {
  await session.query(`
    insert into vintage.backfills (transition, end_key, rows_filled, rows_estimated, started_at, updated_at)
    values ($1, $2, 0, $3, clock_timestamp(), clock_timestamp())`,
  [transition, endKey === null ? null : JSON.stringify(endKey), estimatedRows])
  if (endKey !== null) await session.query('insert into vintage.backfill_ranges (transition, end_key) values ($1, $2)', [transition, JSON.stringify(endKey)])
  return { endKey, filledRows: 0, estimatedRows, rowsPerSecond: 0, held: null, startedAt: new Date(), updatedAt: new Date(), finishedAt: null, run: null }
}

/** Tells workers of other processes whom they work for, and within which limits; what held a run before is over. */
export async function announceRun (session: Session, { transition, token }: Fence, limits: SettledLimits): Promise<void> {
  await session.query('update vintage.backfills set run_token = $2, limits = $3, held_reason = null, held_since = null where transition = $1', [transition, token, JSON.stringify(limits)])
}

/** A rate is forgotten with this time constant: what happened a minute ago says little about the minutes to come. */
const RATE_MEMORY_SECONDS = 30

/** Of the row itself, as it is once it is ours: another worker may have changed it while this one waited for it. */
const secondsSince = (column: string): string => `greatest(extract(epoch from clock_timestamp() - ${column})::float8, 0.001)`

const CHECKPOINT = `
update vintage.backfills
set rows_filled = rows_filled + $2, updated_at = clock_timestamp(),
    rows_per_second = case when ${secondsSince('started_at')} < ${RATE_MEMORY_SECONDS} then (rows_filled + $2) / ${secondsSince('started_at')}
      else rows_per_second + (1 - exp(-${secondsSince('updated_at')} / ${RATE_MEMORY_SECONDS})) * ($2 / ${secondsSince('updated_at')} - rows_per_second) end
where transition = $1
returning rows_filled as filled, rows_per_second as rate`

/** Counts what a batch has filled; to be called in its own transaction, last: all workers take turns at this row. */
export async function checkpointBackfill (session: Session, transition: string, filledRows: number): Promise<Checkpoint> {
  const [row] = await session.query<{ filled: string, rate: number }>(CHECKPOINT, [transition, filledRows])
  return { filledRows: Number(row?.filled), rowsPerSecond: Number(row?.rate) }
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
