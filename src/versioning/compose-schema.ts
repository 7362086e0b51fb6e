import type { Code } from './code.js'
import { composeList } from './compose-list.js'
import { composeObject } from './compose-object.js'
import { composeUnion } from './compose-union.js'
import type { Route, Workshop } from './converters.js'
import { branchesOf, isObjectSchema, refOf, type JsonSchema } from './json-schema.js'

/** The function being written, and what it may be written from. */
export interface Writer {
  readonly code: Code
  readonly workshop: Workshop
  /** what the function converts, for calls of itself; undefined where it is no unit */
  readonly self: { readonly key: string, readonly route: Route } | undefined
}

/**
 * Writes the conversion of one value as of version `route.from`.
 *
 * @param expression source of the value
 * @returns source of the converted value, to be used once: a local variable, or a call; the very same source where nothing differs
 */
export function composeSchema (writer: Writer, expression: string, schema: JsonSchema, route: Route): string {
  const { code, workshop } = writer
  if (!workshop.reach.differs(schema, route.from, route.to)) return expression
  const ref = refOf(schema)
  if (ref !== undefined) return composeCallOfUnit(writer, expression, ref, route)
  const local = code.local()
  code.line(`let ${local} = ${expression}`)
  const branches = branchesOf(schema)
  if (branches !== undefined) composeUnion(writer, local, branches, route)
  else if (isObjectSchema(schema)) composeInlineObject(writer, local, schema, route)
  else composeList(writer, local, schema, route)
  return local
}

/** Writes that a local is left as it is unless it holds an object; in a response one with `toJSON` is replaced by what that gives. */
export function composeJsonObject (code: Code, local: string, route: Route, otherwise: string): void {
  const isOther = `${local} === null || typeof ${local} !== "object"`
  code.line(`if (${isOther}) ${otherwise}`)
  if (route.from > route.to) code.line(`if (typeof ${local}.toJSON === "function") { ${local} = ${local}.toJSON(); if (${isOther}) ${otherwise} }`)
}

function composeCallOfUnit ({ code, workshop, self }: Writer, expression: string, key: string, route: Route): string {
  const target = workshop.target(key, route)
  if (target === null) return expression
  if (self?.key === key && target.from === self.route.from && target.to === self.route.to && route.use === self.route.use) return `convert(${expression}, context)`
  const what = `${key} from ${workshop.derived.versions[target.from]} to ${workshop.derived.versions[target.to]}`
  const { built } = target
  // two units that hold each other: the one that is still being written is looked up when it is called
  return built === undefined ? `${code.bind(target, what)}.built(${expression}, context)` : `${code.bind(built, what)}(${expression}, context)`
}

function composeInlineObject (writer: Writer, local: string, schema: JsonSchema, route: Route): void {
  const { code } = writer
  const label = `object${local}`
  code.line(`${label}: {`)
  composeJsonObject(code, local, route, `break ${label}`)
  code.line(`${local} = ${composeObject(writer, { value: local, from: schema, to: schema, steps: [], route })}`)
  code.line('}')
}
