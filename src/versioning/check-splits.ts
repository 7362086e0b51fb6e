import type { Derived } from './derive.js'
import { differenceOf } from './schema-type.js'

/**
 * Checks that schemas that were one before are of one type there.
 *
 * @throws FST_ERR_VINTAGE_MISFIT for two that are not
 */
export function checkSplits ({ names, stateOf, resolve }: Pick<Derived, 'names' | 'stateOf' | 'resolve'>): void {
  for (const { keys, name, lastIndex, misfit } of names.splits) {
    const [first = '', ...others] = keys
    for (const other of others) {
      const path = differenceOf(stateOf(first, lastIndex), stateOf(other, lastIndex), (schema) => resolve(schema, lastIndex))
      if (path === undefined) continue
      const [one, two] = [first, other].map((key) => `\`${names.nameOf(key, lastIndex + 1)}\``)
      misfit(`${one} and ${two} were \`${name}\` before, but differ there${path === '' ? '' : ` in \`${path.slice(1)}\``}: describe their differences by changes of the same version`)
    }
  }
}
