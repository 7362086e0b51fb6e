import { AjvCompiler } from '@fastify/ajv-compiler'
import { checkTwins } from './check-twins.js'
import type { HeadContract } from './contracts.js'
import { createConverters, type Converters } from './converters.js'
import { deriveStates, type Derived } from './derive.js'
import type { VersionHistory } from './history.js'
import { isRecord, type JsonSchema } from './json-schema.js'
import { computeReach, type Reach } from './reach.js'

/** The schemas of an app in all versions, ready to be converted. */
export interface World {
  readonly history: VersionHistory
  readonly derived: Derived
  readonly reach: Reach
  readonly converters: Converters
  /** @returns a validator that takes values as they are, and says what is wrong; undefined for a valid one */
  compile (schema: JsonSchema): (value: unknown) => string | undefined
}

/**
 * Derives all versions, for trying their changes and for describing them.
 *
 * @throws FST_ERR_VINTAGE_MISFIT when a change does not fit the schemas
 */
export function openWorld (history: VersionHistory, head: HeadContract): World {
  const derived = deriveStates(history, head)
  const reach = computeReach(derived)
  checkTwins(derived)
  const compileSchema = AjvCompiler()({}, { customOptions: { coerceTypes: false, useDefaults: false, removeAdditional: false, strict: false, allErrors: false, addUsedSchema: false, logger: false } })
  return {
    history,
    derived,
    reach,
    converters: createConverters(derived, reach),
    compile: (schema) => {
      const validate = compileSchema({ schema })
      return (value) => validate(value) === true ? undefined : describeErrors(validate.errors)
    }
  }
}

function describeErrors (errors: unknown): string {
  return Object.values(Object(errors)).filter(isRecord).map(({ instancePath, message, params }) => {
    const extra = isRecord(params) && params.additionalProperty !== undefined ? ` (\`${String(params.additionalProperty)}\`)` : ''
    return `\`${instancePath === '' ? '/' : String(instancePath)}\` ${String(message)}${extra}`
  }).join(', ')
}
