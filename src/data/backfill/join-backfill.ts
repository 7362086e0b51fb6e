import { RefusedFenceError } from '../../errors.js'
import type { Context } from '../context.js'
import { pause } from '../governor/pause.js'
import { phaseDistance } from '../phases.js'
import type { JoinResult } from '../results.js'
import { readBackfill, type BackfillState } from '../state/backfills.js'
import { requireTransition, type TransitionState } from '../state/transitions.js'
import { readFilling } from './fill-batch.js'
import { startProgress } from './progress.js'
import { workTogether } from './work-together.js'

const POLL_MS = 250

type Standing = { readonly state: TransitionState, readonly begun: BackfillState, readonly context: Context } | 'filled' | 'none'

/**
 * Helps the operator who is filling a table, from another process or machine, under his limits and only while he is at
 * work: when he has stopped, these workers do so after the batch in hand. Where none is at work one is waited for, for
 * `waitMs` of the context.
 *
 * @param forMs when to stop after the batch in hand, be it done or not; null = when no range is left
 */
export async function joinBackfill (context: Context, transition: string, forMs: number | null): Promise<JoinResult> {
  const time = forMs === null ? null : AbortSignal.timeout(forMs)
  const signal = time === null ? context.signal : AbortSignal.any([context.signal, time])
  try {
    return { transition, outcome: await work({ ...context, signal }, transition) }
  } catch (error) {
    if (time?.aborted === true && !context.signal.aborted) return { transition, outcome: 'time-is-up' }
    throw error
  }
}

async function work (context: Context, transition: string): Promise<'filled' | 'none'> {
  let waitUntil = performance.now() + context.waitMs
  while (true) {
    const standing = await readStanding(context, transition)
    if (standing === 'filled') return standing
    if (standing !== 'none') {
      if (await fill(standing)) return 'filled'
      waitUntil = performance.now() + context.waitMs
    } else if (performance.now() >= waitUntil) return 'none'
    await pause(POLL_MS, context.signal)
  }
}

/** @returns false when the operator has ended, or another one has taken over */
async function fill ({ state, begun, context }: Exclude<Standing, string>): Promise<boolean> {
  const lease = { transition: state.name, token: state.operatorToken }
  const filling = await context.database.transaction(async (session) => await readFilling(session, state))
  try {
    await workTogether({ context, lease, filling, leads: false, progress: startProgress(context.report, state.name, begun) })
    return true
  } catch (error) {
    if (error instanceof RefusedFenceError) return false
    throw error
  }
}

async function readStanding (context: Context, transition: string): Promise<Standing> {
  const state = await requireTransition(context.database, transition)
  const distance = phaseDistance('backfill', state.phase)
  if (distance !== 0) return distance > 0 ? 'filled' : 'none'
  return await standingWithin(context, state)
}

async function standingWithin (context: Context, state: TransitionState): Promise<Standing> {
  const begun = await readBackfill(context.database, state.name)
  if (begun === undefined) return 'none'
  if (begun.finishedAt !== null) return 'filled'
  if (!state.operated || begun.run?.token !== state.operatorToken) return 'none'
  return { state, begun, context: { ...context, limits: begun.run.limits } }
}
