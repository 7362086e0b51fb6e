import type { Composer } from './compose-object.js'
import type { Converter, Route, Workshop } from './converters.js'
import { isRecord, type JsonSchema } from './json-schema.js'
import type { ConversionContext } from './load-context.js'

/**
 * Carries over the keys that the schema does not name. A key that is a field's name in another version on the way is
 * left behind: nobody may smuggle a new field past the validation of an old version.
 */
export function composeRest ({ code, workshop, upgrades }: Composer, schema: JsonSchema, route: Route, known: ReadonlySet<string>): void {
  if (!carriesRest(schema, upgrades)) return
  const convert = convertRest(workshop, schema, route)
  const value = convert === null ? 'v[k]' : `${code.bind(convert)}(k, v[k], context)`
  code.line(`for (const k of Object.keys(v)) if (k !== "__proto__" && !${code.bind(known)}.has(k)) out[k] = ${value}`)
}

/** @returns whether unnamed keys go through: in requests unless the schema is closed, in responses where the serialiser writes them */
export function carriesRest (schema: JsonSchema, upgrades: boolean): boolean {
  const { additionalProperties } = schema
  if (upgrades) return additionalProperties !== false || isRecord(schema.patternProperties)
  return additionalProperties === true || isRecord(additionalProperties) || isRecord(schema.patternProperties)
}

/** @returns the conversion of an unnamed key's value; null when none of them differs */
export function convertRest (workshop: Workshop, schema: JsonSchema, route: Route): ((key: string, value: unknown, context?: ConversionContext) => unknown) | null {
  const patterns = Object.entries(isRecord(schema.patternProperties) ? schema.patternProperties : {})
    .map(([pattern, below]) => ({ pattern: new RegExp(pattern, 'u'), convert: isRecord(below) ? workshop.schema(below, route) : null }))
  const others: Converter | null = isRecord(schema.additionalProperties) ? workshop.schema(schema.additionalProperties, route) : null
  if (others === null && patterns.every(({ convert }) => convert === null)) return null
  return (key, value, context) => {
    const match = patterns.find(({ pattern }) => pattern.test(key))
    const convert = match === undefined ? others : match.convert
    return convert === null ? value : convert(value, context)
  }
}
