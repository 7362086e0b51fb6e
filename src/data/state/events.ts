import type { Session } from '../database.js'
import type { Phase } from '../phases.js'

/** One line of the history of a transition. */
export interface LoggedEvent {
  readonly transition: string
  /** e.g. `phase`, `verified`, `index` */
  readonly event: string
  readonly phase: Phase
  readonly epoch: number
  readonly by: string
  readonly details: unknown
}

export async function logEvent (session: Session, event: LoggedEvent): Promise<void> {
  await session.query(
    'insert into vintage.events (transition, event, phase, epoch, by, details) values ($1, $2, $3, $4, $5, $6)',
    [event.transition, event.event, event.phase, event.epoch, event.by, JSON.stringify(event.details)]
  )
}
