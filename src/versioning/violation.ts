/** What does not hold, and for which value. */
export interface Finding {
  /** name of the law, `lossy` for a loss that is none, or `not checked` */
  readonly law: string
  /** the smallest value found for which the law does not hold; null where there is none */
  readonly value: unknown
  /** what is wrong, in one sentence */
  readonly problem: string
}

/** Where it does not hold. */
export interface Blame {
  readonly version: string
  /** file of the change: `2026-11-01/full-name.ts` */
  readonly file: string
  /** description of the change */
  readonly change: string
  /** `$id` or place of the app on which it was tried; null where the change was tried on its own fragments */
  readonly schema: string | null
  /** replays the values: `laws(versions, { seed })` */
  readonly seed: number
}

/** A change that does not keep a law. */
export interface Violation extends Blame, Finding {
  /** all of it, as lines for a person */
  readonly message: string
}

/** @returns the violation with its message */
export function describeViolation (blame: Blame, finding: Finding): Violation {
  const { version, file, change, schema, seed } = blame
  const lines = [
    `${file}: ${change}`,
    `  version: ${version}`,
    `  law:     ${finding.law}`,
    ...(schema === null ? [] : [`  schema:  ${schema}`]),
    ...(finding.law === 'not checked' ? [] : [`  value:   ${JSON.stringify(finding.value) ?? 'undefined'}`]),
    `  ${finding.problem}`,
    ...(finding.law === 'not checked' || finding.law === 'lossy' ? [] : [`  seed:    ${seed}`])
  ]
  return { ...blame, ...finding, message: lines.join('\n') }
}
