import type { Writer } from './compose-schema.js'
import { composeSchema } from './compose-schema.js'
import { directedSteps, type Route } from './converters.js'
import type { Derived } from './derive.js'
import { isList, isRecord, refOf, type JsonSchema } from './json-schema.js'
import { valueMoves, type ValueMove } from './operations/operation.js'

/** Writes the conversion of an array in a local variable, as a loop into a new array of the same length. */
export function composeList (writer: Writer, local: string, schema: JsonSchema, route: Route): void {
  const { code, workshop } = writer
  const { first, rest } = itemsOf(schema)
  if (route.from > route.to) code.line(`if (${local} !== null && typeof ${local} === "object" && !Array.isArray(${local}) && typeof ${local}.toJSON === "function") ${local} = ${local}.toJSON()`)
  code.line(`if (Array.isArray(${local})) {`)
  const expand = rest === undefined || route.use !== 'filter' ? null : expandOf(workshop.derived, rest, route)
  if (expand !== null) code.line(`${local} = ${code.bind(expand, 'all values that a value of the filter stands for')}(${local})`)
  else composeLoop(writer, local, first, rest, route)
  code.line('}')
}

function composeLoop (writer: Writer, local: string, first: ReadonlyArray<JsonSchema | undefined>, rest: JsonSchema | undefined, route: Route): void {
  const { code } = writer
  const [items, length, index] = [code.local(), code.local(), code.local()]
  code.line(`const ${length} = ${local}.length, ${items} = ${first.length === 0 ? `new Array(${length})` : `${local}.slice()`}`)
  first.forEach((schema, position) => {
    if (schema === undefined) return
    code.line(`if (${length} > ${position}) {`)
    code.line(`${items}[${position}] = ${composeSchema(writer, `${local}[${position}]`, schema, route)}`)
    code.line('}')
  })
  if (rest !== undefined) {
    code.line(`for (let ${index} = ${first.length}; ${index} < ${length}; ${index}++) {`)
    code.line(`${items}[${index}] = ${composeSchema(writer, `${local}[${index}]`, rest, route)}`)
    code.line('}')
  }
  code.line(`${local} = ${items}`)
}

/** @returns the schemas of the first items, where each has its own, and that of all others */
export function itemsOf ({ prefixItems, items, additionalItems }: JsonSchema): { first: ReadonlyArray<JsonSchema | undefined>, rest: JsonSchema | undefined } {
  const tuple = isList(prefixItems) ? prefixItems : isList(items) ? items : []
  const rest = isList(items) ? additionalItems : items
  return { first: tuple.map((item) => isRecord(item) ? item : undefined), rest: isRecord(rest) ? rest : undefined }
}

/** In a filter, an enum value becomes all values that it stands for. */
function expandOf (derived: Derived, schema: JsonSchema, route: Route): ((values: readonly unknown[]) => readonly unknown[]) | null {
  const maps = filterMaps(derived, schema, route)
  if (maps.length === 0) return null
  return (values) => [...new Set(maps.reduce<readonly unknown[]>((given, move) => given.flatMap(move.expand), values))]
}

function filterMaps (derived: Derived, schema: JsonSchema, route: Route): readonly ValueMove[] {
  const ref = refOf(schema)
  if (ref === undefined) return []
  const own = directedSteps(derived, ref, route).flatMap(({ step, direction }) => valueMoves(step, direction, route.use))
  return [...filterMaps(derived, derived.stateOf(ref, route.from), route), ...own]
}
