import fc from 'fast-check'
import type { Bench, Side } from './law-bench.js'
import { lawsOf, type Law } from './law-list.js'
import type { Finding } from './violation.js'

/** What one law came to. */
export type Trial = Finding

/** How much is tried. */
export interface Effort {
  readonly runs: number
  readonly seed: number
}

/**
 * Tries all laws of a step on generated values, and shrinks those for which one does not hold.
 *
 * @param declared a loss that somebody declared by hand, so that it is an error when there is none
 */
export function tryLaws (bench: Bench, effort: Effort, declared?: { readonly why: string }): Finding[] {
  const { older, newer, steps } = bench
  const isLossy = steps.some((step) => step.operation.lossy !== undefined || step.operation.losesOn?.(step) === true)
  const findings: Finding[] = []
  let lost = false
  // to find out that there are no values takes long
  const without = new Set<Side>()
  for (const law of lawsOf(bench)) {
    const finding = without.has(law.from) ? undefined : tryLaw(law, effort)
    if (finding === undefined) continue
    if (finding.law === 'not checked') without.add(law.from)
    if (law.isRoundTrip && isLossy && finding.law !== 'not checked') lost = true
    else if (!findings.some((known) => known.law === finding.law)) findings.push(finding)
  }
  const roundTrips = older.convert !== undefined && newer.convert !== undefined && steps.every(({ operation }) => operation.load === undefined)
  if (declared !== undefined && !lost && roundTrips && findings.length === 0) {
    findings.push({ law: 'lossy', value: null, problem: `declares a loss ("${declared.why}"), but both ways undo each other: leave \`lossy\` out` })
  }
  return findings
}

function tryLaw (law: Law, { runs, seed }: Effort): Finding | undefined {
  const unchecked = (why: string): Finding => ({ law: 'not checked', value: null, problem: `no values could be generated for ${String(law.from.schema.$id)}: ${why}` })
  let property
  try {
    property = fc.property(law.from.values(), (value) => {
      fc.pre(law.from.accepts(value))
      return problemOf(law, value) === undefined
    })
  } catch (error) {
    return unchecked(String(error))
  }
  const { failed, counterexample, numSkips } = fc.check(property, { numRuns: runs, seed })
  if (!failed) return undefined
  if (counterexample === null) return unchecked(`${numSkips} were generated, and too few of them are valid`)
  const [value] = counterexample
  return { law: law.law, value, problem: problemOf(law, value) ?? 'does not hold each time: is the function pure?' }
}

function problemOf ({ law, check }: Law, value: unknown): string | undefined {
  try {
    // a copy, since a function may write into what it is given
    return check(JSON.parse(JSON.stringify(value)))
  } catch (error) {
    // one function that throws breaks one law, not all
    if (isRefusal(error) || !law.startsWith('totality')) return undefined
    return error instanceof Error && error.cause instanceof Error ? `${error.message} ${error.cause.message}` : String(error)
  }
}

/** A client that sends what cannot be converted is told so, in its own words: that is an answer, not a failure. */
function isRefusal (error: unknown): boolean {
  const status: unknown = Reflect.get(Object(error), 'statusCode')
  return typeof status === 'number' && status >= 400 && status < 500
}
