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
    update vintage.backfill_ranges set last_key = $2, rows_filled = rows_filled + $3, worker = $4, updated_at = clock_timestamp()
    where number = $1`, [number, JSON.stringify(upTo), filledRows, worker])
}

/** No key is left in it. */
export async function finishRange (session: Session, { number }: KeyRange): Promise<void> {
  await session.query('update vintage.backfill_ranges set last_key = end_key, updated_at = clock_timestamp(), finished_at = clock_timestamp() where number = $1', [number])
}
