import { dropIndex } from '../constrain/build-indexes.js'
import { takeBackConstraints } from '../constrain/take-back.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { startDeadline } from '../governor/deadline.js'
import { runLocked } from '../governor/run-locked.js'
import type { SweepResult } from '../results.js'
import { logEvent } from '../state/events.js'
import { acquireLease } from '../state/lease.js'
import { readTransitions, requireTransition, type TransitionState } from '../state/transitions.js'
import { findLeftInTransition } from './find-left-in-transition.js'
import { forgetSwept } from './find-left-online.js'
import { findLeftOver } from './find-left-over.js'
import type { LeftOver } from './left-over.js'

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
  found.push(...(await findLeftOver(context.database, states)).map((one) => ({ ...one, transition: null })))
  if (!dryRun) {
    for (const state of states) if (found.some(({ transition }) => transition === state.name)) await sweepTransition(context, state)
    await sweepRest(context)
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
async function sweepRest (context: Context): Promise<void> {
  const left = await findLeftOver(context.database, await readTransitions(context.database))
  if (left.length === 0) return
  await runLocked(context, {
    subject: 'sweep',
    locks: new Map(tablesOf(left).map((table) => [table, 'access exclusive'])),
    // nobody waits for it
    ending: null,
    work: async (session: Session) => {
      const run = startDeadline(session, context.lockDeadlineMs)
      await run('lock table vintage.transitions in share row exclusive mode')
      // a build that goes on holds a lock until it has become valid, and what is dropped by its name must not change
      for (const table of tablesOf(left.filter(({ kind }) => kind === 'index' || kind === 'constraint'))) await run(`lock table ${table} in access exclusive mode`)
      const still = await findLeftOver({ query: run }, await readTransitions({ query: run }))
      for (const { statement } of still) await run(statement)
      await forgetSwept({ query: run }, still)
      await run("insert into vintage.events (transition, event, by, details) values ('', 'swept', $1, $2)", [context.by, JSON.stringify({ objects: still })])
    },
    onRetry: ({ attempt, attempts, delayMs, reason, blockers }) => context.report({ type: 'lock-retry', transition: 'sweep', step: 'sweep', attempt, attempts, delayMs, reason, blockers })
  })
}

function tablesOf (left: readonly LeftOver[]): string[] {
  return [...new Set(left.flatMap(({ table }) => table ?? []))].sort()
}
