import fc, { type Arbitrary, type StringConstraints } from 'fast-check'
import { branchesOf, isList, isObjectSchema, isRecord, isSchemaMap, literalsOf, refOf, type JsonSchema } from './json-schema.js'
import { fieldsOf } from './operations/fields.js'

/** Generates JSON values that a closed schema admits, strings of every kind among them. */
export function arbitraryOf (schema: JsonSchema): Arbitrary<unknown> {
  const definitions = isSchemaMap(schema.$defs) ? Object.entries(schema.$defs) : []
  return fc.letrec<{ '#': unknown, [name: string]: unknown }>((tie) => {
    const named = definitions.map(([name, below]) => [`#/$defs/${name}`, valueOf(below, tie)])
    return { ...Object.fromEntries(named), '#': valueOf(schema, tie) }
  })['#']
}

type Tie = (name: string) => Arbitrary<unknown>

function valueOf (schema: JsonSchema, tie: Tie): Arbitrary<unknown> {
  const ref = refOf(schema)
  if (ref !== undefined) return tie(ref)
  const literals = literalsOf(schema)
  if (literals !== undefined) return fc.constantFrom(...literals)
  const branches = branchesOf(schema)
  // the simplest branch is where generating may stop, as for a tree
  if (branches !== undefined) return fc.oneof({ maxDepth: 3, depthIdentifier: 'value' }, ...[...branches].reverse().map((branch) => valueOf(branch, tie)))
  if (isObjectSchema(schema)) return objectOf(schema, tie)
  const types = isList(schema.type) ? schema.type : [schema.type]
  return fc.oneof(...types.map((type) => typeOf(String(type), schema, tie)))
}

function typeOf (type: string, schema: JsonSchema, tie: Tie): Arbitrary<unknown> {
  switch (type) {
    case 'string': return stringOf(schema)
    case 'integer': return fc.integer(limitsOf(schema, 1))
    case 'number': return fc.double({ ...limitsOf(schema, 0), noNaN: true, noDefaultInfinity: true })
    case 'boolean': return fc.boolean()
    case 'null': return fc.constant(null)
    case 'array': return fc.array(valueOf(isRecord(schema.items) ? schema.items : {}, tie), { ...lengthsOf(schema.minItems, schema.maxItems), depthIdentifier: 'value' })
    default: return fc.jsonValue({ maxDepth: 2 })
  }
}

function objectOf (schema: JsonSchema, tie: Tie): Arbitrary<unknown> {
  const fields = fieldsOf(schema)
  const values = Object.fromEntries(fields.map(({ name, schema: below }) => [name, valueOf(below, tie)]))
  const named = fc.record(values, { requiredKeys: fields.filter(({ required }) => required).map(({ name }) => name), noNullPrototype: true })
  const [pattern] = Object.entries(isRecord(schema.patternProperties) ? schema.patternProperties : {})
  const others = pattern === undefined ? schema.additionalProperties : pattern[1]
  if (!isRecord(others)) return named
  const keys = fc.string({ minLength: 1 }).filter((key) => key !== '__proto__' && !(key in values) && (pattern === undefined || new RegExp(pattern[0], 'u').test(key)))
  return fc.tuple(fc.dictionary(keys, valueOf(others, tie), { maxKeys: 3, noNullPrototype: true }), named).map(([rest, own]) => ({ ...rest, ...own }))
}

const texts: Readonly<Record<string, () => Arbitrary<string>>> = {
  'date-time': () => dates().map((date) => date.toISOString()),
  date: () => dates().map((date) => date.toISOString().slice(0, 10)),
  time: () => dates().map((date) => date.toISOString().slice(11)),
  email: () => fc.emailAddress(),
  uuid: () => fc.uuid(),
  uri: () => fc.webUrl(),
  hostname: () => fc.domain(),
  ipv4: () => fc.ipV4(),
  ipv6: () => fc.ipV6()
}

function dates (): Arbitrary<Date> {
  return fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true })
}

function stringOf (schema: JsonSchema): Arbitrary<string> {
  const format = texts[String(schema.format)]
  if (format !== undefined) return format()
  const lengths: StringConstraints = lengthsOf(schema.minLength, schema.maxLength)
  if (typeof schema.pattern === 'string') return patternOf(new RegExp(schema.pattern, 'u'), lengths)
  // any code point; and text as people write it, with the spaces and signs where conversions go wrong
  const written = fc.constantFrom('a', 'B', 'ß', '中', ' ', ' ', '-', '.', "'", '"', '\\', '0', '7')
  return fc.oneof(fc.string({ ...lengths, unit: 'binary' }), fc.string({ ...lengths, unit: written }))
}

function patternOf (pattern: RegExp, { minLength = 0, maxLength = Infinity }: StringConstraints): Arbitrary<string> {
  return fc.stringMatching(pattern).filter((text) => [...text].length >= minLength && [...text].length <= maxLength)
}

function lengthsOf (min: unknown, max: unknown) {
  return { ...(typeof min === 'number' ? { minLength: min } : {}), ...(typeof max === 'number' ? { maxLength: max } : {}) }
}

function limitsOf ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema, unit: 0 | 1) {
  const beside = (limit: number, towards: 1 | -1) => unit === 1 ? limit + towards : limit + towards * Math.max(Math.abs(limit), 1) * 1e-9
  const min = typeof minimum === 'number' ? minimum : typeof exclusiveMinimum === 'number' ? beside(exclusiveMinimum, 1) : undefined
  const max = typeof maximum === 'number' ? maximum : typeof exclusiveMaximum === 'number' ? beside(exclusiveMaximum, -1) : undefined
  const round = (limit: number, up: boolean) => unit === 0 ? limit : up ? Math.ceil(limit) : Math.floor(limit)
  return { ...(min === undefined ? {} : { min: round(min, true) }), ...(max === undefined ? {} : { max: round(max, false) }) }
}
