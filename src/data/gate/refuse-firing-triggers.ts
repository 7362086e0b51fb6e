import { RefusedTriggersError } from '../../errors.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { describeFiringTrigger, findFiringTriggers, type FiringTrigger } from '../preflight/find-firing-triggers.js'
import { logEvent } from '../state/events.js'
import { fence, type Lease } from '../state/lease.js'
import type { TransitionState } from '../state/transitions.js'

/** The same name with another function is another trigger. */
const AGREED = `
select t ->> 'name' as name, t ->> 'runs' as runs
from vintage.events e cross join jsonb_array_elements(e.details -> 'triggers') as t
where e.transition = $1 and e.event = 'fire-triggers'`

/**
 * Keeps the operator's word that triggers of others may fire while rows are filled, or refuses to go on without it.
 * It holds for the triggers that were listed then, and not for those that come later.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_TRIGGERS naming those that nobody has agreed to
 */
export async function agreeToFire (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  const agreed = await context.database.transaction(async (session) => {
    await fence(session, lease, 'share')
    const triggers = await findUnagreed(session, state)
    if (triggers.length === 0) return []
    if (!context.fireTriggers) throw refusal(state, triggers)
    await logEvent(session, { transition: state.name, event: 'fire-triggers', phase: state.phase, epoch: state.epoch, by: context.by, details: { triggers } })
    return triggers
  })
  if (agreed.length > 0) context.report({ type: 'triggers', transition: state.name, triggers: agreed.map(describeFiringTrigger) })
}

/**
 * Refuses what has been written while a trigger fires that nobody has agreed to. To be called in the transaction that
 * has written to the table, whose lock a new trigger waits for.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_TRIGGERS naming them
 */
export async function refuseFiringTriggers (session: Session, state: TransitionState): Promise<void> {
  const triggers = await findUnagreed(session, state)
  if (triggers.length > 0) throw refusal(state, triggers)
}

/** @returns the triggers that would fire and to which nobody has agreed yet */
export async function findUnagreed (session: Session, state: TransitionState): Promise<FiringTrigger[]> {
  const triggers = await findFiringTriggers(session, state, qualifiedTable(state))
  if (triggers.length === 0) return []
  const agreed = await session.query<{ name: string, runs: string }>(AGREED, [state.name])
  return triggers.filter(({ name, runs }) => !agreed.some((one) => one.name === name && one.runs === runs))
}

function refusal (state: TransitionState, triggers: readonly FiringTrigger[]): Error {
  return new RefusedTriggersError(`transition \`${state.name}\`: filling the rows of ${qualifiedTable(state)} would fire ${triggers.map(describeFiringTrigger).join(', ')}. Nothing of this was written. If they may fire for every row, say \`--fire-triggers\` (a WHEN that passes these updates over cannot be judged: say it then too); else let them fire for columns of yours (\`update of …\`): these updates name none`)
}
