import type { Context } from '../context.js'
import { buildTwins } from '../constrain/twin-indexes.js'
import { createFunctions, createTriggers } from '../dual-writer/triggers.js'
import { readSettingAside } from '../dual-writer/set-aside.js'
import { pinSearchPath, readSides } from '../dual-writer/sides.js'
import { planView } from '../read-view/plan-view.js'
import { allowFilling } from '../sql/add-columns.js'
import type { Lease } from '../state/lease.js'
import { transitionOf, type TransitionState } from '../state/transitions.js'
import { commitStep, type TableChange } from './commit-step.js'

/** expand → dual-write: from this commit on the database keeps both sides in sync, whoever writes. The twins follow, so that the build that reads the new columns finds them. */
export async function enterDualWrite (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  await commitStep(context, lease, state, 'dual-write', {
    lock: 'access exclusive',
    plan: planDualWrite
  })
  await buildTwins(context, lease, { ...state, phase: 'dual-write', epoch: state.epoch + 1 })
}

/** The functions and triggers; reads the columns of both sides. */
export const planDualWrite: TableChange['plan'] = async (session, state) => {
  await pinSearchPath(session)
  const sides = await readSides(session, state, false)
  return { view: await planView(session, state, 'dual-write'), unlocked: createFunctions('create', state, sides, await readSettingAside(session, state)), locked: [...createTriggers(state, sides), allowFilling(transitionOf(state), sides.table)] }
}
