import { RefusedSoakError } from '../../errors.js'
import type { Context } from '../context.js'
import { readClock } from '../state/clock.js'
import type { TransitionState } from '../state/transitions.js'

/**
 * Refuses a step of contract before the transition has been in its present phase for the time that was asked for.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_SOAK saying when the step may be taken
 */
export async function refuseUnsoaked ({ database, soakMs }: Context, { name, phase, changedAt }: TransitionState): Promise<void> {
  if (soakMs === 0) return
  const until = new Date(changedAt.getTime() + soakMs)
  if (await readClock(database) >= until) return
  throw new RefusedSoakError(`transition \`${name}\` has been at \`${phase}\` since ${changedAt.toISOString()}, and is to stay there until ${until.toISOString()}: run it again then, or with a shorter \`--soak\``)
}
