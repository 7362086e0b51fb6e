import { branchesOf, isList, isObjectSchema, isRecord, literalsOf, propertiesOf, refOf, type JsonSchema } from './json-schema.js'

type Resolve = (schema: JsonSchema) => JsonSchema

/** @returns whether a schema admits null; one that does not say its type does */
export function isNullable (schema: JsonSchema, resolve: Resolve): boolean {
  const types = jsonTypesOf(schema, resolve)
  return types.size === 0 || types.has('null')
}

const scalars = new Set(['string', 'number', 'integer', 'boolean'])

/** @returns the schema, admitting null as well */
export function withNull (schema: JsonSchema): JsonSchema {
  const { type, enum: values } = schema
  // in a union, a validator that coerces would take the first member and make an empty text of null
  if (typeof type !== 'string' || !scalars.has(type) || 'const' in schema) return { anyOf: [schema, { type: 'null' }] }
  return { ...schema, type: [type, 'null'], ...isList(values) ? { enum: [...values, null] } : {} }
}

/** @returns the JSON types that a schema admits; empty when it does not say */
export function jsonTypesOf (schema: JsonSchema, resolve: Resolve): ReadonlySet<string> {
  const target = resolve(schema)
  const literals = literalsOf(target)
  if (literals !== undefined) return new Set(literals.map(jsonTypeOf))
  const branches = branchesOf(target)
  if (branches !== undefined) return new Set(branches.flatMap((branch) => [...jsonTypesOf(branch, resolve)]))
  const named = (isList(target.type) ? target.type : [target.type]).filter((type) => typeof type === 'string')
  if (named.length === 0 && isObjectSchema(target)) named.push('object')
  if (target.nullable === true) named.push('null')
  return new Set(named)
}

/** @returns the JSON type of a value: `integer` and `number` are both `number` */
export function jsonTypeOf (value: unknown): string {
  if (value === null) return 'null'
  return isList(value) ? 'array' : typeof value
}

/**
 * Compares two schemas by what they are made of, not by their limits or whether they admit null.
 *
 * @returns the path of the first difference, `''` at the top; undefined when both are of one type
 */
export function differenceOf (a: JsonSchema, b: JsonSchema, resolve: Resolve, path = ''): string | undefined {
  if (refOf(a) !== undefined && refOf(a) === refOf(b)) return undefined
  const [typesA, typesB] = [typeNames(a, resolve), typeNames(b, resolve)]
  // a schema that does not say its type fits every other
  if (typesA === '' || typesB === '') return undefined
  if (typesA !== typesB) return path
  if (typesA === 'object') return propertyDifference(resolve(a), resolve(b), resolve, path)
  const [itemsA, itemsB] = [resolve(a).items, resolve(b).items]
  return isRecord(itemsA) && isRecord(itemsB) ? differenceOf(itemsA, itemsB, resolve, `${path}[]`) : undefined
}

function typeNames (schema: JsonSchema, resolve: Resolve): string {
  return [...jsonTypesOf(schema, resolve)].filter((type) => type !== 'null').sort().join(' or ')
}

function propertyDifference (a: JsonSchema, b: JsonSchema, resolve: Resolve, path: string): string | undefined {
  const [mine, theirs] = [propertiesOf(a), propertiesOf(b)]
  for (const name of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    const [left, right] = [mine[name], theirs[name]]
    if (left === undefined || right === undefined) return `${path}.${name}`
    const difference = differenceOf(left, right, resolve, `${path}.${name}`)
    if (difference !== undefined) return difference
  }
  return undefined
}
