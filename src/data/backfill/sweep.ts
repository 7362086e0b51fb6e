import { pinSearchPath } from '../dual-writer/sides.js'
import { throwIfAborted } from '../governor/pause.js'
import { checkpointBackfill } from '../state/backfills.js'
import { fillLeftOver, findPending, type Filling } from './fill-batch.js'
import { readPageRanges, type PageRange } from './pages.js'
import { runBatch, type BatchWork } from './run-batch.js'

/** One snapshot for all ranges: a row that moves meanwhile is seen once, where it was. */
const SNAPSHOT = 'isolation level repeatable read, read only'

/**
 * Fills what the ranges of the key have missed, wherever it is now, until two looks in a row find nothing.
 *
 * @param tell gets the rows that were filled, 0 where a range of pages was only looked at
 */
export async function sweep (work: BatchWork, filling: Filling, tell: (filledRows: number) => void): Promise<void> {
  for (let empty = 0; empty < 2;) {
    const pending = await findPendingPages(work, filling, tell)
    empty = pending.length === 0 ? empty + 1 : 0
    for (const pages of pending) await fillPages(work, filling, pages, tell)
  }
}

/** Read only, and so outside the limits of a batch: the whole table takes as long as it takes. */
async function findPendingPages ({ context, key }: BatchWork, filling: Filling, tell: (filledRows: number) => void): Promise<PageRange[]> {
  return await context.database.transaction(async (session) => {
    await session.query('set local row_security = off')
    await pinSearchPath(session, key.operatorSchemas)
    const pending: PageRange[] = []
    for (const pages of await readPageRanges(session, filling.sides.table)) {
      throwIfAborted(context.signal)
      if (await findPending(session, filling, pages) !== null) pending.push(pages)
      tell(0)
    }
    return pending
  }, SNAPSHOT)
}

async function fillPages (work: BatchWork, filling: Filling, pages: PageRange, tell: (filledRows: number) => void): Promise<void> {
  for (let going = true; going;) {
    const { filledRows, setAsideRows } = await runBatch(work, {
      run: async (session, rows) => {
        const filled = await fillLeftOver(session, filling, pages, rows)
        work.rowsPerSecond = await checkpointBackfill(session, work.lease.transition, null, filled.filledRows)
        return filled
      },
      firstKey: async (session) => await findPending(session, filling, pages)
    })
    tell(filledRows)
    going = filledRows + setAsideRows > 0
  }
}
