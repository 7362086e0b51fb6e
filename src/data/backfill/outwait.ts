import { BackfillError } from '../../errors.js'
import type { Context } from '../context.js'
import { backoffMs, pause } from '../governor/pause.js'
import { transientReasonOf } from '../governor/transient.js'
import { withCause } from '../../caught.js'

/** Whose work it is. */
export interface Outwaiting {
  readonly context: Pick<Context, 'lockAttempts' | 'report' | 'signal'>
  readonly lease: { readonly transition: string }
  /** of the next batch */
  readonly rows: number
}

/**
 * Waits for what passes, a while longer each time.
 *
 * @param failures in a row before this one
 * @returns with this one
 * @throws cause where it does not pass; FST_ERR_VINTAGE_BACKFILL after as many attempts as the context allows
 */
export async function outwait ({ context, lease, rows }: Outwaiting, cause: unknown, failures: number): Promise<number> {
  const reason = transientReasonOf(cause)
  if (reason === undefined) throw cause
  const attempt = failures + 1
  if (attempt >= context.lockAttempts) throw stalled(lease.transition, attempt, reason, cause)
  const delayMs = backoffMs(attempt)
  context.report({ type: 'backfill-retry', transition: lease.transition, attempt, attempts: context.lockAttempts, batchRows: rows, delayMs, reason })
  await pause(delayMs, context.signal)
  return attempt
}

/** Runs what only reads, again when it failed for a reason that passes. */
export async function persist<Found> (work: Outwaiting, look: () => Promise<Found>, failures = 0): Promise<Found> {
  try {
    return await look()
  } catch (cause) {
    return await persist(work, look, await outwait(work, cause, failures))
  }
}

function stalled (transition: string, attempts: number, reason: string, cause: unknown): Error {
  return withCause(new BackfillError(`transition \`${transition}\`: filling failed ${attempts} times in a row (${reason}); what was filled stays filled, and the same command goes on from here`), cause)
}
