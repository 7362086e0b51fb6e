import { runBackfill } from '../backfill/run-backfill.js'
import { buildTwins } from '../constrain/twin-indexes.js'
import type { Context } from '../context.js'
import type { TransitionState } from '../state/transitions.js'
import type { Lease } from '../state/lease.js'
import { awaitFleet } from '../gate/await-fleet.js'
import { agreeToFire } from '../gate/refuse-firing-triggers.js'
import { commitStep } from './commit-step.js'

/** dual-write → backfill: the phase begins, then every row is filled. */
export async function enterBackfill (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  await agreeToFire(context, lease, state)
  await buildTwins(context, lease, state)
  await awaitFleet(context, state)
  await commitStep(context, lease, state, 'backfill', null)
  await runBackfill(context, lease, { ...state, phase: 'backfill', epoch: state.epoch + 1 })
}
