import { bootstrapMedian, type Interval } from './bootstrap.js'

/** How far A against A may be from 1 in a run that says anything. */
export const NOISE_LIMIT = 0.03

/** What a ratio is to reach: a speed at least, or a cost at most. Null: printed for comparison only. */
export type Goal = { readonly atLeast: number } | { readonly atMost: number } | null

/** `inconclusive`: A against A was not 1 either. */
export type Verdict = 'met' | 'missed' | 'inconclusive' | 'for comparison'

/** What paired blocks come to. */
export interface Assessment {
  /** of the case, to its counterpart */
  readonly ratio: Interval
  /** of the counterpart, to a second process of the same */
  readonly noise: Interval
  readonly verdict: Verdict
}

/** Costs per operation of one block of each process, in any unit. */
export interface CostBlock {
  readonly subject: number
  readonly counterpart: number
  readonly again: number
  /** blocks of the same processes bear the same number @default each block is a round of its own */
  readonly round?: number
}

/**
 * Judges paired blocks. For a speed the ratio is the counterpart's cost over the case's, so that 1 is as fast and 0.5 half as fast;
 * for a cost it is the other way round.
 */
export function assess (blocks: readonly CostBlock[], goal: Goal): Assessment {
  const asCost = goal !== null && 'atMost' in goal
  const ratio = bootstrapMedian(inRounds(blocks, ({ subject, counterpart }) => asCost ? subject / counterpart : counterpart / subject))
  const noise = bootstrapMedian(inRounds(blocks, ({ again, counterpart }) => counterpart / again))
  return { ratio, noise, verdict: judge(ratio, noise, goal) }
}

function inRounds (blocks: readonly CostBlock[], ratioOf: (block: CostBlock) => number): number[][] {
  const rounds = new Map<number | CostBlock, number[]>()
  for (const block of blocks) {
    const round = block.round ?? block
    rounds.set(round, [...rounds.get(round) ?? [], ratioOf(block)])
  }
  return [...rounds.values()]
}

/** Whether A against A is further from 1 than a run may be that says anything. */
export function isTooNoisy (noise: Interval): boolean {
  return noise.lower < 1 - NOISE_LIMIT || noise.upper > 1 + NOISE_LIMIT
}

function judge (ratio: Interval, noise: Interval, goal: Goal): Verdict {
  if (goal === null) return 'for comparison'
  if (isTooNoisy(noise)) return 'inconclusive'
  const allowance = (noise.upper - noise.lower) / 2
  const reached = 'atLeast' in goal ? ratio.lower >= goal.atLeast - allowance : ratio.upper <= goal.atMost + allowance
  return reached ? 'met' : 'missed'
}
