import { RefusedLockError } from '../../errors.js'
import type { Context } from '../context.js'
import type { Session, Sessions } from '../database.js'
import type { Blocker } from '../events.js'
import { describeBlocker, findBlockers, type TableLock } from './blockers.js'
import { outwaitVacuum, VACUUM_LOCK } from './outwait-vacuum.js'
import { backoffMs, pause, throwIfAborted } from './pause.js'
import { withCause } from '../../caught.js'
import { transientReasonOf } from './transient.js'

/** The limits within which DDL runs, and the connections on which it does. */
export interface Governed extends Pick<Context, 'signal' | 'lockDeadlineMs' | 'lockAttempts'> {
  readonly database: Sessions
}

/** A transaction gave up its place in the lock queue and will try again. */
export interface LockRetry {
  readonly attempt: number
  readonly attempts: number
  readonly delayMs: number
  readonly reason: string
  readonly blockers: readonly Blocker[]
}

/** A transaction that needs a lock which holds up others. */
export interface LockedTransaction<T> {
  /** what it is for, with which messages begin */
  readonly subject: string
  /** the lock of each table that is locked, quoted, with its schema */
  readonly locks: ReadonlyMap<string, TableLock>
  /** the body of the transaction: it must find out by itself whether an earlier attempt has come through */
  readonly work: (session: Session) => Promise<T>
  readonly onRetry: (retry: LockRetry) => void
}

/**
 * Runs a DDL transaction, again and again when it could not have its locks within the deadline, a bounded number
 * of times. An attempt does not queue up behind a transaction that is already older than the deadline, since every
 * application query would queue up behind ours.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_LOCK that names who blocks
 */
export async function runLocked<T> (governed: Governed, transaction: LockedTransaction<T>): Promise<T> {
  const { lockAttempts: attempts, signal } = governed
  let outcome = await attemptLocked(governed, transaction)
  for (let attempt = 1; !('result' in outcome); attempt++) {
    const { reason, blockers } = outcome
    if (attempt >= attempts) throw refusal(transaction.subject, attempt, outcome)
    const delayMs = backoffMs(attempt)
    transaction.onRetry({ attempt, attempts, delayMs, reason, blockers })
    await pause(delayMs, signal)
    outcome = await attemptLocked(governed, transaction)
  }
  return outcome.result
}

interface Failure { readonly reason: string, readonly blockers: readonly Blocker[], readonly cause?: unknown }

async function attemptLocked<T> ({ database, signal, lockDeadlineMs }: Governed, { locks: named, work }: LockedTransaction<T>): Promise<{ result: T } | Failure> {
  throwIfAborted(signal)
  // for all who lock several in the same order
  const locks = [...named].sort(([one], [other]) => one < other ? -1 : 1)
  try {
    const blockers = await findAllBlockers(database, locks)
    const old = blockers.filter(({ ageMs, lock }) => ageMs !== null && ageMs > lockDeadlineMs && lock !== VACUUM_LOCK)
    if (old.length > 0) return { reason: 'a long transaction holds a lock on the table', blockers: old }
    return {
      result: await database.transaction(async (session) => {
        for (const [table] of locks) await outwaitVacuum(session, table)
        return await work(session)
      })
    }
  } catch (cause) {
    const reason = transientReasonOf(cause)
    if (reason === undefined) throw cause
    return { reason, cause, blockers: await findAllBlockers(database, locks).catch(() => []) }
  }
}

async function findAllBlockers (session: Session, locks: ReadonlyArray<readonly [string, TableLock]>): Promise<Blocker[]> {
  const blockers: Blocker[] = []
  for (const [table, lock] of locks) blockers.push(...await findBlockers(session, table, lock))
  return blockers
}

function refusal (subject: string, attempts: number, { reason, blockers, cause }: Failure): Error {
  const who = [...blockers.map(describeBlocker), 'nobody else was seen']
  const vacuum = blockers.some(({ lock }) => lock === VACUUM_LOCK) ? '. A VACUUM that somebody has started, or that prevents wraparound, does not give way' : ''
  return withCause(new RefusedLockError(`${subject}: gave up after ${attempts} attempts, nothing was changed (${reason}). Who blocks: ${who.join('; ')}${vacuum}. Let these end and run it again`), cause)
}
