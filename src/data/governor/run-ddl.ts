import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { lookAtFence, type Lease } from '../state/lease.js'
import type { TableLock } from './blockers.js'
import { endingOf } from './blocker-policy.js'
import { keepEnded } from './keep-ended.js'
import { runLocked } from './run-locked.js'

/** A DDL transaction on the table of a transition. */
export interface DdlTransaction<T> {
  readonly transition: string
  /** e.g. `hide`, for messages */
  readonly step: string
  /** quoted, with its schema */
  readonly table: string
  /** other tables that are locked as well, quoted, with their schema: those that a foreign key refers to */
  readonly alsoLocked?: readonly string[]
  /** the lock of these @default that of the table */
  readonly alsoLock?: TableLock
  readonly lock: TableLock
  /** who has lost it gives way before queueing up for a lock; null where a transition has none yet */
  readonly lease: Lease | null
  /** the body of the transaction: it must find out by itself whether an earlier attempt has come through */
  readonly work: (session: Session) => Promise<T>
}

/**
 * Runs a DDL transaction of a transition within the deadline for its locks, and reports each attempt that failed.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_LOCK that names who blocks
 */
export async function runDdl<T> (context: Context, { transition, step, table, alsoLocked = [], lock, alsoLock = lock, lease, work }: DdlTransaction<T>): Promise<T> {
  return await runLocked(context, {
    subject: `transition \`${transition}\`, ${step}`,
    // a table that refers to itself has its own lock
    locks: new Map([...alsoLocked.map((other) => [other, alsoLock] as const), [table, lock]]),
    work,
    mayTry: async (session) => { if (lease !== null) await lookAtFence(session, lease) },
    ending: endingOf(context.blockers, keepEnded(context, transition)),
    onRetry: (retry) => context.report({ type: 'lock-retry', transition, step, ...retry })
  })
}
