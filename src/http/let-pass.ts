import type { FastifyRequest } from 'fastify'
import { isRecord } from '../versioning/json-schema.js'
import { findSymbol } from './fastify-internals.js'

/** Bodies that are not complete yet, and so are no business of head's validator. */
const kIncomplete: unique symbol = Symbol('fastify-vintage.incomplete')

/** Lets one body pass Fastify's own validation; it is validated by us, once it is complete. */
export function letPass (request: FastifyRequest, body: object): void {
  Object.defineProperty(body, kIncomplete, { value: true, configurable: true })
  const validator: unknown = request.getValidationFunction('body')
  if (typeof validator === 'function') {
    if (!isPatient(validator)) replaceBodyValidator(request, makePatient(validator))
  } else if (isRecord(validator)) {
    for (const [mediaType, one] of Object.entries(validator)) if (typeof one === 'function' && !isPatient(one)) validator[mediaType] = makePatient(one)
  }
}

function isPatient (validator: Function): boolean {
  return Reflect.get(validator, kIncomplete) === true
}

// what compilers hang on their functions, such as `errors`, is read through it
function makePatient (validator: Function): Function {
  return new Proxy(validator, {
    apply: (target, self, args) => isIncomplete(args[0]) || Reflect.apply(target, self, args),
    get: (target, name) => name === kIncomplete || Reflect.get(target, name)
  })
}

function isIncomplete (value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, kIncomplete)
}

/**
 * Puts another function in the place of the validator that Fastify has for the bodies of a request's route.
 * @returns whether it could be found there
 */
export function replaceBodyValidator (request: object, validator: Function): boolean {
  const context = readHidden(request, 'fastify.context')
  const symbol = typeof context === 'object' && context !== null ? findSymbol(context, 'body-schema') : undefined
  return symbol !== undefined && Reflect.set(Object(context), symbol, validator)
}

function readHidden (owner: object, description: string): unknown {
  const symbol = findSymbol(owner, description)
  return symbol === undefined ? undefined : Reflect.get(owner, symbol)
}
