import fc, { type Arbitrary } from 'fast-check'
import { stringOf } from './arbitrary-text.js'
import { branchesOf, isList, isObjectSchema, isRecord, isSchemaMap, literalsOf, refOf, type JsonSchema } from './json-schema.js'
import { fieldsOf } from './operations/fields.js'

/**
 * Generates JSON values that a closed schema admits, strings of every kind among them. Keywords that it cannot build by
 * (`not`, `if`, `contains`, …) are left to whoever tries the values: some may not be valid.
 *
 * @param textOf makes the texts of a string schema
 * @default textOf texts of every kind
 * @throws Error for a pattern that no text can be generated for
 */
export function arbitraryOf (schema: JsonSchema, textOf: TextOf = stringOf): Arbitrary<unknown> {
  const definitions = isSchemaMap(schema.$defs) ? Object.entries(schema.$defs) : []
  return fc.letrec<{ '#': unknown, [name: string]: unknown }>((refer) => {
    const tie: Tie = { refer, textOf }
    const named = definitions.map(([name, below]) => [`#/$defs/${name}`, valueOf(below, tie)])
    return { ...Object.fromEntries(named), '#': valueOf(schema, tie) }
  })['#']
}

type TextOf = (schema: JsonSchema) => Arbitrary<string>

/** What all parts of a value are generated with. */
interface Tie { readonly refer: (name: string) => Arbitrary<unknown>, readonly textOf: TextOf }

/** Values that hold themselves end here. */
const bounded = { maxDepth: 3, depthIdentifier: 'value' }

function valueOf (schema: JsonSchema, tie: Tie): Arbitrary<unknown> {
  const made = notNullOf(schema, tie)
  return schema.nullable === true ? fc.option(made) : made
}

function notNullOf (schema: JsonSchema, tie: Tie): Arbitrary<unknown> {
  const ref = refOf(schema)
  if (ref !== undefined) return tie.refer(ref)
  const literals = literalsOf(schema)
  if (literals !== undefined) return fc.constantFrom(...literals)
  const branches = branchesOf(schema) ?? []
  // the first branch is where generating stops, as for a tree
  if (branches.length > 0) return joined(schema, fc.oneof(bounded, ...[...branches].sort((a, b) => Number(isOpenEnded(a)) - Number(isOpenEnded(b))).map((branch) => valueOf(branch, tie))), tie)
  if (isList(schema.allOf)) return mergedOf([...schema.allOf.filter(isRecord), withoutParts(schema)], tie)
  if (isObjectSchema(schema)) return objectOf(schema, tie)
  const types = isList(schema.type) ? schema.type : [schema.type]
  return fc.oneof(...types.map((type) => typeOf(String(type), schema, tie)))
}

function isOpenEnded (branch: JsonSchema): boolean {
  return refOf(branch) !== undefined || isObjectSchema(branch) || branch.type === 'array'
}

function withoutParts ({ allOf: _, anyOf: __, oneOf: ___, ...rest }: JsonSchema): JsonSchema {
  return rest
}

/** What a union of objects has beside its members. */
function joined (schema: JsonSchema, union: Arbitrary<unknown>, tie: Tie): Arbitrary<unknown> {
  if (!isObjectSchema(schema)) return union
  return fc.tuple(objectOf(schema, tie), union).map(([own, member]) => isRecord(member) ? { ...own, ...member } : own)
}

function mergedOf (parts: readonly JsonSchema[], tie: Tie): Arbitrary<unknown> {
  const described = parts.filter((part) => refOf(part) !== undefined || Object.keys(part).some((keyword) => ['type', 'properties', 'anyOf', 'oneOf', 'allOf', 'const', 'enum'].includes(keyword)))
  return fc.tuple(...described.map((part) => valueOf(part, tie))).map((values) => values.every(isRecord) ? Object.assign({}, ...values) : values[0])
}

