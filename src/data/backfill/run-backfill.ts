import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { pinSearchPath, qualifiedTable, readSides } from '../dual-writer/sides.js'
import { agreeToFire } from '../gate/refuse-firing-triggers.js'
import { countSetAside, openLedger } from '../set-aside/ledger.js'
import { beginBackfill, checkpointBackfill, finishBackfill, readBackfill, type BackfillState } from '../state/backfills.js'
import { logEvent } from '../state/events.js'
import { fence, type Lease } from '../state/lease.js'
import type { TransitionState } from '../state/transitions.js'
import { fillRange, findBatchEnd, findLastKey, type Filling } from './fill-batch.js'
import { readPrimaryKey, type KeyValues } from './key.js'
import { etaOf } from './pace.js'
import { runBatch, type BatchWork } from './run-batch.js'
import { sweep } from './sweep.js'

/** Above this many rows the planner's estimate does for the progress bar. */
const COUNT_UP_TO_ROWS = 100_000

/**
 * Fills the new side of every row that has the marker: in ranges of the primary key up to the key that was last
 * when filling began (later rows are filled by the dual writer), then wherever a marker is left, until two looks in
 * a row find none. Each batch commits with its checkpoint, so that a killed run goes on where it was.
 *
 * @throws FST_ERR_VINTAGE_BACKFILL naming the row, when one cannot be filled
 * @throws FST_ERR_VINTAGE_REFUSED_TRIGGERS when triggers would fire to which nobody has agreed
 */
export async function runBackfill (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  const { filling, begun } = await prepare(context, lease, state)
  // once all is filled, a trigger that has come since fires for nothing, unless a batch finds something
  if (begun.finishedAt === null || context.fireTriggers) await agreeToFire(context, lease, state)
  const work: BatchWork = { context, lease, key: filling.key, rows: context.batchRows, rowsPerSecond: begun.rowsPerSecond }
  const tell = startReporting(work, begun)
  if (begun.finishedAt === null && begun.endKey !== null) await fillRanges(work, filling, begun.lastKey, begun.endKey, tell)
  await sweep(work, filling, (filledRows) => tell(filledRows, false))
  await context.database.transaction(async (session) => {
    await fence(session, lease, 'share')
    if (begun.finishedAt !== null) return
    await finishBackfill(session, state.name)
    await logEvent(session, { transition: state.name, event: 'backfilled', phase: state.phase, epoch: state.epoch, by: context.by, details: {} })
  })
  tell(0, true)
  await tellSetAside(context, state)
}

async function tellSetAside ({ database, report }: Context, state: TransitionState): Promise<void> {
  if (state.definition.onError !== 'set-aside') return
  const rows = await database.transaction(async (session) => await countSetAside(session, await openLedger(session, state)))
  if (rows > 0) report({ type: 'set-aside', transition: state.name, rows })
}

async function prepare ({ database }: Context, lease: Lease, state: TransitionState): Promise<{ filling: Filling, begun: BackfillState }> {
  const { filling, rows } = await database.transaction(async (session) => {
    await session.query('set local row_security = off')
    await pinSearchPath(session)
    const filling = { sides: await readSides(session, state, false), key: await readPrimaryKey(session, qualifiedTable(state)), settingAside: state.definition.onError === 'set-aside' ? state.name : null }
    // counted before the state row is locked, on which the lease's heartbeat would wait
    return { filling, rows: await readBackfill(session, state.name) === undefined ? await countRows(session, filling) : 0 }
  })
  const begun = await database.transaction(async (session) => {
    await fence(session, lease, 'update')
    await session.query("set local row_security = off; set local datestyle = 'ISO'")
    return await readBackfill(session, state.name) ??
      await beginBackfill(session, state.name, await findLastKey(session, filling), rows)
  })
  return { filling, begun }
}

async function countRows (session: Session, { sides }: Filling): Promise<number> {
  const [estimate] = await session.query('select reltuples::bigint as rows from pg_class where oid = to_regclass($1)', [sides.table])
  if (Number(estimate?.rows) > COUNT_UP_TO_ROWS) return Number(estimate?.rows)
  const [exact] = await session.query(`select count(*) as rows from only ${sides.table} where ${sides.marker}`)
  return Number(exact?.rows)
}

type Tell = (filledRows: number, finished: boolean) => void

function startReporting (work: BatchWork, begun: BackfillState): Tell {
  const { context, lease } = work
  let filledNow = 0
  return (filledRows, finished) => {
    filledNow += filledRows
    const doneRows = begun.filledRows + filledNow
    const totalRows = Math.max(begun.estimatedRows, doneRows)
    context.report({ type: 'backfill', transition: lease.transition, doneRows, totalRows, rowsPerSecond: Math.round(work.rowsPerSecond), etaMs: etaOf(doneRows, totalRows, work.rowsPerSecond), batchRows: work.rows, finished })
  }
}

async function fillRanges (work: BatchWork, filling: Filling, lastKey: KeyValues | null, endKey: KeyValues, tell: Tell): Promise<void> {
  for (let after = lastKey; ;) {
    const done = await runBatch(work, {
      run: async (session, rows) => {
        const upTo = await findBatchEnd(session, filling, after, endKey, rows)
        if (upTo === null) return null
        const { filledRows } = await fillRange(session, filling, after, upTo)
        work.rowsPerSecond = await checkpointBackfill(session, work.lease.transition, upTo, filledRows)
        return { upTo, filledRows }
      },
      firstKey: async (session) => await findBatchEnd(session, filling, after, endKey, 1)
    })
    if (done === null) return
    after = done.upTo
    tell(done.filledRows, false)
  }
}
