import { buildTwins } from '../constrain/twin-indexes.js'
import type { Context } from '../context.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { awaitFleet } from '../gate/await-fleet.js'
import { quote } from '../names.js'
import type { Lease } from '../state/lease.js'
import type { TransitionState } from '../state/transitions.js'
import { commitStep } from './commit-step.js'

/** read-new → backfill: reads span both sides again; NOT NULLs go, since an old write that upgrades to null passes until the rows are verified again. */
export async function backToBackfill (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  await buildTwins(context, lease, state)
  await awaitFleet(context, state)
  const columns = state.definition.notNull ?? []
  const table = qualifiedTable(state)
  await commitStep(context, lease, state, 'backfill', columns.length === 0
    ? null
    : {
        lock: 'access exclusive',
        plan: async () => ({
          unlocked: [],
          locked: [`alter table ${table} ${columns.map((name) => `alter column ${quote(name)} drop not null`).join(', ')}`]
        })
      })
}
