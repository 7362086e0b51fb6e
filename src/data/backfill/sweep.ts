import { pinSearchPath } from '../dual-writer/sides.js'
import { throwIfAborted } from '../governor/pause.js'
import { checkpointBackfill } from '../state/backfills.js'
import { persist } from './outwait.js'
import type { Progress } from './progress.js'
import { fillLeftOver, findPending, type Filling } from './fill-batch.js'
import { readPageRanges, type PageRange } from './pages.js'
import { createPatience } from './patience.js'
import { runBatch, type BatchWork } from './run-batch.js'

/** One snapshot for all ranges: a row that moves meanwhile is seen once, where it was. */
const SNAPSHOT = 'isolation level repeatable read, read only'

/**
 * Fills what the ranges of the key have missed, wherever it is now, until two looks in a row find nothing.
 */
export async function sweep (work: BatchWork, filling: Filling, progress: Progress): Promise<void> {
  const patience = createPatience(work)
  let inHand: readonly PageRange[] | null = null
  for (let empty = 0; empty < 2;) {
    const pending: readonly PageRange[] = await findPendingPages(work, filling, inHand, progress)
    if (pending.length > 0) empty = 0
    else if (inHand === null) empty++
    let settled = 0
    for (const pages of pending) settled += await fillPages(work, filling, pages, progress)
    for (const pages of pending.slice(0, 1)) await patience.spend(settled, async (session) => await findPending(session, filling, pages))
    // what a look has found and not settled is looked for where it was, not in the whole table again
    inHand = pending.length > 0 && settled === 0 ? pending : null
  }
}

/**
 * Read only, and so outside the limits of a batch: the whole table takes as long as it takes.
 *
 * @param among null: all pages of the table
 */
async function findPendingPages (work: BatchWork, filling: Filling, among: readonly PageRange[] | null, progress: Progress): Promise<PageRange[]> {
  const { context, key } = work
  return await persist(work, async () => await context.database.transaction(async (session) => {
    await session.query('set local row_security = off')
    await pinSearchPath(session, key.operatorSchemas)
    const pending: PageRange[] = []
    for (const pages of among ?? await readPageRanges(session, filling.table)) {
      throwIfAborted(context.signal)
      if (await findPending(session, filling, pages) !== null) pending.push(pages)
      progress.tell(work.rows)
    }
    return pending
  }, SNAPSHOT))
}

/** @returns how many rows are settled */
async function fillPages (work: BatchWork, filling: Filling, pages: PageRange, progress: Progress): Promise<number> {
  let settled = 0
  for (let going = true; going;) {
    const filled = await runBatch(work, {
      run: async (session, rows) => {
        const filled = await fillLeftOver(session, filling, pages, rows)
        if (filled.writtenRows === 0) return null
        progress.note(await checkpointBackfill(session, work.lease.transition, filled.filledRows))
        return filled
      },
      firstKey: async (session) => await findPending(session, filling, pages)
    })
    progress.tell(work.rows)
    going = filled !== null && filled.settledRows > 0
    settled += filled?.settledRows ?? 0
  }
  return settled
}
