import type { Derived } from './derive.js'
import { mapSubschemas, refOf, type JsonSchema } from './json-schema.js'
import type { Reach } from './reach.js'
import { withoutInternal } from './without-internal.js'

/**
 * Builds one closed JSON schema of a unit as of a version: every reference is local, nothing in it has an `$id` but the root,
 * and no internal field is in it.
 * Names are names as of the oldest version in which the shape holds, or since which no name has changed.
 *
 * @returns `$id` is `User@2024-01-01`, with that oldest version; places are percent-encoded
 */
export function closeSchema (key: string, index: number, derived: Derived, reach: Reach, since = 0): JsonSchema {
  const oldest = Math.max(reach.oldest(key, index), since)
  const nameOf = (unit: string) => derived.names.labelOf(unit, oldest)
  const definitions = new Map<string, { name: string, schema: JsonSchema }>()
  const names = new Set<string>()

  function refer (ref: string): string {
    if (ref === key) return '#'
    if (!derived.units.has(ref)) return ref
    const known = definitions.get(ref)
    if (known !== undefined) return `#/$defs/${known.name}`
    const name = uniqueName(nameOf(ref), names)
    const definition = { name, schema: {} }
    definitions.set(ref, definition)
    definition.schema = close(withoutInternal(derived.stateOf(ref, index)))
    return `#/$defs/${name}`
  }

  function close (schema: JsonSchema): JsonSchema {
    const copy = mapSubschemas(schema, close)
    const ref = refOf(copy)
    return ref === undefined ? copy : { ...copy, $ref: refer(ref) }
  }

  const root = close(withoutInternal(derived.resolve({ $ref: key }, index)))
  const $id = `${encodeURIComponent(nameOf(key))}@${derived.versions[oldest]}`
  const $defs = Object.fromEntries([...definitions.values()].map(({ name, schema }) => [name, schema]))
  return definitions.size > 0 ? { ...root, $id, $defs } : { ...root, $id }
}

function uniqueName (ref: string, names: Set<string>): string {
  const plain = ref.replaceAll(/[^\w.-]+/g, '_')
  let name = plain
  for (let count = 2; names.has(name); count++) name = `${plain}_${count}`
  names.add(name)
  return name
}
