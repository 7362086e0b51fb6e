import type { Context } from '../context.js'
import { startDeadline } from '../governor/deadline.js'
import { runLocked, type LockRetry } from '../governor/run-locked.js'
import { findReferred } from '../preflight/find-referred.js'
import { findLeftOnline, type OnlineLeft } from './find-left-online.js'

/**
 * Takes away what killed calls of `online` have left, each in a transaction of its own, so that no table is held for
 * longer than one of them takes.
 */
export async function sweepOnline (context: Context, onRetry: (retry: LockRetry) => void): Promise<void> {
  for (const left of await findLeftOnline(context.database)) await takeAway(context, left, onRetry)
}

/** A build that goes on holds a lock until its index is valid: so it is judged once more under the lock of the table. */
async function takeAway (context: Context, { number, table, name: constraint }: OnlineLeft, onRetry: (retry: LockRetry) => void): Promise<void> {
  const referred = await findReferred(context.database, table, { constraints: [constraint] })
  await runLocked(context, {
    subject: 'sweep',
    locks: new Map([table, ...referred].map((locked) => [locked, 'access exclusive'] as const)),
    onRetry,
    ending: 'never',
    work: async (session) => {
      const run = startDeadline(session, context.lockDeadlineMs)
      await run(`lock table ${table} in access exclusive mode`)
      for (const { kind, name, statement } of await findLeftOnline({ query: run }, number)) {
        await run(statement)
        await run('delete from vintage.online_work where id = $1', [number])
        await run("insert into vintage.events (transition, event, by, details) values ('', 'swept', $1, $2)", [context.by, JSON.stringify({ objects: [{ kind, name, table, statement }] })])
      }
    }
  })
}
