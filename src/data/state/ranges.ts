import { hostname } from 'node:os'
import type { KeyValues } from '../backfill/key.js'
import type { Session } from '../database.js'

/** A row of `vintage.backfill_ranges`: the keys in (lastKey, endKey] are still to be looked at. */
export interface KeyRange {
  readonly number: string
  /** last key of the last batch, or the end of the range before; null = begins with the first key of all */
  readonly lastKey: KeyValues | null
  readonly endKey: KeyValues
}

interface RangeRow {
  number: string
  last_key: string[] | null
  end_key: string[]
}

const OPEN = 'from vintage.backfill_ranges where transition = $1 and finished_at is null'

/**
 * Takes a range for the rest of the transaction: it is free again when the batch has been committed, has failed, or
 * its worker is gone.
 *
 * @param worker prefers the range that it had before, whose pages are warm
 * @returns null when other workers have all that are open, or none is
 */
export async function claimRange (session: Session, transition: string, worker: string): Promise<KeyRange | null> {
  const [row] = await session.query<RangeRow>(`select number, last_key, end_key ${OPEN} order by (worker = $2) desc nulls last, number limit 1 for update skip locked`, [transition, worker])
  return row === undefined ? null : { number: row.number, lastKey: row.last_key, endKey: row.end_key }
}

/** Whether there is a range to take, none now, or none any more. */
export async function lookForRange (session: Session, transition: string): Promise<'free' | 'taken' | 'none'> {
  if ((await session.query(`select 1 ${OPEN} limit 1 for update skip locked`, [transition])).length > 0) return 'free'
  return (await session.query(`select 1 ${OPEN} limit 1`, [transition])).length > 0 ? 'taken' : 'none'
}

/** Moves the checkpoint of a range; to be called in the batch's own transaction. */
export async function moveRange (session: Session, { number }: KeyRange, upTo: KeyValues, filledRows: number, worker: string): Promise<void> {
  await session.query(`
    update vintage.backfill_ranges
    set last_key = $2, rows_filled = rows_filled + $3, worker = $4, worker_host = $5, worker_pid = $6, updated_at = clock_timestamp()
    where number = $1`, [number, JSON.stringify(upTo), filledRows, worker, hostname(), process.pid])
}

/** No key is left in it. */
export async function finishRange (session: Session, { number }: KeyRange): Promise<void> {
  await session.query('update vintage.backfill_ranges set last_key = end_key, updated_at = clock_timestamp(), finished_at = clock_timestamp() where number = $1', [number])
}

/** Who has filled the last batch of a range that is still open. */
export interface RangeWorker {
  readonly worker: string
  /** null where a build of before has noted it */
  readonly host: string | null
  readonly pid: number | null
  readonly range: Pick<KeyRange, 'lastKey' | 'endKey'>
  /** by all who have worked on the range */
  readonly filledRows: number
  /** when it committed a batch last, or cut the range off another */
  readonly seenAt: Date
}

interface WorkerRow extends RangeRow {
  worker: string
  worker_host: string | null
  worker_pid: number | null
  rows_filled: string
  updated_at: Date
}

const WORKERS = `
select distinct on (worker, worker_host, worker_pid) worker, worker_host, worker_pid, last_key, end_key, rows_filled, updated_at
${OPEN} and worker is not null order by worker, worker_host, worker_pid, updated_at desc`

/** Workers of all processes by name, each with the range in hand: of several that bear its name the one it was at last. */
export async function readWorkers (session: Session, transition: string): Promise<RangeWorker[]> {
  return (await session.query<WorkerRow>(WORKERS, [transition])).map((row) => ({
    worker: row.worker,
    host: row.worker_host,
    pid: row.worker_pid,
    range: { lastKey: row.last_key, endKey: row.end_key },
    filledRows: Number(row.rows_filled),
    seenAt: row.updated_at
  }))
}
