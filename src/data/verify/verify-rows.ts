import { etaOf } from '../backfill/pace.js'
import { readPrimaryKey } from '../backfill/key.js'
import { readPageRanges } from '../backfill/pages.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { pinSearchPath, qualifiedTable, readSides } from '../dual-writer/sides.js'
import { throwIfAborted } from '../governor/pause.js'
import type { VerifyResult } from '../results.js'
import type { TransitionState } from '../state/transitions.js'
import { compareRange, type Comparison } from './compare-range.js'

const MISMATCHES_LISTED = 20

/** One snapshot for all ranges: a row that moves meanwhile is seen once, where it was. */
const SNAPSHOT = 'isolation level repeatable read, read only'

/** Compares both sides of every row of one snapshot, without locks that anybody would notice. */
export async function verifyRows (context: Context, state: TransitionState): Promise<VerifyResult> {
  return await context.database.transaction(async (session) => {
    await session.query('set local row_security = off')
    await pinSearchPath(session)
    return await verifySnapshot(context, session, state.name, {
      sides: await readSides(session, state, state.phase === 'hide'),
      key: await readPrimaryKey(session, qualifiedTable(state)),
      releasing: state.definition.onError === 'set-aside' ? state.name : null
    })
  }, SNAPSHOT)
}

interface Counts { checkedRows: number, pendingRows: number, mismatchedRows: number }

async function verifySnapshot (context: Context, session: Session, transition: string, comparison: Comparison): Promise<VerifyResult> {
  const { key, sides: { table } } = comparison
  const estimatedRows = await estimateRows(session, table)
  const counts: Counts = { checkedRows: 0, pendingRows: 0, mismatchedRows: 0 }
  const mismatches: Record<string, string>[] = []
  const start = performance.now()
  for (const pages of await readPageRanges(session, table)) {
    throwIfAborted(context.signal)
    const found = await compareRange(session, comparison, pages, MISMATCHES_LISTED - mismatches.length)
    counts.checkedRows += found.rows
    counts.pendingRows += found.pending
    counts.mismatchedRows += found.mismatched
    mismatches.push(...found.mismatches.map((values) => Object.fromEntries(values.map((value, index) => [String(key.columns[index]?.plain), value]))))
    tell(context, transition, counts, estimatedRows, start, false)
  }
  tell(context, transition, counts, counts.checkedRows, start, true)
  return { transition, ...counts, mismatches, ok: counts.pendingRows === 0 && counts.mismatchedRows === 0 }
}

async function estimateRows (session: Session, table: string): Promise<number> {
  const [estimate] = await session.query('select reltuples::bigint as rows from pg_class where oid = to_regclass($1)', [table])
  return Number(estimate?.rows)
}

function tell (context: Context, transition: string, counts: Counts, estimatedRows: number, start: number, finished: boolean): void {
  const totalRows = Math.max(estimatedRows, counts.checkedRows)
  const { checkedRows: doneRows, pendingRows, mismatchedRows } = counts
  const rowsPerSecond = Math.round(doneRows / Math.max(performance.now() - start, 1) * 1000)
  context.report({ type: 'verify', transition, doneRows, totalRows, rowsPerSecond, etaMs: etaOf(doneRows, totalRows, rowsPerSecond), pendingRows, mismatchedRows, finished })
}
