import { startCode } from './code.js'
import type { Composer } from './compose-object.js'
import { composeSchema } from './compose-schema.js'
import type { Converter, Route, Workshop } from './converters.js'
import { isRecord, type JsonSchema } from './json-schema.js'
import type { ConversionContext } from './load-context.js'

/**
 * Carries over the keys that the schema does not name. A key that is a field's name in another version on the way is
 * left behind: nobody may smuggle a new field past the validation of an old version.
 */
export function composeRest ({ code, workshop, upgrades, value }: Composer, result: string, schema: JsonSchema, route: Route, known: ReadonlySet<string>): void {
  if (!carriesRest(schema, upgrades)) return
  const [key, convert] = [code.local(), convertRest(workshop, schema, route)]
  const below = convert === null ? `${value}[${key}]` : `${code.bind(convert, 'conversion of keys that the schema does not name')}(${key}, ${value}[${key}], context)`
  const names = [...known, '__proto__'].map((name) => `case ${JSON.stringify(name)}:`)
  code.line(`for (const ${key} of Object.keys(${value})) { switch (${key}) { ${names.join(' ')} break; default: ${result}[${key}] = ${below} } }`)
}

/** @returns whether unnamed keys go through: in requests unless the schema is closed, in responses where the serialiser writes them */
export function carriesRest (schema: JsonSchema, upgrades: boolean): boolean {
  const { additionalProperties } = schema
  if (upgrades) return additionalProperties !== false || isRecord(schema.patternProperties)
  return additionalProperties === true || isRecord(additionalProperties) || isRecord(schema.patternProperties)
}

/** @returns the conversion of an unnamed key's value; null when none of them differs */
export function convertRest (workshop: Workshop, schema: JsonSchema, route: Route): ((key: string, value: unknown, context?: ConversionContext) => unknown) | null {
  const converterOf = (below: unknown) => isRecord(below) ? convertBelow(workshop, below, route) : null
  const patterns = Object.entries(isRecord(schema.patternProperties) ? schema.patternProperties : {})
    .map(([pattern, below]) => ({ pattern: new RegExp(pattern, 'u'), convert: converterOf(below) }))
  const others = converterOf(schema.additionalProperties)
  if (others === null && patterns.every(({ convert }) => convert === null)) return null
  return (key, value, context) => {
    const match = patterns.find(({ pattern }) => pattern.test(key))
    const convert = match === undefined ? others : match.convert
    return convert === null ? value : convert(value, context)
  }
}

/** A function of its own, since any number of keys may have such a value. */
function convertBelow (workshop: Workshop, schema: JsonSchema, route: Route): Converter | null {
  if (!workshop.reach.differs(schema, route.from, route.to)) return null
  const code = startCode()
  code.line(`return ${composeSchema({ code, workshop, self: undefined }, 'v', schema, route)}`)
  return code.build('value')
}
