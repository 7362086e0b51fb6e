import { literalKey, readField, startCode, writeField, type Code } from './code.js'
import type { Converter } from './converters.js'
import { isClosed, needsJsonForm, toJsonForm } from './json-form.js'
import { branchesOf, isList, isRecord, propertiesOf, requiredOf, type JsonSchema } from './json-schema.js'
import { onlyBranch } from './object-in.js'
import { joinMember } from './union-member.js'

type Resolve = (schema: JsonSchema) => JsonSchema

/** Objects that a function reads are copied by code of their own down to this depth. */
const MAX_DEPTH = 4

/** Writes that a local variable is brought to JSON form; the values of most rows need one test and no call. */
export function composeJsonForm (code: Code, local: string, schema: JsonSchema, resolve: Resolve, depth: number = 0): void {
  const convert = buildJsonForm(schema, resolve, depth) ?? ((value: unknown) => toJsonForm(value, schema, resolve))
  code.line(`if (${needsJsonForm(local, schema, resolve)}) ${local} = ${code.bind(convert, 'JSON form')}(${local})`)
}

/** @returns the copy of an object or list whose schema says all of it; undefined where only {@link toJsonForm} will do */
function buildJsonForm (schema: JsonSchema, resolve: Resolve, depth: number): Converter | undefined {
  if (depth > MAX_DEPTH) return undefined
  const target = soleForm(schema, resolve)
  if (target === undefined) return undefined
  const code = startCode()
  const general = code.bind((value: unknown) => toJsonForm(value, schema, resolve), 'JSON form of anything')
  if (target.type === 'array' && isRecord(target.items) && target.prefixItems === undefined) {
    code.line(`if (!Array.isArray(v)) return ${general}(v)`)
    code.line('const length = v.length, items = new Array(length)\nfor (let index = 0; index < length; index++) {\nlet item = v[index]')
    composeJsonForm(code, 'item', target.items, resolve, depth + 1)
    code.line('items[index] = item }\nreturn items')
    return code.build('json-form')
  }
  if (!isClosed(target) || isList(target.type)) return undefined
  code.line(`if (v === null || typeof v !== "object" || typeof v.toJSON === "function" || v instanceof Date || Array.isArray(v)) return ${general}(v)`)
  composeCopy(code, general, target, resolve, depth)
  return code.build('json-form')
}

/** @returns what a schema says of every value that is not null; undefined for a union, where it depends on the value */
function soleForm (schema: JsonSchema, resolve: Resolve): JsonSchema | undefined {
  const target = resolve(schema)
  const only = onlyBranch(target)
  if (only !== undefined) return soleForm(joinMember(target, resolve(only)), resolve)
  return branchesOf(target) === undefined ? target : undefined
}

function composeCopy (code: Code, general: string, target: JsonSchema, resolve: Resolve, depth: number): void {
  const required = requiredOf(target)
  const fields = Object.entries(propertiesOf(target)).map(([name, schema]) => ({ name, schema, local: code.local() }))
  for (const { name, schema, local } of fields) {
    code.line(`let ${local} = ${readField('v', name)}`)
    code.line(`if (${local} !== undefined) {`)
    composeJsonForm(code, local, schema, resolve, depth + 1)
    code.line('}')
  }
  const isRequired = ({ name }: { name: string }) => required.has(name)
  const optionalFrom = fields.findIndex((field) => !isRequired(field))
  const [first, others] = optionalFrom === -1 ? [fields, []] : [fields.slice(0, optionalFrom), fields.slice(optionalFrom)]
  const missing = fields.filter(isRequired).map(({ local }) => `${local} === undefined`)
  if (missing.length > 0) code.line(`if (${missing.join(' || ')}) return ${general}(v)`)
  // in the order of the schema, as a client would read them
  code.line(`const copy = { ${first.map(({ name, local }) => `${literalKey(name)}: ${local}`).join(', ')} }`)
  for (const { name, local } of others) code.line(`if (${local} !== undefined) ${writeField('copy', name, local)}`)
  code.line('return copy')
}
