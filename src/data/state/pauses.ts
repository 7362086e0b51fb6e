import { RefusedPausedError } from '../../errors.js'
import type { Session } from '../database.js'
import { logEvent } from './events.js'
import { lockTransition, type TransitionState } from './transitions.js'

/** Pauses a transition: a backfill that runs stops after the batch in hand, and no step is begun. Pausing twice keeps the first. */
export async function pauseTransition (session: Session, name: string, by: string): Promise<void> {
  await change(session, name, by, 'paused', 'update vintage.transitions set paused_by = $2, paused_at = clock_timestamp() where name = $1', [name, by])
}

/** Lets a paused transition go on: a backfill that waits does so by itself. */
export async function resumeTransition (session: Session, name: string, by: string): Promise<void> {
  await change(session, name, by, 'resumed', 'update vintage.transitions set paused_by = null, paused_at = null where name = $1', [name])
}

/** @throws FST_ERR_VINTAGE_REFUSED_PAUSED naming who has paused it, and since when */
export function refusePaused ({ name, pausedBy, pausedAt }: Pick<TransitionState, 'name' | 'pausedBy' | 'pausedAt'>): void {
  if (pausedBy !== null) throw new RefusedPausedError(`transition \`${name}\` is paused by ${pausedBy} since ${pausedAt?.toISOString()}: \`vintage resume ${name}\` lets it go on`)
}

async function change (session: Session, name: string, by: string, event: 'paused' | 'resumed', statement: string, values: readonly string[]): Promise<void> {
  // not so strong that batches under way would have to end first
  const state = await lockTransition(session, name, 'no key update')
  if (state === undefined || (state.pausedBy !== null) === (event === 'paused')) return
  await session.query(statement, values)
  await logEvent(session, { transition: name, event, phase: state.phase, epoch: state.epoch, by, details: {} })
}
