import type { Context } from '../context.js'
import { pinSearchPath, readSides } from '../dual-writer/sides.js'
import { createFunctions } from '../dual-writer/triggers.js'
import { awaitFleet } from '../gate/await-fleet.js'
import { unhideColumns } from '../sql/rename-columns.js'
import type { Lease } from '../state/lease.js'
import { transitionOf, type TransitionState } from '../state/transitions.js'
import { commitStep } from './commit-step.js'

/** hide → read-new: the old columns are there again, as right as if they had never been away. */
export async function backToReadNew (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  await awaitFleet(context, state)
  await commitStep(context, lease, state, 'read-new', {
    lock: 'access exclusive',
    plan: async (session, current) => {
      await pinSearchPath(session)
      const sides = await readSides(session, current, true, false)
      return {
        unlocked: createFunctions('create or replace', current, sides),
        locked: unhideColumns(transitionOf(current), sides.table)
      }
    }
  })
}
