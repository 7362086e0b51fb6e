import { runBackfill } from '../backfill/run-backfill.js'
import { buildConstraints } from '../constrain/build-constraints.js'
import { buildIndex, buildIndexes } from '../constrain/build-indexes.js'
import { requireColumns } from '../constrain/require-columns.js'
import { orTakeBack, takeBackConstraints } from '../constrain/take-back.js'
import { dropTwins } from '../constrain/twin-indexes.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { pinSearchPath, qualifiedTable, readSides } from '../dual-writer/sides.js'
import { createFunctions } from '../dual-writer/triggers.js'
import { RefusedFleetError } from '../../errors.js'
import { awaitAcknowledgements } from '../gate/await-acknowledgements.js'
import { awaitFleet } from '../gate/await-fleet.js'
import { refuseDifferences, tellDifferences } from '../gate/refuse-differences.js'
import { refuseMissingTriggers } from '../gate/refuse-damaged.js'
import { readClock } from '../state/clock.js'
import type { Lease } from '../state/lease.js'
import { pendingIndexesOf } from '../sql/create-index.js'
import { transitionOf, type TransitionState } from '../state/transitions.js'
import { lockedForWriters, type PlannedStatement } from '../plan.js'
import { planView } from '../read-view/plan-view.js'
import { requireVerified } from '../verify/require-verified.js'
import { refuseMarked, refuseSetAside } from '../set-aside/refuse-set-aside.js'
import { isHalfWayBack } from './back-to-backfill.js'
import { commitStep, type TableChange } from './commit-step.js'

/** backfill → read-new: once every row is filled and verified, and the new side has its indexes and NOT NULLs. */
export async function enterReadNew (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  if (await isHalfWayBack(context.database, state)) {
    // instances that read the new columns themselves go by the constraints until they have acknowledged
    await enter(context, lease, state)
  } else {
    await takeBackConstraints(context, lease, state, 'not valid')
    await orTakeBack(context, lease, state, async () => await enter(context, lease, state))
  }
  await dropTwinsOnceUnread(context, lease, { ...state, phase: 'read-new', epoch: state.epoch + 1 })
}

async function enter (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  await runBackfill(context, lease, state)
  if (setsAside(state)) await context.database.transaction(async (session) => await refuseSetAside(session, state))
  for (const index of pendingIndexesOf(transitionOf(state))) await buildIndex(context, lease, state, index)
  const verifiedFrom = await readClock(context.database)
  await requireVerified(context, state, 'read-new')
  await refuseDifferences(context.database, state, verifiedFrom)
  await tellDifferences(context, state)
  // who is behind is told before the work of hours that would be taken back
  await awaitFleet(context, state)
  await buildIndexes(context, lease, state)
  await requireColumns(context, lease, state)
  await buildConstraints(context, lease, state)
  await awaitFleet(context, state)
  await commitStep(context, lease, state, 'read-new', { lock: setsAside(state) ? WRITERS_WAIT : 'share update exclusive', plan: planReadNew, check: async (session, found) => await lookAgain(session, found, verifiedFrom) })
}

const WRITERS_WAIT = 'share row exclusive'

/** The lock of the step itself, where anybody may have to wait for it. */
export function planReadNewLock (state: TransitionState, deadlineMs: number): PlannedStatement[] {
  return setsAside(state) ? [lockedForWriters(`lock table ${qualifiedTable(state)} in ${WRITERS_WAIT} mode`, deadlineMs)] : []
}

/** No row is set aside from now on: who reads the new column itself would see a null. */
export const planReadNew: TableChange['plan'] = async (session, state) => {
  const view = await planView(session, state, 'read-new')
  if (!setsAside(state)) return { view, unlocked: [], locked: [] }
  await pinSearchPath(session)
  return { view, unlocked: createFunctions('create or replace', state, await readSides(session, state, false)), locked: [] }
}

/** What was looked at before, under a lock that a change of the triggers waits for, and writers where rows may be set aside. */
async function lookAgain (session: Session, state: TransitionState, verifiedFrom: Date): Promise<void> {
  await refuseMissingTriggers(session, state)
  if (setsAside(state)) await refuseMarked(session, state)
  await refuseDifferences(session, state, verifiedFrom)
}

function setsAside ({ definition }: TransitionState): boolean {
  return definition.onError === 'set-aside'
}

/** The phase has been entered, whoever is behind: then the twins go before `hide`, which waits for the fleet anyway. */
async function dropTwinsOnceUnread (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  try {
    await awaitAcknowledgements(context, state)
  } catch (error) {
    if (error instanceof RefusedFleetError) return
    throw error
  }
  await dropTwins(context, lease, state)
}
