import { NAME, POINTS } from './people.js'
import { below, randomFrom, shuffle, type Random } from './random.js'

/** What goes wrong in a round. */
export const FAULTS = [
  'kill worker', 'kill operator', 'kill app', 'kill all', 'halt operator', 'halt app', 'cut connections', 'delay connections',
  'restart postgres', 'deadlock', 'second operator', 'stray writer', 'set aside'
] as const

export type Fault = typeof FAULTS[number]

/** Processes that are killed in a round: who fills rows, who moves a transition, an app. */
export type Victim = 'worker' | 'operator' | 'app'

/** Phases between which the operator walks while everything stays live; `drop` comes once, at the end. */
export const PHASES = ['dual-write', 'backfill', 'read-new', 'hide'] as const

export type Phase = typeof PHASES[number]

/** Where each transition stands. */
export type Phases = Readonly<Record<typeof NAME | typeof POINTS, Phase>>

/** A command for each transition, at the same time, and what goes wrong meanwhile. */
export interface Round {
  readonly fault: Fault
  /** the phases to which the commands lead, forward or back */
  readonly to: Phases
  /** how often the fault comes: a process that was killed is replaced, and its command given again */
  readonly times: number
  /** when the fault comes, from the moment at which the operator is at work */
  readonly delayMs: number
  /** picks a victim: from 0 to below 1 */
  readonly pick: number
}

/** Faults of one deck besides the first two; kills come more than once. */
const DECK: readonly Fault[] = [...FAULTS.filter((fault) => fault !== 'kill worker'), 'kill operator', 'kill operator', 'kill app', 'kill app', 'kill all', 'kill all']

/**
 * The rounds of one deck: each fault once or more, in an order that the seed gives. Workers are killed first, while rows
 * are still to be filled. A deck depends on the seed and its number only, so a seed replays all of them.
 */
export function roundsOf (seed: number, deck: number): Round[] {
  const random = randomFrom(seed * 1_009 + deck)
  let at: Phases = { [NAME]: 'dual-write', [POINTS]: 'dual-write' }
  const rounds: Round[] = []
  for (const fault of ['kill worker' as const, ...shuffle(random, DECK)]) {
    at = fault === 'kill worker' ? { [NAME]: 'backfill', [POINTS]: 'backfill' } : fault === 'set aside' ? { [NAME]: other(random, at[NAME]), [POINTS]: 'read-new' } : { [NAME]: other(random, at[NAME]), [POINTS]: other(random, at[POINTS]) }
    rounds.push({ fault, to: at, times: fault === 'kill worker' ? 5 : 2 + below(random, 2), delayMs: below(random, 400), pick: random() })
  }
  return rounds
}

function other (random: Random, at: Phase): Phase {
  const others = PHASES.filter((phase) => phase !== at)
  return others[below(random, others.length)] ?? 'backfill'
}
