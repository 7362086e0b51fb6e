import type { Writer } from './compose-schema.js'
import { composeSchema } from './compose-schema.js'
import type { Route } from './converters.js'
import { expanderOf } from './expand-filter.js'
import { isList, isRecord, type JsonSchema } from './json-schema.js'

/** Writes the conversion of an array in a local variable, as a loop into a new array of the same length. */
export function composeList (writer: Writer, local: string, schema: JsonSchema, route: Route): void {
  const { code, workshop } = writer
  const { first, rest } = itemsOf(schema)
  if (route.from > route.to) code.line(`if (!Array.isArray(${local}) && typeof ${local} === "object" && ${local} !== null && !(${local} instanceof Date) && typeof ${local}.toJSON === "function") ${local} = ${local}.toJSON()`)
  code.line(`if (Array.isArray(${local})) {`)
  const expand = rest === undefined || route.use !== 'filter' ? null : expanderOf(workshop.derived, workshop.reach, rest, route)
  if (expand !== null) code.line(`${local} = [...new Set(${local}.flatMap(${code.bind(expand, 'all values that a value of the filter stands for')}))]`)
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
