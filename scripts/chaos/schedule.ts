import { below, randomFrom, shuffle } from './random.js'

/** What goes wrong in a round. */
export const FAULTS = [
  'kill worker', 'kill operator', 'kill app', 'halt operator', 'halt app', 'cut connections', 'delay connections',
  'restart postgres', 'deadlock', 'second operator', 'stray writer'
] as const

export type Fault = typeof FAULTS[number]

/** Phases between which the operator walks while everything stays live; `drop` comes once, at the end. */
export const PHASES = ['dual-write', 'backfill', 'read-new', 'hide'] as const

export type Phase = typeof PHASES[number]

/** One command of the operator, and what goes wrong while it runs. */
export interface Round {
  readonly fault: Fault
  /** the phase to which the command leads, forward or back */
  readonly to: Phase
  /** when the fault comes, from the moment at which the operator is at work */
  readonly delayMs: number
  /** picks a victim: from 0 to below 1 */
  readonly pick: number
}

/**
 * The rounds of one deck: each fault once, in an order that the seed gives. The worker is killed first, while rows are
 * still to be filled. A deck depends on the seed and its number only, so a seed replays all of them.
 */
export function roundsOf (seed: number, deck: number): Round[] {
  const random = randomFrom(seed * 1_009 + deck)
  const rounds: Round[] = []
  let at: Phase = 'dual-write'
  for (const fault of ['kill worker' as const, ...shuffle(random, FAULTS.filter((fault) => fault !== 'kill worker'))]) {
    const others: Phase[] = PHASES.filter((phase) => phase !== at)
    const to: Phase = fault === 'kill worker' ? 'backfill' : others[below(random, others.length)] ?? 'backfill'
    rounds.push({ fault, to, delayMs: below(random, 200), pick: random() })
    at = to
  }
  return rounds
}
