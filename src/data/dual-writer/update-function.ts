import { namesOf } from '../names.js'
import { follows, sameIn, sameValue } from './compare.js'
import { resolveUnlessInSync } from './insert-function.js'
import { noteStray } from './note-stray.js'
import { createFunction, fillNew, fillOld, type Creation, type Policies } from './plpgsql.js'
import { guard } from './set-aside.js'
import type { SideColumn, Sides } from './sides.js'

/**
 * The function of the UPDATE trigger; it is not called unless a side or the marker has changed. Which side the statement changed
 * decides, not who is connected.
 */
export function updateFunction (creation: Creation, sides: Sides, policies: Policies): string[] {
  const { marker } = sides
  const unchanged = (side: 'old' | 'new') => sameIn(sides[side], 'OLD', 'NEW')
  return createFunction(creation, namesOf(policies.transition).updateFunction, sides, `${noteStray(policies.transition, `not ${unchanged('old')}`)}
  if NEW.${marker} and not OLD.${marker} then
    -- a whole row is saved that was read before it was filled: its new side says nothing
    ${sides.new.map(({ actual }) => `NEW.${actual} := OLD.${actual};`).join(' ')}
    NEW.${marker} := false;
    if ${unchanged('old')} then return NEW; end if;
  end if;
  if ${unchanged('new')} then
    NEW.${marker} := false;
    ${fillNew(sides, policies)}
    return NEW;
  end if;
  if OLD.${marker} then
    ${layOverUpgraded(sides, policies)}
  end if;
  NEW.${marker} := false;
  if ${unchanged('old')} then
    -- what a reader of an unfilled row saw and saved again changes nothing; what the backfill writes is the same
    if not vintage_seen then
      ${fillOld(sides)}
    end if;
  elsif vintage_seen then
    -- so only the old side was changed, be it by a trigger while the row was being filled
    ${fillNew(sides, policies)}
  else
    ${resolveUnlessInSync(sides, policies)}
  end if;`)
}

/**
 * In an unfilled row, new columns that the statement left alone have the values that readers see, not null.
 * `vintage_seen`: the statement saves exactly what readers see. A row whose new side cannot be made is brought back by a
 * statement that sets all of it; one that sets a part fails as its readers do.
 */
function layOverUpgraded (sides: Sides, { settingAside }: Policies): string {
  const isLeftAlone = (column: SideColumn): string => `(${sameValue(column, `NEW.${column.actual}`, `OLD.${column.actual}`)})`
  const overlay = `${sides.new.map((column) => `if ${isLeftAlone(column)} then NEW.${column.actual} := ${column.valueOver('OLD')}; end if;`).join('\n    ')}
    vintage_seen := ${follows(sides.new, 'NEW', 'OLD')};`
  if (settingAside === undefined) return overlay
  const leftAlone = sides.new.map(isLeftAlone).join(' or ')
  return `vintage_whole := not (${leftAlone});
    ${guard(overlay, 'if not vintage_whole then raise; end if;')}`
}