function typeOf (type: string, schema: JsonSchema, tie: Tie): Arbitrary<unknown> {
  switch (type) {
    case 'string': return tie.textOf(schema)
    case 'integer': return numberOf(schema, 1)
    case 'number': return numberOf(schema, 0)
    case 'boolean': return fc.boolean()
    case 'null': return fc.constant(null)
    case 'array': return arrayOf(schema, tie)
    default: return fc.jsonValue({ maxDepth: 2 })
  }
}

function arrayOf ({ items, prefixItems, additionalItems, minItems, maxItems, uniqueItems }: JsonSchema, tie: Tie): Arbitrary<unknown> {
  const first = isList(prefixItems) ? prefixItems : isList(items) ? items : []
  const rest = isList(items) ? additionalItems : items
  const tuple = fc.tuple(...first.map((item) => valueOf(isRecord(item) ? item : {}, tie)))
  const room = (count: unknown) => typeof count === 'number' ? Math.max(0, count - first.length) : undefined
  const [minLength = 0, maxLength] = [room(minItems), rest === false ? 0 : room(maxItems)]
  const lengths = { minLength, ...(maxLength === undefined ? {} : { maxLength }), depthIdentifier: 'value' }
  const each = valueOf(isRecord(rest) ? rest : {}, tie)
  const others = uniqueItems === true ? fc.uniqueArray(each, { ...lengths, selector: (value) => JSON.stringify(value) }) : fc.array(each, lengths)
  return first.length === 0 ? others : fc.tuple(tuple, others).map(([head, tail]) => [...head, ...tail])
}

const absent = Symbol('absent')

function objectOf (schema: JsonSchema, tie: Tie): Arbitrary<Record<string, unknown>> {
  const fields = fieldsOf(schema)
  const values = fields.map(({ required, schema: below }) => required ? valueOf(below, tie) : fc.option(valueOf(below, tie), { ...bounded, nil: absent }))
  const named = fc.tuple(...values).map((made) => Object.fromEntries(fields.map(({ name }, index): [string, unknown] => [name, made[index]]).filter(([, value]) => value !== absent)))
  const [pattern] = Object.entries(isRecord(schema.patternProperties) ? schema.patternProperties : {})
  const others = pattern === undefined ? schema.additionalProperties : pattern[1]
  if (!isRecord(others)) return named
  const names = new Set(fields.map(({ name }) => name))
  const keys = pattern === undefined ? fc.string({ minLength: 1 }) : tie.textOf({ pattern: pattern[0] })
  const free = keys.filter((key) => key !== '__proto__' && !names.has(key))
  return fc.tuple(fc.dictionary(free, valueOf(others, tie), { maxKeys: 3, noNullPrototype: true }), named).map(([rest, own]) => ({ ...rest, ...own }))
}

function numberOf ({ multipleOf, ...schema }: JsonSchema, unit: 0 | 1): Arbitrary<number> {
  if (typeof multipleOf === 'number' && multipleOf > 0) {
    const { min, max } = limitsOf(schema, multipleOf)
    const steps = { ...(min === undefined ? {} : { min: Math.ceil(min / multipleOf) }), ...(max === undefined ? {} : { max: Math.floor(max / multipleOf) }) }
    return fc.integer(steps).map((count) => count * multipleOf)
  }
  const { min, max } = limitsOf(schema, unit)
  if (unit === 0) return fc.double({ ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }), noNaN: true, noDefaultInfinity: true })
  return fc.integer({ ...(min === undefined ? {} : { min: Math.ceil(min) }), ...(max === undefined ? {} : { max: Math.floor(max) }) })
}

/** @param unit the smallest step between two numbers; 0 where there is none */
function limitsOf ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema, unit: number) {
  const beside = (limit: number, towards: 1 | -1) => limit + towards * (unit === 0 ? Math.max(Math.abs(limit), 1) * 1e-9 : unit)
  return {
    min: typeof minimum === 'number' ? minimum : typeof exclusiveMinimum === 'number' ? beside(exclusiveMinimum, 1) : undefined,
    max: typeof maximum === 'number' ? maximum : typeof exclusiveMaximum === 'number' ? beside(exclusiveMaximum, -1) : undefined
  }
}
