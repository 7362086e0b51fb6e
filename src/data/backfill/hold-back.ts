import type { Context } from '../context.js'
import { pause } from '../governor/pause.js'
import { noteHeld } from '../state/backfills.js'
import { fence, type Lease } from '../state/lease.js'
import { requireTransition } from '../state/transitions.js'
import { findOverload } from './server-load.js'

const POLL_MS = 250

/**
 * Waits, before a batch, while the transition is paused or a limit is passed; why is told, and stands in `status`.
 * The lease is kept alive meanwhile.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_FENCE when another operator has taken over
 */
export async function holdBack (context: Context, lease: Lease): Promise<void> {
  let told: string | null = null
  for (let reason = await findReason(context, lease); reason !== null; reason = await findReason(context, lease)) {
    if (kindOf(reason) !== kindOf(told)) {
      await note(context, lease, reason)
      context.report({ type: 'backfill-held', transition: lease.transition, reason })
      told = reason
    }
    await pause(POLL_MS, context.signal)
  }
  if (told === null) return
  await note(context, lease, null)
  context.report({ type: 'backfill-held', transition: lease.transition, reason: null })
}

async function findReason ({ database, limits }: Context, { transition }: Lease): Promise<string | null> {
  const { pausedBy } = await requireTransition(database, transition)
  return pausedBy === null ? await findOverload(database, limits) : `paused by ${pausedBy}`
}

/** Figures change from look to look; that is nothing new to tell. */
function kindOf (reason: string | null): string | undefined {
  return reason?.replaceAll(/[\d.]+/g, '')
}

async function note ({ database }: Context, lease: Lease, reason: string | null): Promise<void> {
  await database.transaction(async (session) => {
    await fence(session, lease, 'share')
    await noteHeld(session, lease.transition, reason)
  })
}
