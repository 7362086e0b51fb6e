import { RefusedStrayWritersError } from '../../errors.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { readStrayWriters, type StrayWriter } from '../state/stray-writes.js'
import type { TransitionState } from '../state/transitions.js'

/**
 * Refuses a step after which whoever writes the old side fails, while somebody still does.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_STRAY_WRITERS naming them
 */
export async function refuseStrayWriters ({ strayWindowMs }: Context, session: Session, state: TransitionState): Promise<void> {
  const writers = await readStrayWriters(session, state.name, strayWindowMs)
  if (writers.length === 0) return
  throw new RefusedStrayWritersError(`transition \`${state.name}\`: the old side was written within the last ${describeWindow(strayWindowMs)}, and these writers would fail after the step: ${writers.map(describeStrayWriter).join('; ')}. Deploy or stop them and wait, or say how long is long enough with \`--stray-window\``)
}

/** `psql as ada, last at 2026-11-01T09:30:00.000Z` */
export function describeStrayWriter ({ application, role, lastAt }: StrayWriter): string {
  return `${application === '' ? 'a session without an application_name' : application} as ${role}, last at ${lastAt.toISOString()}`
}

function describeWindow (ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`
}
