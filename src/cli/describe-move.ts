import type { AdvanceResult, Status } from '../data/operator.js'
import { PHASES } from '../data/phases.js'
import { describeNextStep, nextStepOf, standingOf, type NextStep } from './next-step.js'

/** What `advance` and `rollback` print with `--json`. */
export interface MoveDocument extends AdvanceResult {
  readonly next: NextStep
}

/** @param before how things stood before the move: only this transition has moved since */
export function moveDocument (move: AdvanceResult, before: Status): MoveDocument {
  const others = before.transitions.filter(({ transition }) => transition !== move.transition).map(standingOf)
  const own = { transition: move.transition, phase: move.phase, next: PHASES[PHASES.indexOf(move.phase) + 1] ?? null, known: true }
  return { ...move, next: nextStepOf(own, [...others, own]) }
}

/** The new phase and the next command, as two lines. */
export function describeMove ({ transition, from, phase, epoch, steps, next }: MoveDocument): string {
  const reached = steps.length === 0 ? `is at ${phase} already; nothing left to do` : `${[from, ...steps].join(' → ')} (epoch ${epoch})`
  return [`${transition}: ${reached}`, describeNextStep(next)].join('\n')
}
