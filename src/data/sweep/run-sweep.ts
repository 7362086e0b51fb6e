import { dropIndex } from '../constrain/build-indexes.js'
import { takeBackConstraints } from '../constrain/take-back.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { startDeadline } from '../governor/deadline.js'
import { runLocked, type LockRetry } from '../governor/run-locked.js'
import type { SweepResult } from '../results.js'
import { logEvent } from '../state/events.js'
import { acquireLease } from '../state/lease.js'
import { readTransitions, requireTransition, type TransitionState } from '../state/transitions.js'
import { findLeftInTransition } from './find-left-in-transition.js'
import { findLeftOnline } from './find-left-online.js'
import { findLeftOver } from './find-left-over.js'
import type { LeftOver } from './left-over.js'
import { sweepOnline } from './sweep-online.js'

/** One object with the transition on whose table it is; null: none that is in this database. */
interface Listed extends LeftOver { readonly transition: string | null }

/**
 * Lists objects of ours that killed runs, or hands other than ours, have left, and takes them away. Each is judged
 * again where it is dropped, so that a run that was killed is taken up by the same command.
 *
 * @param dryRun lists only
 * @throws FST_ERR_VINTAGE_REFUSED_OPERATOR while somebody moves a transition that has some
 */
export async function runSweep (context: Context, dryRun: boolean): Promise<SweepResult> {
  const states = await readTransitions(context.database)
  // somebody at work builds what would else be left over; where nothing is to be done he need not be disturbed
  const found: Listed[] = []
  for (const state of states) {
    if (!state.operated) found.push(...(await findIn(context.database, state)).map((one) => ({ ...one, transition: state.name })))
  }
  const { left, kept } = await findLeftOver(context.database, states)
  for (const marker of kept) context.report({ type: 'kept-marker', ...marker })
  const rest = [...left, ...await findLeftOnline(context.database)]
  found.push(...rest.map((one) => ({ ...one, transition: null })))
  const onRetry = (retry: LockRetry): void => context.report({ type: 'lock-retry', transition: 'sweep', step: 'sweep', ...retry })
  if (!dryRun) {
    for (const state of states) if (found.some(({ transition }) => transition === state.name)) await sweepTransition(context, state)
    await sweepRest(context, onRetry)
    await sweepOnline(context, onRetry)
  }
  return { swept: !dryRun, objects: found.map(({ kind, name, table, transition, statement }) => ({ kind, name, table, transition, statement })) }
}

async function findIn (session: Context['database'], state: TransitionState): Promise<LeftOver[]> {
  return await session.transaction(async (session) => await findLeftInTransition(session, state))
}

/** Under the lease: who has it could not have been at work on them. */
async function sweepTransition (context: Context, { name }: TransitionState): Promise<void> {
  const lease = await acquireLease(context, name)
  try {
    const state = await requireTransition(context.database, name)
    const left = await findIn(context.database, state)
    if (left.some(({ kind }) => kind === 'constraint')) await takeBackConstraints(context, lease, state, 'all')
    for (const { name: index } of left.filter(({ kind }) => kind === 'index')) await dropIndex(context, lease, state, { name: index })
    await logEvent(context.database, { transition: name, event: 'swept', phase: state.phase, epoch: state.epoch, by: context.by, details: { objects: left } })
  } finally {
    await lease.release()
  }
}

/** No transition begins, or changes its phase, between the second look and the end of the transaction. */
async function sweepRest (context: Context, onRetry: (retry: LockRetry) => void): Promise<void> {
  const { left } = await findLeftOver(context.database, await readTransitions(context.database))
  if (left.length === 0) return
  await runLocked(context, {
    subject: 'sweep',
    locks: new Map(left.flatMap(({ table }) => table === null ? [] : [[table, 'access exclusive'] as const])),
    // nobody waits for it
    ending: 'never',
    work: async (session: Session) => {
      const run = startDeadline(session, context.lockDeadlineMs)
      await run('lock table vintage.transitions in share row exclusive mode')
      const { left: still } = await findLeftOver({ query: run }, await readTransitions({ query: run }))
      for (const { statement } of still) await run(statement)
      await run("insert into vintage.events (transition, event, by, details) values ('', 'swept', $1, $2)", [context.by, JSON.stringify({ objects: still })])
    },
    onRetry
  })
}
