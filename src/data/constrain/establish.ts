import { messageOf, withCause } from '../../caught.js'
import { RefusedLockError } from '../../errors.js'
import type { Context } from '../context.js'
import { pinSearchPath, qualifiedTable } from '../dual-writer/sides.js'
import { startDeadline } from '../governor/deadline.js'
import { runDdl } from '../governor/run-ddl.js'
import { runLong } from '../governor/run-long.js'
import { codeOf } from '../governor/transient.js'
import { fence, type Lease } from '../state/lease.js'
import type { TransitionState } from '../state/transitions.js'

/** check and foreign key violations */
const VIOLATIONS = new Set(['23503', '23514'])

/** How a constraint comes into place without the table being read under an exclusive lock. */
export interface Establishing {
  /** e.g. `NOT NULL`, for messages */
  readonly what: string
  /** short: from now on new rows satisfy it */
  readonly announce: readonly string[]
  /** long: old rows are held against it */
  readonly validate: string
  /** short: what is believed on the strength of that */
  readonly finish: readonly string[]
  readonly takeBack: string
  /** throws when rows do not satisfy it, naming them */
  readonly refuse: () => Promise<void>
}

/** Takes the steps of a constraint, and the first of them back when a later one fails. */
export async function establish (context: Context, lease: Lease, state: TransitionState, establishing: Establishing): Promise<void> {
  const { what, announce, validate, finish, takeBack, refuse } = establishing
  await alterTable(context, lease, state, what, announce)
  try {
    await runLong(context, validate)
    if (finish.length > 0) await alterTable(context, lease, state, what, finish)
  } catch (cause) {
    await undo(context, lease, state, what, takeBack, cause)
    if (VIOLATIONS.has(String(codeOf(cause)))) await refuse()
    throw cause
  }
}

/**
 * Left in place, a constraint would refuse writes of a transition that is not going on, so that an abort does not keep
 * this from going.
 */
async function undo (context: Context, lease: Lease, state: TransitionState, what: string, takeBack: string, cause: unknown): Promise<void> {
  try {
    await alterTable({ ...context, signal: new AbortController().signal }, lease, state, what, [takeBack])
  } catch (error) {
    throw withCause(new RefusedLockError(`${messageOf(cause)} — and the constraint that was on its way (${what}) could not be taken back (${messageOf(error)}): until then it refuses every write that does not satisfy it. Run the same command again, or: ${takeBack}`), cause)
  }
}

/** Runs short statements under the fence, within the deadline. */
export async function alterTable (context: Context, lease: Lease, state: TransitionState, step: string, statements: readonly string[]): Promise<void> {
  await runDdl(context, {
    transition: state.name,
    step,
    table: qualifiedTable(state),
    lock: 'access exclusive',
    work: async (session) => {
      await fence(session, lease, 'share')
      // conditions mean what they meant to the preflight, whatever else the operator's path holds
      await pinSearchPath(session)
      const run = startDeadline(session, context.lockDeadlineMs)
      for (const statement of statements) await run(statement)
    }
  })
}
