import type { FastifyRequest } from 'fastify'
import { isRecord } from '../versioning/json-schema.js'
import { findSymbol } from './fastify-internals.js'
import type { RequestPart } from './places.js'

/** Marks values that are no business of Fastify's own validation. */
const kPasses: unique symbol = Symbol('fastify-vintage.passes')

/**
 * Lets one part of a request pass Fastify's own validation: a body that is not complete yet, or what has been validated already
 * and is to stay as it is.
 */
export function letPass (request: FastifyRequest, part: RequestPart, value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  Object.defineProperty(value, kPasses, { value: true, configurable: true })
  const validator: unknown = request.getValidationFunction(part)
  if (typeof validator === 'function') {
    if (!isPatient(validator)) replaceValidator(request, part, makePatient(validator))
  } else if (isRecord(validator)) {
    for (const [mediaType, one] of Object.entries(validator)) if (typeof one === 'function' && !isPatient(one)) validator[mediaType] = makePatient(one)
  }
}

function isPatient (validator: Function): boolean {
  return Reflect.get(validator, kPasses) === true
}

// what compilers hang on their functions, such as `errors`, is read through it
function makePatient (validator: Function): Function {
  return new Proxy(validator, {
    apply: (target, self, args) => passes(args[0]) || Reflect.apply(target, self, args),
    get: (target, name) => name === kPasses || Reflect.get(target, name)
  })
}

function passes (value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, kPasses)
}

/**
 * Puts another function in the place of the validator that Fastify has for a part of the requests of a route.
 * @returns whether it could be found there
 */
export function replaceValidator (request: object, part: RequestPart, validator: Function): boolean {
  const context = readHidden(request, 'fastify.context')
  const symbol = typeof context === 'object' && context !== null ? findSymbol(context, `${part}-schema`) : undefined
  return symbol !== undefined && Reflect.set(Object(context), symbol, validator)
}

function readHidden (owner: object, description: string): unknown {
  const symbol = findSymbol(owner, description)
  return symbol === undefined ? undefined : Reflect.get(owner, symbol)
}
