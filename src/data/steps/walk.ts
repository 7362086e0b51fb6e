import { runBackfill } from '../backfill/run-backfill.js'
import { takeBackConstraints } from '../constrain/take-back.js'
import { RefusedStepError } from '../../errors.js'
import { buildTwins } from '../constrain/twin-indexes.js'
import type { Context } from '../context.js'
import type { AdvanceResult } from '../results.js'
import { phaseDistance, type Phase } from '../phases.js'
import { refuseDamaged } from '../gate/refuse-damaged.js'
import { throwIfAborted } from '../governor/pause.js'
import { acquireLease, type Lease } from '../state/lease.js'
import { refusePaused } from '../state/pauses.js'
import { requireTransition, type TransitionState } from '../state/transitions.js'
import { allowSettingAside } from './back-to-backfill.js'
import { phaseAfter, stepsBetween } from './step-table.js'

/**
 * Takes one step after the other under the lease, each from the phase that the database shows.
 *
 * @param to absent: one step forward
 * @throws FST_ERR_VINTAGE_REFUSED_STEP when `to` lies the other way
 * @throws FST_ERR_VINTAGE_REFUSED_PAUSED while somebody has paused it
 * @throws FST_ERR_VINTAGE_REFUSED_COLUMNS, FST_ERR_VINTAGE_REFUSED_TRIGGERS when somebody else has taken a part of it away
 */
export async function walk (context: Context, transition: string, direction: 'forward' | 'back', to?: Phase): Promise<AdvanceResult> {
  const lease = await acquireLease(context, transition)
  try {
    const start = await requireTransition(context.database, transition)
    const target = to ?? phaseAfter(start.phase) ?? start.phase
    refuseWrongWay(start, direction, target)
    refusePaused(start)
    await refuseDamaged(context, start)
    await takeUp(context, lease, start, target)
    const steps: Phase[] = []
    let state = start
    for (const step of stepsBetween(start.phase, target)) {
      throwIfAborted(context.signal)
      refusePaused(state)
      await refuseDamaged(context, state)
      await step(context, lease, state)
      state = await requireTransition(context.database, transition)
      steps.push(state.phase)
    }
    return { transition, from: start.phase, phase: state.phase, epoch: state.epoch, steps }
  } finally {
    await lease.release()
  }
}

/** The twins, a way back, a backfill, or a step to read-new, that were killed are taken up again, or back, also by `advance --to` the phase that is there. */
async function takeUp (context: Context, lease: Lease, state: TransitionState, target: Phase): Promise<void> {
  if (state.phase === 'dual-write' && target === 'dual-write') await buildTwins(context, lease, state)
  if (state.phase !== 'backfill' || phaseDistance('backfill', target) > 0) return
  await allowSettingAside(context, lease, state)
  await takeBackConstraints(context, lease, state, 'all')
  if (target === 'backfill') await runBackfill(context, lease, state)
}

function refuseWrongWay (state: TransitionState, direction: 'forward' | 'back', target: Phase): void {
  const distance = phaseDistance(state.phase, target)
  if (direction === 'forward' && distance < 0) {
    throw new RefusedStepError(`transition \`${state.name}\` is at \`${state.phase}\`, which lies after \`${target}\`: \`vintage rollback --to ${target}\` leads back`)
  }
  if (direction === 'back' && distance > 0) {
    throw new RefusedStepError(`transition \`${state.name}\` is at \`${state.phase}\`, which lies before \`${target}\`: \`vintage advance --to ${target}\` leads there`)
  }
  if (direction === 'back' && state.phase === 'drop' && distance < 0) {
    throw new RefusedStepError(`transition \`${state.name}\` is at \`drop\`: the old columns are gone, nothing leads back. A new transition in the other direction would`)
  }
}
