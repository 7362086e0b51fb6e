import fc from 'fast-check'
import type { Change } from './change.js'
import { openSampleBench, type Side } from './law-bench.js'
import type { SchemaOperation } from './operations/operation.js'

/** What one direction of a change makes of generated values; `made` is undefined where its function throws. */
export interface Sample { readonly given: Readonly<Record<string, unknown>>, readonly made: unknown }

/** Both directions of a change on its own fragments. */
export interface Samples {
  readonly upgrade: readonly Sample[]
  readonly downgrade: readonly Sample[]
}

/**
 * Converts generated values of a change's own fragments both ways, as far as it has functions for that.
 *
 * @param seed makes the values the same in every run
 */
export function sampleChange (operation: SchemaOperation, change: Change, source: string, version: string, { runs, seed }: { readonly runs: number, readonly seed: number }): Samples {
  const { older, newer } = openSampleBench(operation, change, source, version)
  const sample = (side: Side) => side.convert === undefined ? [] : valuesOf(side, runs, seed).map((given) => ({ given, made: convert(side, given) }))
  return { upgrade: sample(older), downgrade: sample(newer) }
}

function valuesOf (side: Side, runs: number, seed: number): Array<Readonly<Record<string, unknown>>> {
  try {
    return fc.sample(side.values(), { numRuns: runs, seed }).filter((value) => side.accepts(value)).map((value) => JSON.parse(JSON.stringify(value)))
  } catch {
    // a pattern that no text can be generated for: the laws report it
    return []
  }
}

function convert ({ convert }: Side, given: unknown): unknown {
  try {
    const [made]: unknown[] = JSON.parse(JSON.stringify([convert?.(structuredClone(given))]))
    return made
  } catch {
    return undefined
  }
}
