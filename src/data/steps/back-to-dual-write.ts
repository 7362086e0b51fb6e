import type { Context } from '../context.js'
import { awaitFleet } from '../gate/await-fleet.js'
import type { Lease } from '../state/lease.js'
import type { TransitionState } from '../state/transitions.js'
import { commitStep } from './commit-step.js'

/** backfill → dual-write: what was filled stays filled, and its checkpoint too; what a killed run left of a constraint has gone before. */
export async function backToDualWrite (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  await awaitFleet(context, state)
  await commitStep(context, lease, state, 'dual-write', null)
}
