import { foreignRefsIn } from './named-schemas.js'
import { idOf, subschemasOf, type JsonSchema } from './json-schema.js'
import type { Fragments } from './operations/operation.js'
import type { KeyOf, Units } from './units.js'

/** Cuts the fragments of one side of a change into units; what says that a field is optional stays with it. */
export function flattenFragments (fragments: Fragments, name: string, units: Units, keyOf: KeyOf, misfit: (problem: string) => never): Fragments {
  return Object.fromEntries(Object.entries(fragments).map(([field, fragment]) => {
    if (field === '__proto__') misfit('`__proto__` cannot be the name of a field')
    const optional = Object.getOwnPropertySymbols(fragment).map((symbol) => [symbol, Reflect.get(fragment, symbol)])
    return [field, { ...flattenFragment(fragment, `${name}.${field}`, units, keyOf, misfit), ...Object.fromEntries(optional) }]
  }))
}

/**
 * Cuts a schema of a version file into units, its references bound to what their names stand for there.
 *
 * @throws FST_ERR_VINTAGE_MISFIT when it refers to an unknown schema, or holds one of head
 */
export function flattenFragment (fragment: JsonSchema, name: string, units: Units, keyOf: KeyOf, misfit: (problem: string) => never): JsonSchema {
  refuseHeadSchemas(fragment, units, misfit)
  const unknown = [...foreignRefsIn(fragment)].find((id) => keyOf(id) === undefined)
  if (unknown !== undefined) misfit(`a fragment refers to \`${unknown}\`, which is no schema at this version: correct the \`$id\``)
  return units.flattenFragment(fragment, name, keyOf)
}

function refuseHeadSchemas (fragment: JsonSchema, units: Units, misfit: (problem: string) => never): void {
  const id = idOf(fragment)
  if (id !== undefined && units.all.has(id)) misfit(`a fragment holds the head schema \`${id}\`, which would change with head: write \`ref('${id}')\``)
  for (const { schema: below } of subschemasOf(fragment)) refuseHeadSchemas(below, units, misfit)
}
