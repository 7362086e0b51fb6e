import { sameValues, selectOther, valuesOf } from '../dual-writer/compare.js'
import type { SideColumn, Sides } from '../dual-writer/sides.js'

/**
 * Whether a row `t` is in sync: `new = upgrade(old)` or `old = downgrade(new)`. The second is not computed where
 * the first holds.
 */
export function inSync ({ old: oldSide, new: newSide }: Sides): string {
  return `case when ${follows(newSide, oldSide)} then true else ${follows(oldSide, newSide)} end`
}

function follows (target: readonly SideColumn[], source: readonly SideColumn[]): string {
  const computed = target.map(({ name }) => `vintage_other.${name}`)
  return `(select ${sameValues(valuesOf(target, 't'), computed)} from (${selectOther(target, source, 't')}) as vintage_other)`
}
