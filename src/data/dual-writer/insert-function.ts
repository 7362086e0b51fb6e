import { namesOf } from '../names.js'
import { sameValues, selectOther, valuesOf } from './compare.js'
import { noteStray } from './note-stray.js'
import { createFunction, fillNew, fillOld, resolveConflict, type Creation, type Policies } from './plpgsql.js'
import { guard } from './set-aside.js'
import type { SideColumn, Sides } from './sides.js'

/**
 * The function of the INSERT trigger. A side counts as set when it differs from what the columns' defaults give:
 * the new side has none, the old side's are compared with.
 */
export function insertFunction (creation: Creation, sides: Sides, policies: Policies): string[] {
  const defaults = sides.old.map(({ fallback, type }) => `(${fallback})::${type}`)
  const isOldDefault = sameValues(valuesOf(sides.old, 'NEW'), defaults)
  return createFunction(creation, namesOf(policies.transition).insertFunction, sides.table, `${noteStray(policies.transition, `not ${isOldDefault}`)}
  NEW.${sides.marker} := false;
  if ${sameValues(valuesOf(sides.new, 'NEW'), sides.new.map(({ type }) => `null::${type}`))} then
    ${fillNew(sides, policies)}
  elsif ${isOldDefault} then
    ${fillOld(sides)}
  else
    ${resolveUnlessInSync(sides, policies)}
  end if;`)
}

/** A statement has set both sides: what it says stands where they are in sync. */
export function resolveUnlessInSync (sides: Sides, policies: Policies): string {
  const follows = `vintage_follows := ${followsFrom(sides.new, sides.old)};`
  return `if not ${followsFrom(sides.old, sides.new)} then
      ${policies.settingAside === undefined ? follows : guard(follows, 'vintage_follows := false;')}
      if not vintage_follows then
        ${resolveConflict(sides, policies)}
      end if;
    end if;`
}

/** Whether the target side of NEW is what the source side of NEW gives. */
function followsFrom (target: readonly SideColumn[], source: readonly SideColumn[]): string {
  return `(select ${sameValues(valuesOf(target, 'NEW'), target.map(({ name }) => `vintage_other.${name}`))} from (${selectOther(target, source, 'NEW')}) as vintage_other)`
}
