import { messageOf } from '../../caught.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { pinSearchPath, qualifiedTable } from '../dual-writer/sides.js'
import { startDeadline } from '../governor/deadline.js'
import { runDdl, type DdlTransaction } from '../governor/run-ddl.js'
import { codeOf } from '../governor/transient.js'
import { fence, type Lease } from '../state/lease.js'
import type { TransitionState } from '../state/transitions.js'
import { runInTurn } from './run-in-turn.js'

/** not null, foreign key and check violations */
const VIOLATIONS = new Set(['23502', '23503', '23514'])

/** How a constraint comes into place without the table being read under an exclusive lock. */
export interface Establishing {
  /** e.g. `NOT NULL`, for messages */
  readonly what: string
  /** short: from now on new rows satisfy it; @returns no statement where that is so already */
  readonly announce: (session: Session) => Promise<readonly string[]>
  /** long: old rows are held against it */
  readonly validate: string
  /** short: what is believed on the strength of that */
  readonly finish: readonly string[]
  /** the table that a foreign key refers to, quoted, with its schema; writers of both have to wait then, and readers of neither */
  readonly refersTo?: string | null
  /** throws when rows do not satisfy it, naming them */
  readonly refuse: () => Promise<void>
}

/** Rows do not satisfy a constraint; which they are is looked for once it stands in nobody's way any more. */
export class ViolatedError extends Error {
  readonly refuse: () => Promise<void>

  constructor (refuse: () => Promise<void>, cause: unknown) {
    super(messageOf(cause), { cause })
    this.name = 'ViolatedError'
    this.refuse = refuse
  }
}

/** Takes the steps of a constraint; who calls it takes them back when a later one fails. */
export async function establish (context: Context, lease: Lease, state: TransitionState, establishing: Establishing): Promise<void> {
  const { what, announce, validate, finish, refersTo = null, refuse } = establishing
  const locks: Locks = refersTo === null ? {} : { lock: 'share row exclusive', alsoLocked: [refersTo] }
  await alterTable(context, lease, state, what, announce, locks)
  try {
    await runInTurn(context, lease, validate, { endsWithClient: true })
  } catch (cause) {
    throw VIOLATIONS.has(String(codeOf(cause))) ? new ViolatedError(refuse, cause) : cause
  }
  if (finish.length > 0) await alterTable(context, lease, state, what, async () => finish)
}

/** What statements lock. */
type Locks = Partial<Pick<DdlTransaction<void>, 'lock' | 'alsoLocked'>>

/** The statements that add a constraint, none when an attempt whose commit was not heard of has come through. */
export function unlessThere (state: TransitionState, name: string, statements: readonly string[]): (session: Session) => Promise<readonly string[]> {
  return async (session) => {
    const found = await session.query('select 1 from pg_catalog.pg_constraint where conrelid = to_regclass($1) and conname = $2', [qualifiedTable(state), name])
    return found.length > 0 ? [] : statements
  }
}

/**
 * Runs short statements under the fence, within the deadline; none when the transition has moved on since, so that
 * nothing is done to a phase that a commit not heard of has entered.
 *
 * @param plan looks at what is there, while no other operator can change it
 * @param locks what its statements take @default ACCESS EXCLUSIVE on the table alone
 */
export async function alterTable (context: Context, lease: Lease, state: TransitionState, step: string, plan: (session: Session) => Promise<readonly string[]>, { lock = 'access exclusive', alsoLocked = [] }: Locks = {}): Promise<void> {
  await runDdl(context, {
    transition: state.name,
    step,
    table: qualifiedTable(state),
    alsoLocked,
    lock,
    lease,
    work: async (session) => {
      const { epoch } = await fence(session, lease, 'share')
      if (epoch !== state.epoch) return
      // conditions mean what they meant to the preflight, whatever else the operator's path holds
      await pinSearchPath(session)
      const statements = await plan(session)
      const run = startDeadline(session, context.lockDeadlineMs)
      for (const statement of statements) await run(statement)
    }
  })
}
