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

/** Takes a transition from the phase in `state` to the one next to it. */
export type Step = (context: Context, lease: Lease, state: TransitionState) => Promise<void>

/** From each phase to the next, in the order of `PHASES`. */
const FORWARD: readonly Step[] = [enterDualWrite, enterBackfill, enterReadNew, enterHide, enterDrop]

/** To each phase from the next, in the order of `PHASES`; nothing leads back from `drop`. */
const BACK: readonly Step[] = [backToExpand, backToDualWrite, backToBackfill, backToReadNew]

/** The steps that lead from one phase to another, either way, in the order of taking them. */
export function stepsBetween (from: Phase, to: Phase): Step[] {
  const [start, end] = [PHASES.indexOf(from), PHASES.indexOf(to)]
  return start <= end ? FORWARD.slice(start, end) : BACK.slice(end, start).reverse()
}

/** The phase that `advance` would enter; null at `drop`. */
export function phaseAfter (phase: Phase): Phase | null {
  return PHASES[PHASES.indexOf(phase) + 1] ?? null
}
