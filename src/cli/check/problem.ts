import { codeOf } from '../exit-codes.js'

/** One thing that `vintage check` found wrong. */
export type Problem =
  /** a change does not keep a law for a value */
  | { readonly kind: 'law', readonly file: string, readonly version: string, readonly change: string, readonly law: string, readonly value: unknown, readonly message: string }
  /** a transition is not well defined, or the app did not start */
  | { readonly kind: 'transition' | 'app', readonly code: string | null, readonly message: string }

export function problemOf (kind: 'transition' | 'app', error: unknown): Problem {
  return { kind, code: codeOf(error) ?? null, message: error instanceof Error ? error.message : String(error) }
}

/** A problem as lines for a person. */
export function describeProblem (problem: Problem): string {
  if (problem.kind !== 'law') return `${problem.kind}: ${problem.message}`
  const { file, version, change, law, value, message } = problem
  return [
    `${file}: ${change}`,
    `  law:     ${law}`,
    `  value:   ${JSON.stringify(value) ?? 'undefined'}`,
    `  version: ${version}`,
    `  ${message}`
  ].join('\n')
}
