import { escapeLiteral } from 'pg'
import type { Context } from '../context.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { findNoteFunctions } from '../dual-writer/note-functions.js'
import { dropTriggers, forgetNotes } from '../dual-writer/triggers.js'
import { refuseKnowing } from '../gate/await-acknowledgements.js'
import { awaitTransactions } from '../gate/await-transactions.js'
import { refuseLosing } from '../gate/refuse-losing.js'
import { forgetUnreleased } from '../set-aside/ledger.js'
import { addColumns, dropColumns } from '../sql/add-columns.js'
import { planView } from '../read-view/plan-view.js'
import type { Lease } from '../state/lease.js'
import { forgetShadowReads } from '../state/shadow-reads.js'
import { transitionOf, type TransitionState } from '../state/transitions.js'
import { commitStep } from './commit-step.js'

/**
 * dual-write → expand: the triggers go, and with them the truth of the new side. So its columns and the marker are
 * dropped and added again: every row is unfilled at once, without a row being touched. The old side has everything.
 */
export async function backToExpand (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  await refuseKnowing(context.database, state, 'expand')
  await refuseLosing(context.database, state)
  await awaitTransactions(context, state)
  await forgetUnreleased(context, lease)
  const transition = transitionOf(state)
  const table = qualifiedTable(state)
  await commitStep(context, lease, state, 'expand', {
    lock: 'access exclusive',
    checkFleet: async (session) => await refuseKnowing(session, state, 'expand'),
    check: async (session) => await refuseLosing(session, state),
    plan: async (session) => ({
      view: await planView(session, state, 'expand'),
      unlocked: [...forgetNotes(state), forgetShadowReads(state.name)],
      locked: [
        ...dropTriggers(state, await findNoteFunctions(session, state)),
        dropColumns(transition, table),
        addColumns(transition, table),
        // what writers have noted since then
        ...forgetNotes(state),
        `delete from vintage.backfills where transition = ${escapeLiteral(state.name)}`
      ]
    })
  })
}
