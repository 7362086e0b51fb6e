import { namesOf } from '../names.js'
import { follows, sameValue, valuesOf } from './compare.js'
import { noteStray } from './note-stray.js'
import { createFunction, fillNew, fillOld, resolveConflict, type Creation, type Policies } from './plpgsql.js'
import { guard } from './set-aside.js'
import type { Sides } from './sides.js'

/**
 * The function of the INSERT trigger. A side counts as set when it differs from what the columns' defaults give:
 * the new side has none, the old side's are compared with.
 */
export function insertFunction (creation: Creation, sides: Sides, policies: Policies): string[] {
  const isOldDefault = `(${sides.old.map((column) => {
    const value = `NEW.${column.actual}`
    return column.fallback === null ? isNull([value]) : sameValue(column, value, `(${column.fallback})::${column.type}`)
  }).join(' and ')})`
  return createFunction(creation, namesOf(policies.transition).insertFunction, sides, `${noteStray(policies.transition, `not ${isOldDefault}`)}
  NEW.${sides.marker} := false;
  if ${isNull(valuesOf(sides.new, 'NEW'))} then
    ${fillNew(sides, policies)}
  elsif ${isOldDefault} then
    ${fillOld(sides)}
  else
    ${resolveUnlessInSync(sides, policies)}
  end if;`)
}

/** `is null` would hold for a composite value of nulls too. */
function isNull (values: readonly string[]): string {
  return `num_nonnulls(${values.join(', ')}) = 0`
}

/** A statement has set both sides: what it says stands where they are in sync. */
export function resolveUnlessInSync (sides: Sides, policies: Policies): string {
  const newFollows = `vintage_follows := ${follows(sides.new, 'NEW')};`
  return `if not ${follows(sides.old, 'NEW')} then
      ${policies.settingAside === undefined ? newFollows : guard(newFollows, 'vintage_follows := false;')}
      if not vintage_follows then
        ${resolveConflict(sides, policies)}
      end if;
    end if;`
}
