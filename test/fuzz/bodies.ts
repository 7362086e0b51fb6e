import fc from 'fast-check'
import { arbitraryOf } from '../../src/versioning/arbitrary.js'
import type { JsonSchema } from '../../src/versioning/json-schema.js'

/** Names that break objects, and those of the API, old and new. */
export const names = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'id', 'login', 'username', 'full_name', 'first_name', 'emails', 'email', 'state', 'address', 'street', 'phone', 'fax', 'nick', 'title', 'headline', 'made', 'customer', 'plan', 'plan_code', '', '$ref')
const anything = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, fc.jsonValue({ maxDepth: 1 }), fc.dictionary(fc.oneof(names, fc.string()), tie('value'), { maxKeys: 4 }), fc.array(tie('value'), { maxLength: 3 }))
})).value

/** A valid body of a version: as it is, with a field replaced, with one more, or with one less. */
export function bodiesOf (schema: JsonSchema) {
  const valid = arbitraryOf(schema)
  const bent = fc.tuple(valid, names, anything).map(([body, name, value]) => Object.defineProperty({ ...Object(body) }, name, { value, enumerable: true, configurable: true, writable: true }))
  const cut = fc.tuple(valid, fc.nat(20)).map(([body, nth]) => Object.fromEntries(Object.entries(Object(body)).filter((_, index) => index !== nth)))
  return fc.oneof({ weight: 5, arbitrary: valid.map((body) => ({ body, isValid: true })) }, ...[bent, cut, anything].map((arbitrary) => ({ weight: 1, arbitrary: arbitrary.map((body: unknown) => ({ body, isValid: false })) })))
}
