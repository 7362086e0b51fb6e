import { flattenFragment } from './flatten-fragments.js'
import type { NameSpace } from './name-space.js'
import type { Units } from './units.js'

/**
 * Adds the schemas that head no longer has to the units, as of the last version that has them.
 *
 * @throws FST_ERR_VINTAGE_MISFIT when one refers to a schema that its version does not have, or holds one of head
 */
export function restoreRemoved (names: NameSpace, units: Units): void {
  // they may refer to each other, and to themselves
  for (const { key } of names.removed) units.all.set(key, { key, schema: {}, bases: [] })
  for (const { key, schema, source, lastIndex, misfit } of names.removed) {
    const { $id: _, ...content } = schema
    const flat = flattenFragment(content, `${source} schema`, units, (name) => names.keysOf(name, lastIndex)[0], misfit)
    units.all.set(key, { key, schema: flat, bases: [] })
  }
}
