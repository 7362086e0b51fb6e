import { median, quantile } from './quantile.js'
import { seededRandom } from './random.js'

/** An estimate with its 95 % interval. */
export interface Interval {
  readonly estimate: number
  readonly lower: number
  readonly upper: number
}

const RESAMPLES = 2000
const SEED = 20_261_101

/**
 * The median of paired ratios with its 95 % percentile bootstrap interval. The same values give the same interval.
 * @param ratios one for each pair of blocks
 * @see Efron and Tibshirani, An Introduction to the Bootstrap, chapter 13
 */
export function bootstrapMedian (ratios: readonly number[]): Interval {
  const random = seededRandom(SEED)
  const medians = Array.from({ length: RESAMPLES }, () => median(resample(ratios, random)))
  return { estimate: median(ratios), lower: quantile(medians, 0.025), upper: quantile(medians, 0.975) }
}

function resample (values: readonly number[], random: () => number): number[] {
  return values.map(() => values[Math.floor(random() * values.length)] ?? NaN)
}
