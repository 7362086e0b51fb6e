import { buildTwins } from '../constrain/twin-indexes.js'
import { findUniqueIndexes } from '../constrain/unique-indexes.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { readSettingAside } from '../dual-writer/set-aside.js'
import { pinSearchPath, qualifiedTable, readSides } from '../dual-writer/sides.js'
import { createFunctions } from '../dual-writer/triggers.js'
import { awaitFleet } from '../gate/await-fleet.js'
import { namesOf, quote } from '../names.js'
import { fence, type Lease } from '../state/lease.js'
import { hasView, planView } from '../read-view/plan-view.js'
import { constraintsOf, referredTables } from '../sql/constraints.js'
import { transitionOf, type TransitionState } from '../state/transitions.js'
import { changeTable, commitStep, runChange, type TableChange } from './commit-step.js'

/**
 * read-new → backfill: reads span both sides again; constraints and unique indexes go, since an old write whose value
 * they refuse passes until the rows are verified again. Where rows may be set aside, the phase alone comes first: who still reads the
 * columns themselves would see a null.
 */
export async function backToBackfill (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  await buildTwins(context, lease, state)
  await awaitFleet(context, state)
  const { notNull = [], onError } = state.definition
  const changes = onError !== 'set-aside' && (notNull.length > 0 || constraintsOf(transitionOf(state), state).length > 0 || (await findUniqueIndexes(context.database, state)).length > 0)
  await commitStep(context, lease, state, 'backfill', changes ? BACK_TO_BACKFILL : await hasView(context.database, state) ? VIEW_BACK : null)
  await allowSettingAside(context, lease, { ...state, phase: 'backfill', epoch: state.epoch + 1 })
}

/**
 * The second half of the way back: once every instance goes by the marker, rows may be set aside again, and the
 * constraints go. Does nothing where that has been done, or where rows are never set aside.
 *
 * @param state at `backfill`
 * @throws FST_ERR_VINTAGE_REFUSED_FLEET, FST_ERR_VINTAGE_REFUSED_TRANSACTIONS after `waitMs`; the next run goes on from here
 */
export async function allowSettingAside (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  if (!await isHalfWayBack(context.database, state)) return
  await awaitFleet(context, state)
  await runChange(context, lease, state, 'backfill', BACK_TO_BACKFILL, async (session) => await changeTable(context, session, await fence(session, lease, 'share'), BACK_TO_BACKFILL))
}

const NOTES = "select strpos(prosrc, $2) > 0 as present from pg_catalog.pg_proc where pronamespace = 'vintage'::regnamespace and proname = $1"

/** Whether a way back has stopped half way: the functions and constraints are still those of `read-new`, for instances that are. */
export async function isHalfWayBack (session: Session, state: TransitionState): Promise<boolean> {
  return state.definition.onError === 'set-aside' && !await isSettingAside(session, state)
}

/** Whether the dual writer sets rows aside now: its own text tells, whatever a killed run has left undone. */
async function isSettingAside (session: Session, { name }: TransitionState): Promise<boolean> {
  const { updateFunction, noteFunction } = namesOf(name)
  const found = await session.query(NOTES, [updateFunction, `vintage.${quote(noteFunction)}(`])
  return found.some(({ present }) => present === true)
}

const VIEW_BACK: TableChange = {
  lock: 'share update exclusive',
  plan: async (session, state) => ({ view: await planView(session, state, 'backfill'), unlocked: [], locked: [] })
}

const BACK_TO_BACKFILL: TableChange = {
  lock: 'access exclusive',
  alsoLocked: (state) => referredTables(transitionOf(state), state),
  plan: async (session, state) => {
    await pinSearchPath(session)
    const settingAside = await readSettingAside(session, state)
    const constraints = constraintsOf(transitionOf(state), state)
    const indexes = await findUniqueIndexes(session, state)
    const drops = [
      ...(state.definition.notNull ?? []).map((column) => `alter column ${quote(column)} drop not null`),
      ...constraints.map(({ name }) => `drop constraint if exists ${quote(name)}`)
    ]
    return {
      view: await planView(session, state, 'backfill'),
      unlocked: settingAside === undefined ? [] : createFunctions('create or replace', state, await readSides(session, state, false), settingAside),
      locked: [
        ...drops.length === 0 ? [] : [`alter table ${qualifiedTable(state)} ${drops.join(', ')}`],
        ...indexes.map((name) => `drop index ${quote(state.tableSchema)}.${quote(name)}`)
      ],
      dropped: [...indexes, ...constraints.flatMap(({ index, name }) => index === null ? [] : [name])]
    }
  }
}
