import type { Arbitrary } from 'fast-check'
import fc from 'fast-check'
import type { JsonSchema } from './json-schema.js'
import type { Side } from './law-bench.js'

/** How many values are generated, and by what they are the same in every run. */
export interface SampleSize { readonly runs: number, readonly seed: number }

/** @returns generated values that are valid on a side; none where none can be generated, which the laws report */
export function sampleSide (side: Side, { runs, seed }: SampleSize, textOf?: (schema: JsonSchema) => Arbitrary<string>): unknown[] {
  try {
    return fc.sample(side.values(textOf), { numRuns: runs, seed }).filter((value) => side.accepts(value))
  } catch {
    // a pattern that no text can be generated for
    return []
  }
}

/**
 * Converts a value of a side to the other one.
 *
 * @returns what it becomes as JSON; undefined where there is no function
 * @throws what the conversion throws
 */
export function convertToJson ({ convert }: Side, value: unknown): unknown {
  // in a list, JSON has a word for undefined
  const [made]: unknown[] = JSON.parse(JSON.stringify([convert?.(structuredClone(value))]))
  return made
}
