/** A JSON schema as data: what TypeBox, fluent-json-schema and handwritten schemas have in common. */
export interface JsonSchema { readonly [keyword: string]: unknown }

/** @returns whether a value is a plain record that may be read by key (no array, not null) */
export function isRecord (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** @returns whether a value is an array, with its elements unknown rather than `any` */
export function isList (value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}

/** @returns the `$id` of a schema, if it has one */
export function idOf (schema: JsonSchema): string | undefined {
  return typeof schema.$id === 'string' ? schema.$id : undefined
}

/** @returns what a schema's `$ref` names, if it has one */
export function refOf (schema: JsonSchema): string | undefined {
  return typeof schema.$ref === 'string' ? schema.$ref : undefined
}

/** @returns the properties of an object schema, in their order; none for any other schema */
export function propertiesOf (schema: JsonSchema): Readonly<Record<string, JsonSchema>> {
  return isSchemaMap(schema.properties) ? schema.properties : {}
}

/** @returns the schema of a name; one that admits everything where there is none */
export function schemaAt (schemas: Readonly<Record<string, JsonSchema>>, name: string): JsonSchema {
  return schemas[name] ?? {}
}

/** @returns the names that an object schema requires */
export function requiredOf (schema: JsonSchema): ReadonlySet<string> {
  const names = isList(schema.required) ? schema.required : []
  return new Set(names.filter((name) => typeof name === 'string'))
}

/** @returns whether a schema describes an object by its properties or patterns */
export function isObjectSchema (schema: JsonSchema): boolean {
  return schema.type === 'object' || isRecord(schema.properties) || isRecord(schema.patternProperties)
}

/** @returns the branches of `anyOf` or `oneOf`, if the schema is a union; those of an object that only say which of its fields go together make none */
export function branchesOf (schema: JsonSchema): readonly JsonSchema[] | undefined {
  const branches = schema.anyOf ?? schema.oneOf
  if (!isList(branches) || !branches.every(isRecord)) return undefined
  return isObjectSchema(schema) && branches.every((branch) => isCondition(branch, propertiesOf(schema))) ? undefined : branches
}

const conditions = new Set(['type', 'required', 'properties', 'not', 'dependentRequired', 'minProperties', 'maxProperties', 'title', 'description'])

/** A branch that brings no field of its own: `{ required: ['a'] }`, `{ properties: { kind: { const: 'a' } } }`. */
function isCondition (branch: JsonSchema, fields: Readonly<Record<string, JsonSchema>>): boolean {
  return (branch.type ?? 'object') === 'object' && Object.keys(branch).every((keyword) => conditions.has(keyword)) &&
    Object.entries(propertiesOf(branch)).every(([name, schema]) => Object.hasOwn(fields, name) && refOf(schema) === undefined && subschemasOf(schema).length === 0)
}

/** @returns how many values an array schema may hold */
export function roomOf ({ maxItems }: JsonSchema): number {
  return typeof maxItems === 'number' ? maxItems : Infinity
}

/** @returns all values that a schema of literals admits (`const`, `enum`, a union of those), if it is one */
export function literalsOf (schema: JsonSchema): readonly unknown[] | undefined {
  if (isNullSchema(schema)) return [null]
  if ('const' in schema) return [schema.const]
  if (isList(schema.enum)) return schema.enum
  const literals = branchesOf(schema)?.map(literalsOf)
  return literals?.every((list) => list !== undefined) === true ? literals.flat() : undefined
}

/** @returns whether a schema stands for `null` alone */
export function isNullSchema (schema: JsonSchema): boolean {
  return schema.type === 'null' || schema.const === null
}

/** @returns whether a value holds schemas by name */
export function isSchemaMap (value: unknown): value is Readonly<Record<string, JsonSchema>> {
  return isRecord(value) && Object.values(value).every(isRecord)
}

const schemaMaps = new Set(['properties', 'patternProperties', 'dependentSchemas'])
const schemaLists = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems', 'items'])
const singleSchemas = new Set(['items', 'additionalProperties', 'additionalItems', 'contains', 'propertyNames', 'not', 'if', 'then', 'else', 'unevaluatedProperties', 'unevaluatedItems'])
// most schemas have nothing below them
const noSchemas: readonly never[] = Object.freeze([])
/** Keywords under which values are converted; what stands below any other keyword only constrains. */
const convertible = new Set(['properties', 'patternProperties', 'anyOf', 'oneOf', 'allOf', 'prefixItems', 'items', 'additionalItems', 'additionalProperties'])

/** One schema directly below another one. */
export interface Subschema {
  readonly keyword: string
  readonly schema: JsonSchema
  /** a value of it is part of a value of the schema above */
  readonly convertible: boolean
}

/** @returns every schema directly below a schema, with the keyword that holds it; definitions are not below it, but beside it */
export function subschemasOf (schema: JsonSchema): readonly Subschema[] {
  let found: Subschema[] | undefined
  for (const keyword of Object.keys(schema)) {
    const value = schema[keyword]
    if (typeof value !== 'object' || value === null) continue
    const below = isList(value)
      ? schemaLists.has(keyword) ? value : noSchemas
      : schemaMaps.has(keyword) ? Object.values(value) : singleSchemas.has(keyword) ? [value] : noSchemas
    for (const one of below) if (isRecord(one)) (found ??= []).push({ keyword, schema: one, convertible: convertible.has(keyword) })
  }
  return found ?? noSchemas
}

/** @returns a plain copy (string keys only) of a schema with every schema directly below it mapped, without its definitions */
export function mapSubschemas (schema: JsonSchema, map: (below: JsonSchema, keyword: string) => JsonSchema): JsonSchema {
  const copy: Record<string, unknown> = {}
  for (const [keyword, value] of Object.entries(schema)) {
    if (keyword === '$defs' || keyword === 'definitions') continue
    copy[keyword] = mapKeyword(keyword, value, map)
  }
  return copy
}

function mapKeyword (keyword: string, value: unknown, map: (below: JsonSchema, keyword: string) => JsonSchema): unknown {
  const mapOne = (below: unknown) => isRecord(below) ? map(below, keyword) : below
  if (isList(value) && schemaLists.has(keyword)) return value.map(mapOne)
  if (!isRecord(value)) return value
  if (schemaMaps.has(keyword)) return Object.fromEntries(Object.entries(value).map(([name, below]) => [name, mapOne(below)]))
  return singleSchemas.has(keyword) ? mapOne(value) : value
}
