import type { Status, TransitionStatus } from '../data/operator.js'
import { isUnderWay } from './next-step.js'

/**
 * The transition that a command is about: the one named, or the only one that is under way.
 * @returns undefined when that is not clear; the operator's own error tells then what there is to choose from
 */
export function chooseTransition ({ transitions }: Status, named: string | undefined): TransitionStatus | undefined {
  if (named !== undefined) return transitions.find(({ transition }) => transition === named)
  const underWay = transitions.filter(isUnderWay)
  return underWay.length === 1 ? underWay[0] : undefined
}
