/** More statements than this say nothing new about one in a hundred. */
const KEPT = 2_000

/** How long the statements of this process take, of a short while. */
export interface Latencies {
  /** @param ms from sending a statement to its answer */
  note (ms: number): void
  /** What 99 of 100 statements did not exceed since the last call, in ms; null when there was none. */
  take (): number | null
}

export function createLatencies (): Latencies {
  let samples: number[] = []
  let count = 0
  return {
    note (ms) { samples[count++ % KEPT] = ms },
    take () {
      const sorted = samples.toSorted((a, b) => a - b)
      samples = []
      count = 0
      return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? null
    }
  }
}
