import type { FastifySchemaValidationError } from 'fastify'
import type { SchemaErrorFormatter } from 'fastify/types/schema.js'
import { UnprocessableError, UpgradeRefusedError } from '../errors.js'
import { isRecord } from '../versioning/json-schema.js'
import type { Path } from '../versioning/operations/flows.js'
import { pointerOf, reachedPath, stepsOf } from './pointers.js'
import { faultsOf, type Fault } from './problem-details.js'
import type { UpgradedPart } from './judge.js'
import { errorsIn, formatRefusal } from './validate.js'

/** The error that answers a request that head refuses. */
export interface Refusal {
  readonly error: Error
  /** The version files are at fault, and not the client. */
  readonly isOurs: boolean
  /** What the client has to correct. */
  readonly faults: readonly Fault[]
}

/**
 * Finds out who is at fault when head refuses what became of an honest older request: the client where a change said that
 * head may refuse its fields, and is told so in its own field names; else us.
 * @param reason what head's validator said, whatever compiler made it
 */
export function refusalOf (upgrade: UpgradedPart, reason: unknown, version: string, format: SchemaErrorFormatter): Refusal {
  const { part: { part }, sent, upgraded } = upgrade
  const errors = errorsIn(reason)
  const [first] = errors
  if (first !== undefined && isNothingLeft(upgraded, errors)) return { error: formatRefusal([nothingLeft(sent, first)], part, format), isOurs: false, faults: [] }
  const told = distinct(errors.flatMap((error) => errorsForClient(upgrade, error)))
  if (told.length === 0) return { error: new UpgradeRefusedError(part, version), isOurs: true, faults: [] }
  const own = new UnprocessableError(part, version, told.map(({ instancePath, message }) => `\`${instancePath}\` ${message}`).join(', '))
  return { error: formatRefusal(told, part, format, own), isOurs: false, faults: faultsOf(told, part) }
}

/** What head says of one place in its value, said of the fields that the client sent for it. */
function errorsForClient ({ part: { shape }, sent }: UpgradedPart, error: FastifySchemaValidationError): FastifySchemaValidationError[] {
  const origins = shape.traces.origins([...stepsOf(error.instancePath), ...namedMember(error)])
  const present = origins.map((origin) => ({ ...origin, reached: reachedPath(sent, origin.path) }))
  const declared = present.filter((origin) => origin.declared)
  const whole = declared.filter(({ path, reached }) => path.length === reached.length)
  return (whole.length > 0 ? whole : declared).map(({ reached, carried }) => {
    const others = carried ? [] : whole.map(({ path }) => path).filter((path) => pointerOf(path) !== pointerOf(reached))
    return { keyword: error.keyword, instancePath: pointerOf(reached), schemaPath: `#/${error.keyword}`, params: limitsIn(error), message: describe(error, carried, others) }
  })
}

/** Keywords about one value: what ajv says of them names no field of head. */
const valueKeywords = new Set(['type', 'format', 'pattern', 'minLength', 'maxLength', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'enum', 'const', 'minItems', 'maxItems', 'uniqueItems', 'minProperties', 'maxProperties'])

function limitsIn ({ keyword, params }: FastifySchemaValidationError): FastifySchemaValidationError['params'] {
  return valueKeywords.has(keyword) ? params : {}
}

function describe ({ keyword, message }: FastifySchemaValidationError, carried: boolean, others: readonly Path[]): string {
  const limit = valueKeywords.has(keyword) ? String(message) : keyword === 'required' ? 'must have all that is required' : 'must be a value that is still accepted'
  if (carried) return limit
  const together = others.length === 0 ? '' : ` together with ${others.map((path) => `'${path.join('.')}'`).join(', ')}`
  return `cannot be accepted${together}, since what it becomes ${limit}`
}

/** The member that an error is about, where ajv points at the object around it. */
function namedMember ({ params }: FastifySchemaValidationError): Path {
  const name = params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty ?? params.propertyName
  return typeof name === 'string' ? [name] : []
}

function distinct (errors: readonly FastifySchemaValidationError[]): FastifySchemaValidationError[] {
  return [...new Map(errors.map((error) => [`${error.instancePath} ${error.message}`, error])).values()]
}

/** Whether the upgrade dropped every field of the request, and that is all that head refuses. */
function isNothingLeft (upgraded: unknown, errors: readonly FastifySchemaValidationError[]): boolean {
  return isRecord(upgraded) && Object.keys(upgraded).length === 0 &&
    errors.every(({ keyword, instancePath }) => keyword === 'minProperties' && instancePath === '')
}

// the client's own words: what it sent was valid, but means nothing any more
function nothingLeft (sent: unknown, { params }: FastifySchemaValidationError): FastifySchemaValidationError {
  const names = Object.keys(Object(sent)).map((name) => `'${name}'`).join(', ')
  return { keyword: 'minProperties', instancePath: '', schemaPath: '#/minProperties', params, message: `must have a property beside ${names}, which no longer has an effect` }
}
