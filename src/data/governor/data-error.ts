import { codeOf } from './transient.js'

/** Data exception, constraint violation, or `raise` in a function or trigger. */
export function isDataError (error: unknown): boolean {
  return /^(?:22|23|P0)/.test(String(codeOf(error)))
}
