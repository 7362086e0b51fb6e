import { buildTwins } from '../constrain/twin-indexes.js'
import type { Context } from '../context.js'
import { readSettingAside } from '../dual-writer/set-aside.js'
import { pinSearchPath, qualifiedTable, readSides } from '../dual-writer/sides.js'
import { createFunctions } from '../dual-writer/triggers.js'
import { awaitFleet } from '../gate/await-fleet.js'
import { quote } from '../names.js'
import type { Lease } from '../state/lease.js'
import { constraintsOf } from '../sql/constraints.js'
import { transitionOf, type TransitionState } from '../state/transitions.js'
import { commitStep, type TableChange } from './commit-step.js'

/**
 * read-new → backfill: reads span both sides again; constraints go, since an old write whose
 * value they refuse passes until the rows are verified again, and rows may be set aside again.
 */
export async function backToBackfill (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  await buildTwins(context, lease, state)
  await awaitFleet(context, state)
  const { notNull = [], onError } = state.definition
  const changes = notNull.length > 0 || constraintsOf(transitionOf(state), state).length > 0 || onError === 'set-aside'
  await commitStep(context, lease, state, 'backfill', changes ? { lock: 'access exclusive', plan: planBackToBackfill } : null)
}

const planBackToBackfill: TableChange['plan'] = async (session, state) => {
  await pinSearchPath(session)
  const settingAside = await readSettingAside(session, state)
  const drops = [
    ...(state.definition.notNull ?? []).map((column) => `alter column ${quote(column)} drop not null`),
    ...constraintsOf(transitionOf(state), state).map(({ name }) => `drop constraint if exists ${quote(name)}`)
  ]
  return {
    unlocked: settingAside === undefined ? [] : createFunctions('create or replace', state, await readSides(session, state, false), settingAside),
    locked: drops.length === 0 ? [] : [`alter table ${qualifiedTable(state)} ${drops.join(', ')}`]
  }
}
