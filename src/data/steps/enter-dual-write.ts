import type { Context } from '../context.js'
import { createFunctions, createTriggers } from '../dual-writer/triggers.js'
import { pinSearchPath, readSides } from '../dual-writer/sides.js'
import type { Lease } from '../state/lease.js'
import type { TransitionState } from '../state/transitions.js'
import { commitStep } from './commit-step.js'

/** expand → dual-write: from this commit on the database keeps both sides in sync, whoever writes. */
export async function enterDualWrite (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  await commitStep(context, lease, state, 'dual-write', {
    lock: 'share row exclusive',
    plan: async (session, current) => {
      await pinSearchPath(session)
      const sides = await readSides(session, current, false)
      return { unlocked: createFunctions('create', current, sides), locked: createTriggers(current, sides) }
    }
  })
}
