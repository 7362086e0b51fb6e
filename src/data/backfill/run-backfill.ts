import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { agreeToFire } from '../gate/refuse-firing-triggers.js'
import { countSetAside, openLedger } from '../set-aside/ledger.js'
import { announceRun, beginBackfill, finishBackfill, readBackfill, type BackfillState } from '../state/backfills.js'
import { logEvent } from '../state/events.js'
import { fence, type Lease } from '../state/lease.js'
import type { TransitionState } from '../state/transitions.js'
import { createBrake } from './hold-back.js'
import { findLastKey, readFilling, type Filling } from './fill-batch.js'
import { startProgress } from './progress.js'
import { sweep } from './sweep.js'
import { beginWork, workTogether } from './work-together.js'

/** Above this many rows the planner's estimate does for the progress bar. */
const COUNT_UP_TO_ROWS = 100_000

/**
 * Fills the new side of every row that has the marker: in ranges of the primary key up to the key that was last
 * when filling began (later rows are filled by the dual writer), by as many workers as this process has and others
 * that join; then wherever a marker is left, until two looks in a row find none. Each batch commits with its
 * checkpoint, so that a killed run goes on where it was.
 *
 * @throws FST_ERR_VINTAGE_BACKFILL naming the row, when one cannot be filled
 * @throws FST_ERR_VINTAGE_REFUSED_TRIGGERS when triggers would fire to which nobody has agreed
 */
export async function runBackfill (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  const { filling, begun } = await prepare(context, lease, state)
  // once all is filled, a trigger that has come since fires for nothing, unless a batch finds something
  if (begun.finishedAt === null || context.fireTriggers) await agreeToFire(context, lease, state)
  const progress = startProgress(context.report, state.name, begun)
  if (begun.finishedAt === null) await workTogether({ context, lease, filling, leads: true, progress })
  const work = beginWork({ context, lease, filling }, createBrake(context, lease, true), 1)
  await sweep(work, filling, progress)
  await context.database.transaction(async (session) => {
    await fence(session, lease, 'share')
    if (begun.finishedAt !== null) return
    await finishBackfill(session, state.name)
    await logEvent(session, { transition: state.name, event: 'backfilled', phase: state.phase, epoch: state.epoch, by: context.by, details: {} })
  })
  progress.tell(work.rows, true)
  await tellSetAside(context, state)
}

async function tellSetAside ({ database, report }: Context, state: TransitionState): Promise<void> {
  if (state.definition.onError !== 'set-aside') return
  const rows = await database.transaction(async (session) => await countSetAside(session, await openLedger(session, state)))
  if (rows > 0) report({ type: 'set-aside', transition: state.name, rows })
}

async function prepare ({ database, limits }: Context, lease: Lease, state: TransitionState): Promise<{ filling: Filling, begun: BackfillState }> {
  const { filling, rows } = await database.transaction(async (session) => {
    const filling = await readFilling(session, state)
    // counted before the state row is locked, on which the lease's heartbeat would wait
    return { filling, rows: await readBackfill(session, state.name) === undefined ? await countRows(session, filling) : 0 }
  })
  const begun = await database.transaction(async (session) => {
    await fence(session, lease, 'update')
    await session.query("set local row_security = off; set local datestyle = 'ISO'")
    const begun = await readBackfill(session, state.name) ??
      await beginBackfill(session, state.name, await findLastKey(session, filling), rows)
    await announceRun(session, lease, limits)
    return begun
  })
  return { filling, begun }
}

async function countRows (session: Session, { table, marker }: Filling): Promise<number> {
  const [estimate] = await session.query('select reltuples::bigint as rows from pg_class where oid = to_regclass($1)', [table])
  if (Number(estimate?.rows) > COUNT_UP_TO_ROWS) return Number(estimate?.rows)
  const [exact] = await session.query(`select count(*) as rows from only ${table} where ${marker}`)
  return Number(exact?.rows)
}
