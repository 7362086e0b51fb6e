import { runBackfill } from '../backfill/run-backfill.js'
import { buildIndexes } from '../constrain/build-indexes.js'
import { requireColumns } from '../constrain/require-columns.js'
import { dropTwins } from '../constrain/twin-indexes.js'
import type { Context } from '../context.js'
import { RefusedFleetError } from '../../errors.js'
import { awaitAcknowledgements } from '../gate/await-acknowledgements.js'
import { awaitFleet } from '../gate/await-fleet.js'
import type { Lease } from '../state/lease.js'
import type { TransitionState } from '../state/transitions.js'
import { requireVerified } from '../verify/require-verified.js'
import { commitStep } from './commit-step.js'

/** backfill → read-new: once every row is filled and verified, and the new side has its indexes and NOT NULLs. */
export async function enterReadNew (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  await runBackfill(context, lease, state)
  await requireVerified(context, state, 'read-new')
  await buildIndexes(context, lease, state)
  await requireColumns(context, lease, state)
  await awaitFleet(context, state)
  await commitStep(context, lease, state, 'read-new', null)
  await dropTwinsOnceUnread(context, { ...state, phase: 'read-new', epoch: state.epoch + 1 })
}

/** The phase has been entered, whoever is behind: then the twins go before `hide`, which waits for the fleet anyway. */
async function dropTwinsOnceUnread (context: Context, state: TransitionState): Promise<void> {
  try {
    await awaitAcknowledgements(context, state)
  } catch (error) {
    if (error instanceof RefusedFleetError) return
    throw error
  }
  await dropTwins(context, state)
}
