import { readField } from './code.js'
import { composeSchema, type Writer } from './compose-schema.js'
import type { Route } from './converters.js'
import type { JsonSchema } from './json-schema.js'
import { planUnion, type UnionGroup } from './plan-union.js'

/** Writes the conversion of a union in a local variable: by JSON type, then by a switch on what tells the members of that type apart. */
export function composeUnion (writer: Writer, local: string, branches: readonly JsonSchema[], route: Route): void {
  const { code, workshop: { derived, reach } } = writer
  const { groups } = planUnion(derived, reach, branches, route)
  // the serialiser knows how to write a date, which is no object of a schema
  const isObject = `typeof ${local} === "object" && ${local} !== null && !(${local} instanceof Date)`
  if (route.from > route.to) code.line(`if (${isObject} && typeof ${local}.toJSON === "function") ${local} = ${local}.toJSON()`)
  groups.forEach((group, index) => {
    code.line(`${index === 0 ? '' : 'else '}if (${group.type === 'object' ? `${isObject} && !Array.isArray(${local})` : testOf(group.type, local)}) {`)
    composeGroup(writer, local, group, route)
    code.line('}')
  })
}

function testOf (type: string, local: string): string {
  if (type === 'null') return `${local} === null`
  return type === 'array' ? `Array.isArray(${local})` : `typeof ${local} === "${type}"`
}

function composeGroup (writer: Writer, local: string, group: UnionGroup, route: Route): void {
  const { code } = writer
  const composeBranch = (branch: JsonSchema) => {
    const converted = composeSchema(writer, local, branch, route)
    if (converted !== local) code.line(`${local} = ${converted}`)
  }
  if (group.by === 'type') return composeBranch(group.branch)
  code.line(`switch (${group.by === 'value' ? local : readField(local, group.property)}) {`)
  for (const [branch, values] of valuesByBranch(group.branches)) {
    code.line(`${values.map((value) => `case ${JSON.stringify(value)}:`).join(' ')} {`)
    composeBranch(branch)
    code.line('break }')
  }
  if (group.by === 'value' && group.open !== undefined) {
    code.line('default: {')
    composeBranch(group.open)
    code.line('}')
  }
  code.line('}')
}

function valuesByBranch (branches: ReadonlyMap<unknown, JsonSchema>): Map<JsonSchema, unknown[]> {
  const values = new Map<JsonSchema, unknown[]>()
  for (const [value, branch] of branches) {
    // no value is ever the same as a literal that is an object
    if (typeof value === 'object' && value !== null) continue
    values.set(branch, [...values.get(branch) ?? [], value])
  }
  return values
}
