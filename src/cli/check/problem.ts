import type { Violation } from '../../versioning/violation.js'
import { codeOf } from '../exit-codes.js'

/** One thing that `vintage check` found wrong. */
export type Problem =
  /** a change does not keep a law for a value */
  | ({ readonly kind: 'law' } & Violation)
  /** a transition is not well defined, or the app did not start */
  | { readonly kind: 'transition' | 'app', readonly code: string | null, readonly message: string }

export function problemOf (kind: 'transition' | 'app', error: unknown): Problem {
  return { kind, code: codeOf(error) ?? null, message: error instanceof Error ? error.message : String(error) }
}

/** A problem as lines for a person. */
export function describeProblem (problem: Problem): string {
  return problem.kind === 'law' ? problem.message : `${problem.kind}: ${problem.message}`
}
