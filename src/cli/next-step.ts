import type { TransitionStatus } from '../data/operator.js'
import type { Phase } from '../data/phases.js'

/** A command to run next, and what it would do; `command` is null where there is nothing to run. */
export interface NextStep {
  readonly command: string | null
  readonly does: string
}

/** What entering a phase does, for somebody who has not read the guide. */
const EFFECTS: Record<Phase, string> = {
  expand: 'adds the new columns; nothing uses them yet',
  'dual-write': 'creates the triggers that keep both sides in sync, whoever writes',
  backfill: 'fills the new columns of all rows',
  'read-new': 'verifies every row, builds indexes and constraints, and lets the fleet read the new columns',
  hide: 'renames the old columns: sessions that still name them fail, and a rollback brings them back',
  drop: 'drops the old columns for good'
}

/** Where a transition stands, as far as the next step goes. */
export type Standing = Pick<TransitionStatus, 'transition' | 'phase' | 'known'> & {
  /** the phase that `vintage advance` works on; null at `drop` */
  readonly next: Phase | null
}

/** A backfill that was cut short is taken up again before anything else: then the next phase is the one it stands in. */
export function standingOf ({ transition, phase, known, next, backfill }: TransitionStatus): Standing {
  const isFilling = phase === 'backfill' && (backfill === null || backfill.finishedAt === null)
  return { transition, phase, known, next: isFilling ? 'backfill' : next }
}

/** @param all every transition: where several are under way, the command has to name its own */
export function nextStepOf ({ transition, phase, next, known }: Standing, all: readonly Standing[]): NextStep {
  if (next === null) return { command: null, does: 'this transition is done' }
  if (!known) return { command: null, does: 'no file in `transitions/` defines it here: go on from a checkout that has it' }
  if (phase === null) return { command: 'vintage migrate', does: 'begins this transition' }
  return { command: all.filter(isUnderWay).length > 1 ? `vintage advance ${transition}` : 'vintage advance', does: EFFECTS[next] }
}

/** Whether a transition has begun in this database and is not at `drop`. */
export function isUnderWay ({ phase }: Pick<Standing, 'phase'>): boolean {
  return phase !== null && phase !== 'drop'
}

/** A next step as one line. */
export function describeNextStep ({ command, does }: NextStep): string {
  return command === null ? `next: nothing, ${does}` : `next: ${command}  (${does})`
}

/**
 * The next step of each transition that is shown, as lines; each names its transition where there are several.
 * @param all every transition
 */
export function describeNextSteps (shown: readonly Standing[], all: readonly Standing[]): string[] {
  return shown.map((standing) => `${all.length > 1 ? `${standing.transition}: ` : ''}${describeNextStep(nextStepOf(standing, all))}`)
}
