import type { Session } from '../database.js'
import { pause } from '../governor/pause.js'
import { codeOf } from '../governor/transient.js'
import { checkpointBackfill } from '../state/backfills.js'
import { claimRange, finishRange, lookForRange, moveRange, type KeyRange } from '../state/ranges.js'
import { fillRange, findBatchEnd, type Filled, type Filling } from './fill-batch.js'
import { persist } from './outwait.js'
import type { Progress } from './progress.js'
import { runBatch, type BatchWork } from './run-batch.js'
import { splitRange } from './split-range.js'

const POLL_MS = 100
const LOCK_NOT_AVAILABLE = '55P03'

/** One of those who fill a table together. */
export interface Worker {
  readonly work: BatchWork
  readonly filling: Filling
  readonly progress: Progress
}

/**
 * Fills one batch after the other, in whatever range is free, until none is left to anybody: the range of a worker
 * that dies is taken up by those who are there. Each transaction takes the range, fills rows and moves its checkpoint.
 */
export async function fillRanges (worker: Worker): Promise<void> {
  while (await awaitRange(worker)) {
    while (await fillNext(worker)) worker.progress.tell(worker.work.rows)
  }
}

/** @returns false once all are finished */
async function awaitRange ({ work, filling }: Worker): Promise<boolean> {
  const { context: { database, signal }, lease: { transition } } = work
  const look = async (): Promise<'free' | 'taken' | 'none'> => await persist(work, async () => await lookForRange(database, transition))
  for (let found = await look(); found !== 'free'; found = await look()) {
    if (found === 'none') return false
    if (!await trySplit(work, filling)) await pause(POLL_MS, signal)
  }
  return true
}

/** Whoever has the range may hold it for as long as a batch may take, which is longer than a lock is waited for. */
async function trySplit (work: BatchWork, filling: Filling): Promise<boolean> {
  return await persist(work, async () => {
    try {
      return await splitRange(work, filling)
    } catch (error) {
      if (codeOf(error) !== LOCK_NOT_AVAILABLE) throw error
      return false
    }
  })
}

/** @returns false when the range has come to its end, or none was to be had */
async function fillNext (worker: Worker): Promise<boolean> {
  const { work, filling } = worker
  let claimed: readonly KeyRange[] = []
  const filled = await runBatch(work, {
    run: async (session, rows) => {
      const range = await claimRange(session, work.lease.transition, work.worker)
      if (range === null) return null
      claimed = [range]
      return await fillWithin(session, worker, range, rows)
    },
    firstKey: async (session) => {
      const [first] = await Promise.all(claimed.map(async ({ lastKey, endKey }) => await findBatchEnd(session, filling, lastKey, endKey, 1)))
      return first
    }
  })
  return filled !== null
}

async function fillWithin (session: Session, { work, filling, progress }: Worker, range: KeyRange, rows: number): Promise<Filled | null> {
  const upTo = await findBatchEnd(session, filling, range.lastKey, range.endKey, rows)
  if (upTo === null) {
    await finishRange(session, range)
    return null
  }
  const filled = await fillRange(session, filling, range.lastKey, upTo)
  await moveRange(session, range, upTo, filled.filledRows, work.worker)
  progress.note(await checkpointBackfill(session, work.lease.transition, filled.filledRows))
  return filled
}
