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

/** Where the transition is now and the next command, as two lines; the steps were told as they were taken. */
export function describeMove ({ transition, phase, steps, next }: MoveDocument): string {
  return [`${transition} is at ${phase}${steps.length === 0 ? ' already; nothing left to do' : ''}`, describeNextStep(next)].join('\n')
}
