import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { pause, throwIfAborted } from '../governor/pause.js'
import { codeOf } from '../governor/transient.js'
import { RefusedFenceError, RefusedOperatorError } from '../../errors.js'
import { outlastFormerWork } from './former-work.js'
import { lockTransition, readTransition, requireTransition, type TransitionState } from './transitions.js'

/** Who may change something of a transition: whoever works under the token that its row bears. */
export interface Fence {
  readonly transition: string
  readonly token: number
}

/** The right to move one transition; each transaction of its holder compares the token. */
export interface Lease extends Fence {
  release (): Promise<void>
}

const CLAIM = `
update vintage.transitions
set operator = $2, operator_token = operator_token + 1, operator_since = clock_timestamp(),
    operator_until = clock_timestamp() + $3 * interval '1 millisecond'
where name = $1 and (operator is null or operator_until < clock_timestamp())
returning operator_token as token`

const PROLONG = `
update vintage.transitions set operator_until = clock_timestamp() + $3 * interval '1 millisecond'
where name = $1 and operator_token = $2 and operator is not null`

const RELEASE = `
update vintage.transitions set operator = null, operator_since = null, operator_until = null
where name = $1 and operator_token = $2`

const POLL_MS = 100

/** How long a look at whether the work was called off may wait for whoever has locked the state row. */
const CLAIM_LOCK_MS = 500

/** An operator that stops, or whose machine is gone, in the middle of a transaction keeps the next one out no longer. */
const IDLE_MS = 10_000

const LOCK_NOT_AVAILABLE = '55P03'

/**
 * Takes the lease of a transition and keeps it alive until released. One whose holder was killed is waited for until
 * it runs out.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_OPERATOR when somebody else holds it and is alive
 */
export async function acquireLease (context: Context, transition: string): Promise<Lease> {
  while (true) {
    const token = await claim(context, transition)
    if (token !== undefined) return await startWork(context, keepLease(context, transition, token))
    await outlive(context, await requireTransition(context.database, transition))
  }
}

async function startWork (context: Context, lease: Lease): Promise<Lease> {
  try {
    await outlastFormerWork(context, lease.transition)
    return lease
  } catch (error) {
    await lease.release()
    throw error
  }
}

async function claim (context: Context, transition: string): Promise<number | undefined> {
  for (let told = false; ; told = true) {
    throwIfAborted(context.signal)
    try {
      return await context.database.transaction(async (session) => {
        await session.query("select set_config('lock_timeout', $1, true)", [CLAIM_LOCK_MS])
        await limitIdle(session)
        const [row] = await session.query<{ token: string }>(CLAIM, [transition, context.by, context.leaseMs])
        return row && Number(row.token)
      })
    } catch (error) {
      if (codeOf(error) !== LOCK_NOT_AVAILABLE) throw error
    }
    if (told) continue
    const { operator } = await requireTransition(context.database, transition)
    context.report({ type: 'waiting', transition, for: 'operator', until: new Date(Date.now() + IDLE_MS), instances: [operator ?? 'another session'], blockers: [] })
  }
}

async function limitIdle (session: Session): Promise<void> {
  await session.query("select set_config('idle_in_transaction_session_timeout', $1, true)", [IDLE_MS])
}

/** Waits until the lease has run out; a holder that prolongs or releases it is alive, and moves the transition. */
async function outlive (context: Context, first: TransitionState): Promise<void> {
  const { name: transition, operator, operatorToken, operatorUntil } = first
  context.report({ type: 'waiting', transition, for: 'operator', until: new Date(Number(operatorUntil)), instances: [String(operator)], blockers: [] })
  for (let held = first; held.operated;) {
    await pause(POLL_MS, context.signal)
    held = await requireTransition(context.database, transition)
    if (held.operator === null || held.operatorToken !== operatorToken || Number(held.operatorUntil) > Number(operatorUntil)) throw heldBySomebody(first)
  }
}

function heldBySomebody ({ name, operator, operatorSince, operatorUntil }: TransitionState): Error {
  return new RefusedOperatorError(`transition \`${name}\` is being moved by ${operator} since ${operatorSince?.toISOString()}: wait until that operator has ended, then look at \`vintage status\`; its lease runs until ${operatorUntil?.toISOString()}`)
}

function keepLease (context: Context, transition: string, token: number): Lease {
  const heartbeat = setInterval(() => {
    // a heartbeat that fails says nothing yet: the fence in each transaction decides
    context.database.query(PROLONG, [transition, token, context.leaseMs]).catch(() => {})
  }, context.leaseMs / 4)
  return {
    transition,
    token,
    async release () {
      clearInterval(heartbeat)
      // it runs out by itself then, and what its holder has failed for matters more
      await context.database.query(RELEASE, [transition, token]).catch(() => {})
    }
  }
}

/**
 * Locks the state row inside a transaction and makes sure that the lease is still ours.
 *
 * @param strength `key share` lets the lease be prolonged, and the transition be paused, meanwhile: batches of several
 *   workers overlap, and would keep out forever whoever waits for all of them to end
 * @throws FST_ERR_VINTAGE_REFUSED_FENCE when another operator has taken over
 */
export async function fence (session: Session, lease: Fence, strength: 'update' | 'share' | 'key share'): Promise<TransitionState> {
  // who is ended in the middle of a batch has kept nobody out
  if (strength !== 'key share') await limitIdle(session)
  return compare(lease, await lockTransition(session, lease.transition, strength))
}

/**
 * As {@link fence}, but locks nothing, and so says nothing of the moment after: for who is about to wait.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_FENCE when another operator has taken over
 */
export async function lookAtFence (session: Session, lease: Fence): Promise<void> {
  compare(lease, await readTransition(session, lease.transition))
}

function compare (lease: Fence, state: TransitionState | undefined): TransitionState {
  if (state?.operatorToken === lease.token) return state
  throw new RefusedFenceError(`transition \`${lease.transition}\`: ${state?.operator ?? 'another operator'} has taken over since this one was last heard of, so nothing was done; see \`vintage status\``)
}
