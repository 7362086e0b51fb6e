import { isPlace, type Binding } from './bindings.js'
import { roleOf } from './check-directions.js'
import type { Derived } from './derive.js'
import { propertiesOf, refOf, subschemasOf, type JsonSchema } from './json-schema.js'
import { refsIn } from './reach.js'
import { differenceOf } from './schema-type.js'

/**
 * Looks for schemas that still have all fields of a change, with the same types, although the change did not reach
 * them: what `Type.Partial`, `Type.Omit` and copying leave behind.
 *
 * @throws FST_ERR_VINTAGE_MISFIT for a forgotten twin that the change does not name in `except`
 */
export function checkTwins (derived: Derived): void {
  const reachable = reachableKeys(derived)
  for (const binding of derived.bindings) {
    const fields = changedFields(binding, derived)
    if (fields.length === 0) continue
    for (const key of reachable) {
      if (isPlace(key) && roleOf(key).use === 'filter') continue
      if (binding.change.except?.includes(key) === true) continue
      const state = derived.stateOf(key, binding.index)
      const isChanged = derived.stepsOf(key, binding.index).some(({ operation }) => operation.touches().some((name) => fields.some(([field]) => field === name)))
      visitObjects(state, (schema, path) => {
        if ((path === '' && isChanged) || !isTwin(schema, fields, derived, binding.index)) return
        binding.misfit(twinMessage(key, path, fields.map(([name]) => name)))
      })
    }
  }
}

/** Places, and what they refer to: a schema that no route carries is nobody's contract. */
function reachableKeys (derived: Derived): ReadonlySet<string> {
  const reachable = new Set([...derived.units.keys()].filter(isPlace))
  // the set grows while it is walked
  for (const key of reachable) for (const ref of refsIn(derived.stateOf(key, derived.headIndex))) if (derived.units.has(ref)) reachable.add(ref)
  return reachable
}

function changedFields ({ operation, targets: [target], index }: Binding, derived: Derived): Array<[string, JsonSchema]> {
  // a change of one place is meant for that place alone
  if (target === undefined || isPlace(target)) return []
  const names = operation.touches()
  return derived.stepsOf(target, index)
    .filter((step) => step.operation === operation)
    .flatMap(({ newer }) => Object.entries(propertiesOf(newer)))
    .filter(([name]) => names.includes(name))
}

function isTwin (schema: JsonSchema, fields: ReadonlyArray<[string, JsonSchema]>, derived: Derived, index: number): boolean {
  const properties = propertiesOf(schema)
  return fields.every(([name, field]) => {
    const twin = properties[name]
    return twin !== undefined && differenceOf(field, twin, (below) => derived.resolve(below, index)) === undefined
  })
}

function visitObjects (schema: JsonSchema, visit: (schema: JsonSchema, path: string) => void, path = ''): void {
  if (refOf(schema) !== undefined) return
  visit(schema, path)
  for (const { keyword, schema: below } of subschemasOf(schema)) visitObjects(below, visit, `${path}/${keyword}`)
}

function twinMessage (key: string, path: string, names: readonly string[]): string {
  const where = path === '' ? `\`${key}\`` : `\`${key}\` (at ${path})`
  return `forgotten twin: ${where} has ${names.map((name) => `\`${name}\``).join(', ')} as well, and the change does not reach it: make it with \`variant\`, give it an \`$id\` and name it as a target, or list \`${key}\` in the change's \`except\``
}
