import { escapeLiteral } from 'pg'
import { namesOf, quote } from '../names.js'
import type { TransitionState } from '../state/transitions.js'
import { sameIn } from './compare.js'
import { insertFunction } from './insert-function.js'
import type { Creation, Policies } from './plpgsql.js'
import { noteFunction, type SettingAside } from './set-aside.js'
import { qualifiedTable, type Sides } from './sides.js'
import { updateFunction } from './update-function.js'

/**
 * Both functions, for the columns' names as they are now, and for nobody to call.
 *
 * @param settingAside given while rows may be set aside; the function that notes them comes along then
 */
export function createFunctions (creation: Creation, state: TransitionState, sides: Sides, settingAside?: SettingAside): string[] {
  const policies: Policies = {
    transition: state.name,
    conflict: state.definition.conflict ?? 'new-wins',
    settingAside
  }
  return [...settingAside === undefined ? [] : noteFunction(creation, state.name, settingAside), ...insertFunction(creation, sides, policies), ...updateFunction(creation, sides, policies)]
}

/** Both triggers. ENABLE ALWAYS: they fire under session_replication_role = replica too. */
export function createTriggers (state: TransitionState, sides: Sides): string[] {
  const { insertTrigger, updateTrigger, insertFunction: onInsert, updateFunction: onUpdate } = namesOf(state.name)
  const { table } = sides
  return [
    `create trigger ${quote(insertTrigger)} before insert on ${table} for each row execute function vintage.${quote(onInsert)}()`,
    `create trigger ${quote(updateTrigger)} before update on ${table} for each row when (${mattersTo(sides)}) execute function vintage.${quote(onUpdate)}()`,
    `alter table ${table} enable always trigger ${quote(insertTrigger)}, enable always trigger ${quote(updateTrigger)}`
  ]
}

/** Of every other write nothing is computed. The backfill is no exception: a trigger before ours may have changed its row. */
function mattersTo (sides: Sides): string {
  return `not (${sameIn([...sides.old, ...sides.new], 'OLD', 'NEW')} and OLD.${sides.marker} is not distinct from NEW.${sides.marker})`
}

/**
 * Both triggers and their functions, gone.
 *
 * @param notes the functions that note rows, as SQL
 */
export function dropTriggers (state: TransitionState, notes: readonly string[]): string[] {
  const { insertTrigger, updateTrigger, insertFunction: onInsert, updateFunction: onUpdate } = namesOf(state.name)
  const table = qualifiedTable(state)
  return [
    `drop trigger ${quote(insertTrigger)} on ${table}`,
    `drop trigger ${quote(updateTrigger)} on ${table}`,
    `drop function vintage.${quote(onInsert)}(), vintage.${quote(onUpdate)}()`,
    ...notes.map((note) => `drop function ${note}`)
  ]
}

/** Of millions of notes no statement could rid itself within a deadline: to be run before the table is locked, and in the same transaction, since nothing else tells who was released. */
export function forgetNotes ({ name, definition }: TransitionState): string[] {
  return definition.onError === 'set-aside' ? [`delete from vintage.set_aside where transition = ${escapeLiteral(name)}`] : []
}
