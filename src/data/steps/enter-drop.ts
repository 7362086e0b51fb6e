import { RefusedDependentsError } from '../../errors.js'
import type { Context } from '../context.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import type { Session } from '../database.js'
import { findNoteFunctions } from '../dual-writer/note-functions.js'
import { dropTriggers, forgetNotes } from '../dual-writer/triggers.js'
import { refuseUnknowing } from '../gate/await-acknowledgements.js'
import { awaitFleet } from '../gate/await-fleet.js'
import { refuseUnsoaked } from '../gate/refuse-unsoaked.js'
import { namesOf, quote } from '../names.js'
import { findDependents } from '../preflight/find-dependents.js'
import { findReferred } from '../preflight/find-referred.js'
import { planView } from '../read-view/plan-view.js'
import type { Lease } from '../state/lease.js'
import { forgetShadowReads } from '../state/shadow-reads.js'
import { forgetOldWrites, forgetWrites } from '../state/stray-writes.js'
import { transitionOf, type TransitionState } from '../state/transitions.js'
import { oldColumnsOf } from '../transition.js'
import { requireVerified } from '../verify/require-verified.js'
import { commitStep, type TableChange } from './commit-step.js'

/** hide → drop: triggers, functions, marker and old columns go in one transaction, and nothing that was not listed. */
export async function enterDrop (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  await refuseUnsoaked(context, state)
  await refuseUnknowing(context.database, state, 'drop')
  await awaitFleet(context, state)
  await refuseDependents(context.database, state)
  await requireVerified(context, state, 'drop')
  await forgetOldWrites(context.database, state.name, context.strayWindowMs)
  const referred = await findReferred(context.database, qualifiedTable(state), { columns: oldColumnsOf(state.definition).map(namesOf(state.name).hidden) })
  let goingAlong: string[] = []
  await commitStep(context, lease, state, 'drop', {
    lock: 'access exclusive',
    alsoLocked: () => referred,
    checkFleet: async (session) => await refuseUnknowing(session, state, 'drop'),
    plan: planDrop,
    check: async (session) => { goingAlong = await refuseDependents(session, state) }
  })
  if (goingAlong.length > 0) context.report({ type: 'dependents', transition: state.name, objects: goingAlong, dropped: true })
}

/** Notes, which nobody adds to since `read-new`; triggers, functions, old columns and marker. */
export const planDrop: TableChange['plan'] = async (session, state) => {
  const { marker, hidden } = namesOf(state.name)
  const table = qualifiedTable(state)
  const columns = [...oldColumnsOf(state.definition).map(hidden), marker]
  return {
    view: await planView(session, state, 'drop'),
    unlocked: [...forgetNotes(state), forgetWrites(state.name), forgetShadowReads(state.name)],
    locked: [...dropTriggers(state, await findNoteFunctions(session, state)), `alter table ${table} ${columns.map((name) => `drop column ${quote(name)}`).join(', ')}`]
  }
}

/** @returns what goes along with the columns */
async function refuseDependents (session: Session, state: TransitionState): Promise<string[]> {
  const transition = transitionOf(state)
  const columns = oldColumnsOf(transition).map(namesOf(state.name).hidden)
  const dependents = await findDependents(session, transition, qualifiedTable(state), columns)
  const inTheWay = dependents.filter(({ goesAlong }) => !goesAlong).map(({ object }) => object)
  if (inTheWay.length > 0) throw new RefusedDependentsError(`\`drop\` of \`${state.name}\` is refused while these hang on old columns: ${inTheWay.join('; ')}. Move them to the new columns, or drop them, in a migration of your own`)
  return dependents.map(({ object }) => object)
}
