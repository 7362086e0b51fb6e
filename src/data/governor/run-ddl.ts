import { RefusedLockError } from '../../errors.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import type { Blocker } from '../events.js'
import { describeBlocker, findBlockers, type TableLock } from './blockers.js'
import { outwaitVacuum, VACUUM_LOCK } from './outwait-vacuum.js'
import { backoffMs, pause, throwIfAborted } from './pause.js'
import { withCause } from '../../caught.js'
import { transientReasonOf } from './transient.js'

/** A DDL transaction on one table. */
export interface DdlTransaction<T> {
  readonly transition: string
  /** e.g. `hide`, for messages */
  readonly step: string
  /** quoted, with its schema */
  readonly table: string
  readonly lock: TableLock
  /** the body of the transaction: it must find out by itself whether an earlier attempt has come through */
  readonly work: (session: Session) => Promise<T>
}

/**
 * Runs a DDL transaction, again and again when it could not have its locks within the deadline, a bounded number
 * of times. An attempt does not queue up behind a transaction that is already older than the deadline, since every
 * application query would queue up behind ours.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_LOCK that names who blocks
 */
export async function runDdl<T> (context: Context, ddl: DdlTransaction<T>): Promise<T> {
  let outcome = await attemptDdl(context, ddl)
  for (let attempt = 1; !('result' in outcome); attempt++) {
    const { reason, blockers } = outcome
    if (attempt >= context.lockAttempts) throw refusal(ddl, attempt, outcome)
    const delayMs = backoffMs(attempt)
    context.report({ type: 'lock-retry', transition: ddl.transition, step: ddl.step, attempt, attempts: context.lockAttempts, delayMs, reason, blockers })
    await pause(delayMs, context.signal)
    outcome = await attemptDdl(context, ddl)
  }
  return outcome.result
}

interface Failure { readonly reason: string, readonly blockers: readonly Blocker[], readonly cause?: unknown }

async function attemptDdl<T> (context: Context, ddl: DdlTransaction<T>): Promise<{ result: T } | Failure> {
  throwIfAborted(context.signal)
  try {
    const blockers = await findBlockers(context.database, ddl.table, ddl.lock)
    const old = blockers.filter(({ ageMs, lock }) => ageMs !== null && ageMs > context.lockDeadlineMs && lock !== VACUUM_LOCK)
    if (old.length > 0) return { reason: 'a long transaction holds a lock on the table', blockers: old }
    return {
      result: await context.database.transaction(async (session) => {
        await outwaitVacuum(session, ddl.table)
        return await ddl.work(session)
      })
    }
  } catch (cause) {
    const reason = transientReasonOf(cause)
    if (reason === undefined) throw cause
    return { reason, cause, blockers: await findBlockers(context.database, ddl.table, ddl.lock).catch(() => []) }
  }
}

function refusal (ddl: DdlTransaction<unknown>, attempts: number, { reason, blockers, cause }: Failure): Error {
  const who = [...blockers.map(describeBlocker), 'nobody else was seen']
  const vacuum = blockers.some(({ lock }) => lock === VACUUM_LOCK) ? '. A VACUUM that somebody has started, or that prevents wraparound, does not give way' : ''
  return withCause(new RefusedLockError(`transition \`${ddl.transition}\`, ${ddl.step}: gave up after ${attempts} attempts, nothing was changed (${reason}). Who blocks: ${who.join('; ')}${vacuum}. Let these end and run it again`), cause)
}
