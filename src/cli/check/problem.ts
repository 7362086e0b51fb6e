import { messageOf } from '../../caught.js'
import type { Alteration } from '../../versioning/lock/check-lock.js'
import type { Violation } from '../../versioning/violation.js'
import { codeOf } from '../exit-codes.js'

/** One thing that `vintage check` found wrong. */
export type Problem =
  /** a change does not keep a law for a value */
  | ({ readonly kind: 'law' } & Violation)
  /** a transition is not well defined, or the app did not start */
  | { readonly kind: 'transition' | 'app', readonly code: string | null, readonly message: string }
  /** a released contract is not what it was, or the lock does not hold all; `alteration` is null then */
  | { readonly kind: 'lock', readonly alteration: Alteration | null, readonly message: string }
  /** a generated file is not what it would be today */
  | { readonly kind: 'types', readonly message: string }

export function problemOf (kind: 'transition' | 'app', error: unknown): Problem {
  return { kind, code: codeOf(error) ?? null, message: messageOf(error) }
}

/** A problem as lines for a person. */
export function describeProblem (problem: Problem): string {
  return problem.kind === 'law' ? problem.message : `${problem.kind}: ${problem.message}`
}
