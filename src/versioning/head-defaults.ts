import type { Derived } from './derive.js'
import { refOf, subschemasOf, type JsonSchema } from './json-schema.js'

/** @returns whether a unit of head has a default anywhere, with which a validator could fill a value */
export function hasDefaults ({ stateOf, headIndex }: Derived, key: string): boolean {
  const seen = new Set<string>()
  const visit = (schema: JsonSchema): boolean => {
    if (schema.default !== undefined) return true
    const ref = refOf(schema)
    if (ref !== undefined && !seen.has(ref)) {
      seen.add(ref)
      if (visit(stateOf(ref, headIndex))) return true
    }
    return subschemasOf(schema).some(({ schema: below }) => visit(below))
  }
  return visit({ $ref: key })
}
