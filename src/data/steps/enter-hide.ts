import { RefusedTriggersError } from '../../errors.js'
import { dropTwins } from '../constrain/twin-indexes.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { pinSearchPath, qualifiedTable, readSides } from '../dual-writer/sides.js'
import { createFunctions } from '../dual-writer/triggers.js'
import { refuseUnknowing } from '../gate/await-acknowledgements.js'
import { awaitFleet } from '../gate/await-fleet.js'
import { refuseStrayWriters } from '../gate/refuse-stray-writers.js'
import { agreeToSend, refuseUnready } from '../gate/refuse-unready-subscribers.js'
import { refuseUnsoaked } from '../gate/refuse-unsoaked.js'
import { namesOf } from '../names.js'
import { findDependents } from '../preflight/find-dependents.js'
import { findNamingTriggers } from '../preflight/find-naming-triggers.js'
import { hideColumns } from '../sql/rename-columns.js'
import type { Lease } from '../state/lease.js'
import { forgetOldWrites } from '../state/stray-writes.js'
import { transitionOf, type TransitionState } from '../state/transitions.js'
import { oldColumnsOf } from '../transition.js'
import { commitStep, type TableChange } from './commit-step.js'

/** read-new → hide: old columns get another name, and the triggers go on filling them, so that un-hiding is right. */
export async function enterHide (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  await refuseUnknowing(context.database, state, 'hide')
  await refuseUnsoaked(context, state)
  await forgetOldWrites(context.database, state.name, context.strayWindowMs)
  await refuseStrayWriters(context, context.database, state)
  await refuseNamingTriggers(context.database, state)
  await agreeToSend(context, lease, state)
  await awaitFleet(context, state)
  await dropTwins(context, lease, state)
  await commitStep(context, lease, state, 'hide', {
    lock: 'access exclusive',
    checkFleet: async (session) => await refuseUnknowing(session, state, 'hide'),
    check: async (session) => {
      await refuseStrayWriters(context, session, state)
      await refuseNamingTriggers(session, state)
      await refuseUnready(session, state)
    },
    plan: planHide
  })
  await listDependents(context, state)
}

/** The renames, and the functions that go on filling the columns under their new names. */
export const planHide: TableChange['plan'] = async (session, state) => {
  await pinSearchPath(session)
  const sides = await readSides(session, state, false, true)
  return {
    unlocked: createFunctions('create or replace', state, sides),
    locked: hideColumns(transitionOf(state), sides.table)
  }
}

/** Who reads through a view goes on by the renamed column: it is told now, since it will refuse the drop. */
async function listDependents (context: Context, state: TransitionState): Promise<void> {
  const transition = transitionOf(state)
  const columns = oldColumnsOf(transition).map(namesOf(state.name).hidden)
  const dependents = await findDependents(context.database, transition, qualifiedTable(state), columns)
  const objects = dependents.filter(({ goesAlong }) => !goesAlong).map(({ object }) => object)
  if (objects.length > 0) context.report({ type: 'dependents', transition: state.name, objects, dropped: false })
}

/** Every write would fail in such a trigger, or lose what it does. */
async function refuseNamingTriggers (session: Session, state: TransitionState): Promise<void> {
  const triggers = await findNamingTriggers(session, qualifiedTable(state), oldColumnsOf(state.definition))
  if (triggers.length === 0) return
  throw new RefusedTriggersError(`\`hide\` of \`${state.name}\` is refused while triggers of ${qualifiedTable(state)} name old columns in their functions or arguments: ${triggers.map(({ name, columns }) => `\`${name}\` (${columns.join(', ')})`).join(', ')}. Have them use the new columns, which are filled in every row; a name in a comment counts too`)
}
