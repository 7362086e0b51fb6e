import { RefusedFenceError } from '../../errors.js'
import type { Context } from '../context.js'
import { pause } from '../governor/pause.js'
import { noteHeld } from '../state/backfills.js'
import { fence, type Fence } from '../state/lease.js'
import { requireTransition } from '../state/transitions.js'
import { findOverload } from './server-load.js'

const POLL_MS = 250

/** What batches wait at before they begin. */
export interface Brake {
  /**
   * Waits while the transition is paused or a limit is passed. Workers who come while one is looking wait with it.
   *
   * @returns whether there was anything to wait for
   * @throws FST_ERR_VINTAGE_REFUSED_FENCE when another operator has taken over, or the one that a worker of another process works for has ended
   */
  wait (): Promise<boolean>
}

/** @param leads whether this process is the operator: it writes down why nothing is begun, for `status`; others follow it, and stop when it ends */
export function createBrake (context: Context, lease: Fence, leads: boolean): Brake {
  let looking: Promise<boolean> | undefined
  return {
    async wait () {
      looking ??= holdBack(context, lease, leads).finally(() => { looking = undefined })
      return await looking
    }
  }
}

async function holdBack (context: Context, lease: Fence, leads: boolean): Promise<boolean> {
  let told: string | null = null
  for (let reason = await findReason(context, lease, leads); reason !== null; reason = await findReason(context, lease, leads)) {
    if (kindOf(reason) !== kindOf(told)) {
      await tell(context, lease, leads, reason)
      told = reason
    }
    await pause(POLL_MS, context.signal)
  }
  if (told !== null) await tell(context, lease, leads, null)
  return told !== null
}

async function findReason ({ database, limits }: Context, { transition, token }: Fence, leads: boolean): Promise<string | null> {
  const { pausedBy, operated, operatorToken } = await requireTransition(database, transition)
  if (!leads && !(operated && operatorToken === token)) throw new RefusedFenceError(`transition \`${transition}\`: the operator that this worker works for has ended`)
  return pausedBy === null ? await findOverload(database, limits) : `paused by ${pausedBy}`
}

/** Figures change from look to look; that is nothing new to tell. */
function kindOf (reason: string | null): string | undefined {
  return reason?.replaceAll(/[\d.]+/g, '')
}

async function tell ({ database, report }: Context, lease: Fence, leads: boolean, reason: string | null): Promise<void> {
  if (leads) {
    await database.transaction(async (session) => {
      await fence(session, lease, 'key share')
      await noteHeld(session, lease.transition, reason)
    })
  }
  report({ type: 'backfill-held', transition: lease.transition, reason })
}
