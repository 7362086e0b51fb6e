/**
 * The phases of a transition, in the order in which a table goes through them. `contract` of the docs is
 * `hide`, a soak, then `drop`.
 */
export const PHASES = ['expand', 'dual-write', 'backfill', 'read-new', 'hide', 'drop'] as const

export type Phase = (typeof PHASES)[number]

/**
 * How a statement that names a head column is served in a phase.
 *
 * - `refused`: the database does not keep the two sides in sync yet, so nothing may be served;
 * - `spanned`: `case when marker then upgrade(old) else new end`;
 * - `direct`: the column itself, while `*` still has to leave out the old side and the marker;
 * - `plain`: the table has only head columns, statements are not even parsed.
 */
export type ReadMode = 'refused' | 'spanned' | 'direct' | 'plain'

const READ_MODES: Record<Phase, ReadMode> = {
  expand: 'refused',
  'dual-write': 'spanned',
  backfill: 'spanned',
  'read-new': 'direct',
  hide: 'direct',
  drop: 'plain'
}

export function readModeOf (phase: Phase): ReadMode {
  return READ_MODES[phase]
}

export function isPhase (text: string): text is Phase {
  return (PHASES as readonly string[]).includes(text)
}

/** Steps from one phase to another: 1 is the next phase, -1 the one before. */
export function phaseDistance (from: Phase, to: Phase): number {
  return PHASES.indexOf(to) - PHASES.indexOf(from)
}
