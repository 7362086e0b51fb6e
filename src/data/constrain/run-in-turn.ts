import { withCause } from '../../caught.js'
import { RefusedFenceError } from '../../errors.js'
import type { Context } from '../context.js'
import { runLong, type LongOptions } from '../governor/run-long.js'
import { fence, lookAtFence, type Lease } from '../state/lease.js'

/**
 * Runs a long statement of a transition, which no transaction can fence: the session that runs it has the turn of the
 * transition, and compares the token while it has it. Whoever takes the lease over sees the turn, and waits for its
 * end or ends it, so that none of these statements begins once another operator is at work.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_FENCE when another operator has taken over
 */
export async function runInTurn (context: Context, lease: Lease, statement: string, options: Pick<LongOptions, 'endsWithClient'> = {}): Promise<void> {
  const wanted: NonNullable<LongOptions['turn']>['wanted'] = async (session) => {
    await fence(session, lease, 'share')
    return true
  }
  try {
    await runLong(context, statement, { ...options, turn: { key: lease.transition, wanted } })
  } catch (cause) {
    throw await explainByFence(context, lease, cause)
  }
}

/** Whoever has taken over ends such a statement, with an error that says nothing of it. */
async function explainByFence ({ database }: Context, lease: Lease, cause: unknown): Promise<unknown> {
  try {
    await lookAtFence(database, lease)
  } catch (error) {
    // a look that failed says nothing, and the first refusal is as good as a second one
    if (error instanceof RefusedFenceError && !(cause instanceof RefusedFenceError)) return withCause(error, cause)
  }
  return cause
}
