import { RefusedStepError } from '../../errors.js'
import { logIndex } from '../constrain/index-owner.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import type { TableLock } from '../governor/blockers.js'
import { startDeadline } from '../governor/deadline.js'
import { runDdl } from '../governor/run-ddl.js'
import type { Phase } from '../phases.js'
import { logEvent } from '../state/events.js'
import { fence, type Lease } from '../state/lease.js'
import type { TransitionState } from '../state/transitions.js'

/** Statements of a step. */
export interface StepPlan {
  /** they take no lock on the table, so the clock does not run yet */
  readonly unlocked: readonly string[]
  /** on the read view: they lock it as its readers do, before the table, and within the deadline @default none */
  readonly view?: readonly string[]
  /** they run under the table's lock, within the deadline */
  readonly locked: readonly string[]
  /** names of the indexes that these drop @default none */
  readonly dropped?: readonly string[]
}

/** What one step does to the table, in one transaction with the new phase. */
export interface TableChange {
  readonly lock: TableLock
  /** other tables that its statements lock, quoted, with their schema @default none */
  readonly alsoLocked?: (state: TransitionState) => readonly string[]
  /** reads the catalogue, before the lock is asked for */
  readonly plan: (session: Session, state: TransitionState) => Promise<StepPlan>
  /** looks at the fleet, which nobody joins before the step is committed or undone; throws when the step may not be taken */
  readonly checkFleet?: (session: Session, state: TransitionState) => Promise<void>
  /** looks under the lock, and within its deadline, whether the step may be taken; throws when not */
  readonly check?: (session: Session, state: TransitionState) => Promise<void>
}

const CHANGE_PHASE = 'update vintage.transitions set phase = $2, epoch = epoch + 1, changed_at = clock_timestamp() where name = $1'

/**
 * Whoever registers, or renews a lease, waits for the outcome and reads the phase afterwards. Such a session holds no
 * other lock meanwhile, so there is no order in which it could deadlock with us; and the deadline is far below a lease.
 */
const HOLD_FLEET = 'lock table vintage.instances in share mode'

/**
 * Takes one step from the phase that `state` shows: locks the state row, compares the fencing token, changes the
 * table within the deadline, and writes the phase; all or nothing.
 *
 * @param change null: only the phase changes
 */
export async function commitStep (context: Context, lease: Lease, state: TransitionState, to: Phase, change: TableChange | null): Promise<void> {
  const work = async (session: Session): Promise<void> => {
    const current = await fence(session, lease, 'update')
    // an earlier attempt, whose commit was not heard of, has come through
    if (current.phase === to && current.epoch === state.epoch + 1) return
    if (current.epoch !== state.epoch) throw movedOn(state, current)
    if (change !== null) await changeTable(context, session, current, change)
    await session.query(CHANGE_PHASE, [state.name, to])
    await logEvent(session, { transition: state.name, event: 'phase', phase: to, epoch: state.epoch + 1, by: context.by, details: { from: state.phase } })
  }
  if (change === null) await context.database.transaction(work)
  else await runChange(context, lease, state, to, change, work)
  context.report({ type: 'phase', transition: state.name, from: state.phase, phase: to, epoch: state.epoch + 1, fresh: false })
}

/** Runs a transaction that makes a change, when its locks are to be had. */
export async function runChange (context: Context, lease: Lease, state: TransitionState, step: Phase, { lock, alsoLocked }: TableChange, work: (session: Session) => Promise<void>): Promise<void> {
  await runDdl(context, { transition: state.name, step, table: qualifiedTable(state), alsoLocked: alsoLocked?.(state) ?? [], lock, lease, work })
}

/** Makes one change within the deadline, in a transaction that holds the fence. */
export async function changeTable (context: Context, session: Session, state: TransitionState, change: TableChange): Promise<void> {
  const plan = await change.plan(session, state)
  for (const statement of plan.unlocked) await session.query(statement)
  const run = startDeadline(session, context.lockDeadlineMs)
  if (change.checkFleet !== undefined) {
    await run(HOLD_FLEET)
    await change.checkFleet({ query: run }, state)
  }
  for (const statement of plan.view ?? []) await run(statement)
  await run(`lock table ${qualifiedTable(state)} in ${change.lock} mode`)
  await change.check?.({ query: run }, state)
  for (const index of plan.dropped ?? []) await logIndex(context, { query: run }, state, 'index-dropped', index)
  for (const statement of plan.locked) await run(statement)
}

function movedOn (expected: TransitionState, found: TransitionState): Error {
  return new RefusedStepError(`transition \`${expected.name}\` is at \`${found.phase}\` (epoch ${found.epoch}) and no longer at \`${expected.phase}\` (epoch ${expected.epoch}): nothing was done, look at \`vintage status\``)
}
