import type { Change } from './change.js'
import { openSampleBench, type Side } from './law-bench.js'
import type { SchemaOperation } from './operations/operation.js'
import { convertToJson, sampleSide, type SampleSize } from './sample-side.js'

/** What one direction of a change makes of generated values; `made` is undefined where its function throws. */
export interface Sample { readonly given: Readonly<Record<string, unknown>>, readonly made: unknown }

/** Both directions of a change on its own fragments. */
export interface Samples {
  readonly upgrade: readonly Sample[]
  readonly downgrade: readonly Sample[]
}

/** Converts generated values of a change's own fragments both ways, as far as it has functions for that. */
export function sampleChange (operation: SchemaOperation, change: Change, source: string, version: string, size: SampleSize): Samples {
  const { older, newer } = openSampleBench(operation, change, source, version)
  return { upgrade: convertAll(older, size), downgrade: convertAll(newer, size) }
}

function convertAll (side: Side, size: SampleSize): Sample[] {
  return side.convert === undefined ? [] : sampleSide(side, size).map((value) => ({ given: JSON.parse(JSON.stringify(value)), made: convertOrNot(side, value) }))
}

function convertOrNot (side: Side, value: unknown): unknown {
  try {
    return convertToJson(side, value)
  } catch {
    return undefined
  }
}
