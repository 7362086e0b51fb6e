import { follows } from '../dual-writer/compare.js'
import type { Sides } from '../dual-writer/sides.js'

/**
 * Whether a row `t` is in sync: `new = upgrade(old)` or `old = downgrade(new)`. The second is not computed where
 * the first holds.
 */
export function inSync ({ old: oldSide, new: newSide }: Sides): string {
  return `case when ${follows(newSide, 't')} then true else ${follows(oldSide, 't')} end`
}
