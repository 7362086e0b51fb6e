import type { Context } from '../context.js'
import { PHASES, type Phase } from '../phases.js'
import type { Lease } from '../state/lease.js'
import type { TransitionState } from '../state/transitions.js'
import { backToBackfill } from './back-to-backfill.js'
import { backToDualWrite } from './back-to-dual-write.js'
import { backToExpand } from './back-to-expand.js'
import { backToReadNew } from './back-to-read-new.js'
import { enterBackfill } from './enter-backfill.js'
import { enterDrop } from './enter-drop.js'
import { enterDualWrite } from './enter-dual-write.js'
import { enterHide } from './enter-hide.js'
import { enterReadNew } from './enter-read-new.js'

export type Step = (context: Context, lease: Lease, state: TransitionState) => Promise<void>

/** The step forward out of each phase, and the one back out of it. Nothing leads out of `drop`. */
const STEPS: Readonly<Record<Phase, { readonly forward?: Step, readonly back?: Step }>> = {
  expand: { forward: enterDualWrite },
  'dual-write': { forward: enterBackfill, back: backToExpand },
  backfill: { forward: enterReadNew, back: backToDualWrite },
  'read-new': { forward: enterHide, back: backToBackfill },
  hide: { forward: enterDrop, back: backToReadNew },
  drop: {}
}

export function stepFrom (phase: Phase, direction: 'forward' | 'back'): Step | undefined {
  return STEPS[phase][direction]
}

/** The phase that `advance` would enter; null at `drop`. */
export function phaseAfter (phase: Phase): Phase | null {
  return PHASES[PHASES.indexOf(phase) + 1] ?? null
}
