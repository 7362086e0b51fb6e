import type { Remainder } from './remainders.js'

/** The upgraded body that head's validator meets next, and what remains to be validated of it; nothing of both where no body is expected. */
export interface Expected {
  body: unknown
  remainder: Remainder | null
}

/**
 * Stands in the place of head's validator of a body, in the lane of older clients: of the body that is expected it validates what
 * remains, of any other all. What does not pass is validated as a whole, so that the errors are those of head.
 *
 * @param validate head's validator
 */
export function judgeRemainder (validate: Function, expected: Expected): Function {
  const judge = Object.assign((value: unknown, ...context: readonly unknown[]): unknown => {
    const { body, remainder } = expected
    // between the upgrade and the judgement another request of the route may have come by
    if (remainder !== null && value === body) {
      expected.body = undefined
      expected.remainder = null
      if (remainder(value) === true) return true
    }
    const verdict: unknown = validate(value, ...context)
    judge.errors = Reflect.get(validate, 'errors')
    return verdict
  }, { errors: undefined as unknown })
  // by what else it has, Fastify tells what made it
  return Object.setPrototypeOf(judge, validate)
}
