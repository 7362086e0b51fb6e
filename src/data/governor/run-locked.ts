import { RefusedLockError } from '../../errors.js'
import type { Context } from '../context.js'
import type { Session, Sessions } from '../database.js'
import type { Blocker } from '../events.js'
import { HAVE_THEM_ENDED, type Ending } from './blocker-policy.js'
import { blockerOf, describeHolder, findBlockers, type Holder, type TableLock } from './blockers.js'
import { endBlocker } from './end-blocker.js'
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
  /** whoever stands in the way may be ended; null: the options do not allow it; `never`: no option does */
  readonly ending: Ending | null | 'never'
  /** looks before each attempt, locking nothing, whether it may be made still; throws when not @default it may */
  readonly mayTry?: (session: Session) => Promise<void>
}

/**
 * Runs a DDL transaction, again and again when it could not have its locks within the deadline, a bounded number
 * of times. An attempt does not queue up behind a transaction that is already older than the deadline, since every
 * application query would queue up behind ours. Where there is leave, the second half of the attempts ends such
 * transactions instead.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_LOCK that names who blocks
 */
export async function runLocked<T> (governed: Governed, transaction: LockedTransaction<T>): Promise<T> {
  const { lockAttempts: attempts, signal } = governed
  const known: Known = { firstSeenMs: new Map(), spared: new Map() }
  let outcome = await attemptLocked(governed, transaction, 1, known)
  for (let attempt = 1; !('result' in outcome); attempt++) {
    const { reason, blockers } = outcome
    if (attempt >= attempts) throw refusal(transaction, attempt, outcome, known)
    const delayMs = backoffMs(attempt)
    transaction.onRetry({ attempt, attempts, delayMs, reason, blockers: blockers.map(blockerOf) })
    await pause(delayMs, signal)
    outcome = await attemptLocked(governed, transaction, attempt + 1, known)
  }
  return outcome.result
}

interface Failure { readonly reason: string, readonly blockers: readonly Holder[], readonly cause?: unknown }

/** What the attempts of one transaction have found out, by the id of a holder. */
interface Known {
  /** since when it has stood in the way for certain, where this role may not see when its transaction began */
  readonly firstSeenMs: Map<string, number>
  /** why it was not ended, though there is leave */
  readonly spared: Map<string, string>
}

async function attemptLocked<T> (governed: Governed, transaction: LockedTransaction<T>, attempt: number, known: Known): Promise<{ result: T } | Failure> {
  const { database, signal, lockAttempts } = governed
  const { locks: named, work, mayTry, ending } = transaction
  throwIfAborted(signal)
  // for all who lock several in the same order
  const locks = [...named].sort(([one], [other]) => one < other ? -1 : 1)
  try {
    await mayTry?.(database)
    const old = await findOld(governed, locks, known)
    const left = ending === null || ending === 'never' || attempt <= lockAttempts / 2 ? old : await endAll(governed, ending, old, known)
    const long = left.filter(({ lock }) => lock !== VACUUM_LOCK)
    if (long.length > 0) return { reason: 'a long transaction holds a lock on the table', blockers: long }
    return {
      result: await database.transaction(async (session) => {
        // a reader waits for no vacuum
        for (const [table, lock] of locks) if (lock !== 'access share') await outwaitVacuum(session, table)
        return await work(session)
      })
    }
  } catch (cause) {
    const reason = transientReasonOf(cause)
    if (reason === undefined) throw cause
    return { reason, cause, blockers: await findAllBlockers(database, locks).catch(() => []) }
  }
}

type Locks = ReadonlyArray<readonly [string, TableLock]>

/** Who has stood in the way for longer than the deadline. */
async function findOld ({ database, lockDeadlineMs }: Governed, locks: Locks, { firstSeenMs }: Known): Promise<Holder[]> {
  const nowMs = performance.now()
  return (await findAllBlockers(database, locks)).filter(({ id, ageMs }) => {
    const seenMs = firstSeenMs.get(id) ?? nowMs
    firstSeenMs.set(id, seenMs)
    return (ageMs ?? nowMs - seenMs) > lockDeadlineMs
  })
}

/** @returns who was spared */
async function endAll (governed: Governed, ending: Ending, holders: readonly Holder[], { spared }: Known): Promise<Holder[]> {
  const left: Holder[] = []
  for (const holder of holders) {
    const why = await endBlocker(governed, ending, holder)
    if (why === null) continue
    spared.set(holder.id, why)
    left.push(holder)
  }
  return left
}

async function findAllBlockers (session: Session, locks: Locks): Promise<Holder[]> {
  const blockers: Holder[] = []
  for (const [table, lock] of locks) blockers.push(...await findBlockers(session, table, lock))
  return blockers
}

function refusal ({ subject, ending }: Pick<LockedTransaction<unknown>, 'subject' | 'ending'>, attempts: number, { reason, blockers, cause }: Failure, { spared }: Known): Error {
  const who = [...blockers.map((holder) => describeHolder(holder, spared)), 'nobody else was seen']
  const vacuum = blockers.some(({ lock }) => lock === VACUUM_LOCK) ? '. A VACUUM that somebody has started, or that prevents wraparound, does not give way' : ''
  return withCause(new RefusedLockError(`${subject}: gave up after ${attempts} attempts, nothing was changed (${reason}). Who blocks: ${who.join('; ')}${vacuum}. Let these end${ending === 'never' ? '' : `, or ${HAVE_THEM_ENDED}`}, and run it again`), cause)
}
