import { pinSearchPath } from '../dual-writer/sides.js'
import { throwIfAborted } from '../governor/pause.js'
import { checkpointBackfill } from '../state/backfills.js'
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
  for (let empty = 0; empty < 2;) {
    const pending = await findPendingPages(work, filling, progress)
    empty = pending.length === 0 ? empty + 1 : 0
    let written = 0
    for (const pages of pending) written += await fillPages(work, filling, pages, progress)
    for (const pages of pending.slice(0, 1)) await patience.spend(written, async (session) => await findPending(session, filling, pages))
  }
}

/** Read only, and so outside the limits of a batch: the whole table takes as long as it takes. */
async function findPendingPages (work: BatchWork, filling: Filling, progress: Progress): Promise<PageRange[]> {
  const { context, key } = work
  return await context.database.transaction(async (session) => {
    await session.query('set local row_security = off')
    await pinSearchPath(session, key.operatorSchemas)
    const pending: PageRange[] = []
    for (const pages of await readPageRanges(session, filling.sides.table)) {
      throwIfAborted(context.signal)
      if (await findPending(session, filling, pages) !== null) pending.push(pages)
      progress.tell(work.rows)
    }
    return pending
  }, SNAPSHOT)
}

/** @returns how many rows were written that need not be looked at again */
async function fillPages (work: BatchWork, filling: Filling, pages: PageRange, progress: Progress): Promise<number> {
  let written = 0
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
    // a row that keeps its marker is chosen again, unless it is noted
    going = filled !== null && (filled.setAsideRows === 0 || filling.settingAside !== null)
    written += filling.settingAside === null ? filled?.filledRows ?? 0 : filled?.writtenRows ?? 0
  }
  return written
}
