import fc from 'fast-check'
import type { Change } from './change.js'
import { sourceOf, type VersionHistory } from './history.js'
import { openBench } from './law-bench.js'
import { lawsOf, type Law } from './law-list.js'
import { loadHistory, type HistorySource, type LoadOptions } from './load.js'
import type { Fragments } from './operations/operation.js'
import { foreignRefsIn } from './named-schemas.js'

/** How the laws are tried. */
export interface LawOptions extends LoadOptions {
  /**
   * how many values each law is tried on
   * @default 200
   */
  readonly runs?: number
  /** makes the generated values the same in every run */
  readonly seed?: number
}

/** A change that does not keep a law. */
export interface Violation {
  readonly version: string
  /** file of the change: `2026-11-01/full-name.ts` */
  readonly file: string
  /** description of the change */
  readonly change: string
  readonly law: string
  /** the smallest value found for which the law does not hold */
  readonly value: unknown
  readonly message: string
}

/**
 * Tries the laws of every change on values generated from its fragments: round trips (unless declared lossy), valid in
 * gives valid out, inputs unmutated, compiled as interpreted; and that a declared loss is one.
 * A change whose fragments refer to other schemas is tried only with the app, not here.
 *
 * @param source a history, or where to load one from
 * @returns the violations; empty when all laws hold
 * @throws FST_ERR_VINTAGE_MISFIT when the history does not load
 * @example t.same(await laws(new URL('../versions/', import.meta.url)), [])
 */
export async function laws (source: HistorySource | VersionHistory, options: LawOptions = {}): Promise<readonly Violation[]> {
  const history = isHistory(source) ? source : await loadHistory(source, options)
  return history.versions.flatMap((version) => history.changesOf(version).flatMap((change) => {
    const found = tryChange(change, options)
    return found.map((violation) => ({ version, file: sourceOf(history, change), change: change.description, ...violation }))
  }))
}

function isHistory (source: HistorySource | VersionHistory): source is VersionHistory {
  return typeof source === 'object' && 'changesOf' in source && typeof source.changesOf === 'function'
}

function tryChange ({ description, operation }: Change, { runs = 200, seed }: LawOptions): Array<Pick<Violation, 'law' | 'value' | 'message'>> {
  if (operation.kind === 'endpoint-moved' || refersElsewhere(operation.before) || refersElsewhere(operation.after)) return []
  const bench = openBench(operation, description)
  const violations: Array<Pick<Violation, 'law' | 'value' | 'message'>> = []
  let lost = false
  for (const law of lawsOf(bench)) {
    const property = fc.property(law.values, (value) => problemOf(law, value) === undefined)
    const { failed, counterexample } = fc.check(property, { numRuns: runs, ...(seed === undefined ? {} : { seed }) })
    if (!failed) continue
    const value: unknown = counterexample?.[0]
    if (law.isRoundTrip && operation.lossy !== undefined) lost = true
    else violations.push({ law: law.law, value, message: problemOf(law, value) ?? 'does not hold each time: is the function pure?' })
  }
  if (operation.kind === 'replace' && operation.lossy !== undefined && !lost && bench.roundTrips) {
    violations.push({ law: 'lossy', value: null, message: `declares a loss ("${operation.lossy.why}"), but both ways undo each other: leave \`lossy\` out` })
  }
  return violations
}

function refersElsewhere (fragments: Fragments): boolean {
  return Object.values(fragments).some((fragment) => foreignRefsIn(fragment).size > 0)
}

function problemOf ({ check }: Law, value: unknown): string | undefined {
  try {
    // a copy, since a function may write into what it is given
    return check(JSON.parse(JSON.stringify(value)))
  } catch (error) {
    return error instanceof Error && error.cause instanceof Error ? `${error.message} ${error.cause.message}` : String(error)
  }
}
