import { BackfillError } from '../../errors.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { pinSearchPath } from '../dual-writer/sides.js'
import { refuseMissingTriggers } from '../gate/refuse-damaged.js'
import { refuseFiringTriggers } from '../gate/refuse-firing-triggers.js'
import { throwIfAborted } from '../governor/pause.js'
import { isDataError } from '../governor/data-error.js'
import { transientReasonOf } from '../governor/transient.js'
import { fence, type Fence } from '../state/lease.js'
import { messageOf, withCause } from '../../caught.js'
import type { Brake } from './hold-back.js'
import type { KeyValues, PrimaryKey } from './key.js'
import { outwait } from './outwait.js'
import { awaitPace, largestBatch, nextBatchRows, returnPace } from './pace.js'

/**
 * A batch waits this long for a row that another session holds, then lets go of its own rows and tries again. Its commit waits
 * for no disk: what a crash of the server takes back, it takes back together with the checkpoint.
 */
export const LIMITS = "set local lock_timeout = '2s'; set local statement_timeout = '30s'; set local idle_in_transaction_session_timeout = '30s'; set local row_security = off; set local synchronous_commit = off; set local datestyle = 'ISO'"

/** One batch of a backfill. */
export interface Batch<T extends { readonly writtenRows: number }> {
  /** fills at most `rows` rows and moves the checkpoint, in the transaction given; null: there was nothing to fill */
  run (session: Session, rows: number): Promise<T | null>
  /** the key of the first row of the batch, to name a row that cannot be filled */
  firstKey (session: Session): Promise<KeyValues | null | undefined>
}

/** What the batches of one worker have in common; `rows` is the steered size of the next one. */
export interface BatchWork {
  readonly context: Context
  readonly lease: Fence
  readonly key: PrimaryKey
  /** shown beside its ranges */
  readonly worker: string
  /** the same for all workers of a process */
  readonly brake: Brake
  rows: number
}

/**
 * Runs one batch in its own transaction under the fence, again and smaller when it failed for a reason that passes.
 * A row whose value cannot be upgraded is closed in on by halving, and named.
 *
 * @throws FST_ERR_VINTAGE_BACKFILL
 * @throws FST_ERR_VINTAGE_REFUSED_TRIGGERS when somebody has switched the dual writer off, or made a trigger to which nobody has agreed
 */
export async function runBatch<T extends { readonly writtenRows: number }> (work: BatchWork, batch: Batch<T>): Promise<T | null> {
  let outcome = await attemptBatch(work, batch)
  for (let failures = 0; 'cause' in outcome;) {
    failures = await recover(work, batch, outcome.cause, failures)
    outcome = await attemptBatch(work, batch)
  }
  return outcome.filled
}

async function attemptBatch<T extends { readonly writtenRows: number }> (work: BatchWork, batch: Batch<T>): Promise<{ filled: T | null } | { cause: unknown }> {
  const { context, lease } = work
  throwIfAborted(context.signal)
  try {
    work.rows = Math.min(work.rows, largestBatch(context.limits.maxRowsPerSecond))
    const rows = work.rows
    await awaitTurn(work, rows)
    const start = performance.now()
    const filled = await context.database.transaction(async (session) => {
      await session.query(LIMITS)
      await pinSearchPath(session, work.key.operatorSchemas)
      const state = await fence(session, lease, 'key share')
      const done = await batch.run(session, rows)
      // looked at last, under the lock that the batch has taken: nobody has changed them since it began to write
      await refuseMissingTriggers(session, state)
      await refuseFiringTriggers(session, state)
      return done
    })
    await returnPace(context, lease.transition, rows - (filled?.writtenRows ?? 0))
    if (filled !== null) work.rows = nextBatchRows(rows, performance.now() - start)
    return { filled }
  } catch (cause) {
    return { cause }
  }
}

/** Whoever was held back after his turn had come takes another: all who wait go on at the same moment. */
async function awaitTurn ({ context, lease, brake }: BatchWork, rows: number): Promise<void> {
  do await awaitPace(context, lease.transition, rows)
  while (await brake.wait())
}

/** Makes the batch smaller, and waits; @returns failures in a row that had nothing to do with the data */
async function recover (work: BatchWork, batch: Pick<Batch<never>, 'firstKey'>, cause: unknown, failures: number): Promise<number> {
  const reason = transientReasonOf(cause)
  if (reason === undefined && !isDataError(cause)) throw cause
  if (reason === undefined && work.rows === 1) throw await badRow(work, batch, cause)
  work.rows = Math.max(1, Math.floor(work.rows / 2))
  return reason === undefined ? failures : await outwait(work, cause, failures)
}

async function badRow ({ context, lease, key }: BatchWork, batch: Pick<Batch<never>, 'firstKey'>, cause: unknown): Promise<Error> {
  const values = await findKey(context, key, batch.firstKey)
  return withCause(new BackfillError(`transition \`${lease.transition}\`: the row with ${describeKey(key, values)} cannot be filled: ${messageOf(cause)}. Mend the row or the expression; all rows before it are filled, and the same command goes on from here`), cause)
}

/** Looks for the key of a row with the operators of its types. */
export async function findKey<Found> ({ database }: Pick<Context, 'database'>, { operatorSchemas }: Pick<PrimaryKey, 'operatorSchemas'>, find: (session: Session) => Promise<Found>): Promise<Found> {
  return await database.transaction(async (session) => {
    await pinSearchPath(session, operatorSchemas)
    return await find(session)
  })
}

/** A key for people: `id = 7`. */
export function describeKey (key: Pick<PrimaryKey, 'columns'>, values: KeyValues | null | undefined): string {
  return key.columns.map(({ plain }, index) => `${plain} = ${values?.[index]}`).join(', ')
}
