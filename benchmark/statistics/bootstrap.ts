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
 * The median of paired ratios with its 95 % percentile bootstrap interval. What is drawn again and again are whole rounds: blocks of the
 * same processes are alike, and as many draws of blocks would make the interval narrower than it is. The same values give the same interval.
 * @param rounds of the ratios of each pair of blocks
 * @see Davison and Hinkley, Bootstrap Methods and their Application, section 3.8
 */
export function bootstrapMedian (rounds: ReadonlyArray<readonly number[]>): Interval {
  const random = seededRandom(SEED)
  const medians = Array.from({ length: RESAMPLES }, () => median(resample(rounds, random)))
  return { estimate: median(rounds.flat()), lower: quantile(medians, 0.025), upper: quantile(medians, 0.975) }
}

function resample (rounds: ReadonlyArray<readonly number[]>, random: () => number): number[] {
  return rounds.flatMap(() => rounds[Math.floor(random() * rounds.length)] ?? [])
}
