import { dropLeftIndexes, findConstraints } from '../constrain/build-constraints.js'
import { findLeftChecks, findRequired } from '../constrain/require-columns.js'
import type { Context } from '../context.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { awaitFleet } from '../gate/await-fleet.js'
import { quote } from '../names.js'
import type { Lease } from '../state/lease.js'
import type { TransitionState } from '../state/transitions.js'
import { commitStep } from './commit-step.js'

/** backfill → dual-write: what was filled stays filled, and its checkpoint too; what a killed run left of a constraint goes. */
export async function backToDualWrite (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  await awaitFleet(context, state)
  await dropLeftIndexes(context, state)
  const left = [...await findLeftChecks(context.database, state), ...(await findConstraints(context.database, state)).map(quote)]
  const table = qualifiedTable(state)
  const required = await findRequired(context.database, state)
  const locked = [...left.map((check) => `alter table ${table} drop constraint ${check}`), ...required.map((name) => `alter table ${table} alter column ${quote(name)} drop not null`)]
  await commitStep(context, lease, state, 'dual-write', locked.length === 0
    ? null
    : { lock: 'access exclusive', plan: async () => ({ unlocked: [], locked }) })
}
