import { holdsInternal, internalNames } from './internal.js'
import { branchesOf, isList, isRecord, propertiesOf, refOf, type JsonSchema } from './json-schema.js'

/** Takes the internal fields out of a value; the argument is not mutated. */
export type Conceal = (value: unknown) => unknown

/**
 * Makes the function that takes internal fields out of values of a schema, for whoever gets a value without a serialiser of ours.
 * What `toJSON` gives is what is copied, as JSON would.
 *
 * @param resolve the schema behind a `$ref`
 * @returns null where the schema holds no internal field
 */
export function concealerOf (schema: JsonSchema, resolve: (ref: string) => JsonSchema | undefined): Conceal | null {
  const known = new Map<JsonSchema, Conceal>()
  return holdsInternal(schema, resolve) ? conceal(schema) : null

  function conceal (schema: JsonSchema): Conceal {
    const found = known.get(schema)
    if (found !== undefined) return found
    let made: Conceal | undefined
    const concealer: Conceal = (value) => (made ??= make(schema))(value)
    // a schema that holds itself finds this
    known.set(schema, concealer)
    return concealer
  }

  function below (schema: unknown): Conceal | null {
    return isRecord(schema) && holdsInternal(schema, resolve) ? conceal(schema) : null
  }

  function make (schema: JsonSchema): Conceal {
    const ref = refOf(schema)
    const parts = [ref === undefined ? undefined : resolve(ref), ...branchesOf(schema) ?? [], ...isList(schema.allOf) ? schema.allOf : []]
    const concealers = [...parts.map(below), concealFields(schema, below), concealItems(schema, below)].filter((each) => each !== null)
    return (value) => concealers.reduce((result, each) => each(result), value)
  }
}

function concealFields (schema: JsonSchema, below: (schema: unknown) => Conceal | null): Conceal | null {
  const names = new Set(internalNames(schema))
  const fields = new Map(Object.entries(propertiesOf(schema)).flatMap(([name, property]) => {
    const concealer = names.has(name) ? null : below(property)
    return concealer === null ? [] : [[name, concealer]]
  }))
  const patterns = isRecord(schema.patternProperties) ? Object.values(schema.patternProperties) : []
  const others = [...patterns, schema.additionalProperties].map(below).find((concealer) => concealer !== null) ?? null
  if (names.size === 0 && fields.size === 0 && others === null) return null
  return (value) => {
    if (isList(value) || typeof value !== 'object' || value === null) return value
    if ('toJSON' in value && typeof value.toJSON === 'function') value = value.toJSON()
    if (!isRecord(value)) return value
    const entries = Object.entries(value).filter(([name]) => !names.has(name))
    return Object.fromEntries(entries.map(([name, field]) => [name, (fields.get(name) ?? others)?.(field) ?? field]))
  }
}

function concealItems (schema: JsonSchema, below: (schema: unknown) => Conceal | null): Conceal | null {
  const first = (isList(schema.prefixItems) ? schema.prefixItems : isList(schema.items) ? schema.items : []).map(below)
  const rest = below(isList(schema.items) ? schema.additionalItems : schema.items)
  if (rest === null && first.every((concealer) => concealer === null)) return null
  return (value) => isList(value) ? value.map((item, index) => (index < first.length ? first[index] : rest)?.(item) ?? item) : value
}
