import { median } from '../statistics/quantile.js'
import { assess, isTooNoisy, type Assessment } from '../statistics/verdict.js'
import type { Verdict } from '../statistics/verdict.js'
import type { DataComparison, DataMeasurement } from './results.js'

/**
 * Judges a comparison. What reaches a disk is never as even as CPU time: where A against A is too noisy for `assess`, a goal still
 * counts as met, or missed, when it is so whichever way that noise is held against the case.
 */
export function judgeComparison ({ runs, goal }: Pick<DataComparison, 'runs' | 'goal'>): Assessment {
  const assessment = assess(runs, goal)
  const { ratio, noise } = assessment
  if (goal === null || !isTooNoisy(noise)) return assessment
  const most = Math.max(noise.upper, 1 / noise.lower)
  const [least, greatest] = [ratio.lower / most, ratio.upper * most]
  const [isMet, isMissed] = 'atLeast' in goal ? [least >= goal.atLeast, greatest < goal.atLeast] : [greatest <= goal.atMost, least > goal.atMost]
  return { ratio, noise, verdict: isMet ? 'met' : isMissed ? 'missed' : 'inconclusive' }
}

/** A measurement is judged by one of its samples, or their median. */
export function judgeMeasurement (measurement: DataMeasurement): Verdict {
  const { goal } = measurement
  if (goal === null) return 'for comparison'
  const value = judgedSample(measurement)
  const isMet = 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost
  return isMet ? 'met' : 'missed'
}

/** The sample by which a measurement is judged. */
export function judgedSample ({ judged, samples }: DataMeasurement): number {
  if (judged === 'median') return median(samples)
  return judged === 'largest' ? Math.max(...samples) : Math.min(...samples)
}
