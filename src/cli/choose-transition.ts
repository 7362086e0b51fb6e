import type { Status, TransitionStatus } from '../data/operator.js'

/**
 * The transition that a command is about: the one named, or the only one that is not at `drop`.
 * @returns undefined when that is not clear; the operator's own error tells then what there is to choose from
 */
export function chooseTransition ({ transitions }: Status, named: string | undefined): TransitionStatus | undefined {
  if (named !== undefined) return transitions.find(({ transition }) => transition === named)
  const open = transitions.filter(({ phase }) => phase !== 'drop')
  return open.length === 1 ? open[0] : undefined
}
