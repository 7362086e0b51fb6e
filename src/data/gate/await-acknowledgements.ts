import { RefusedFleetError } from '../../errors.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { pause } from '../governor/pause.js'
import { describeInstance, readInstances, type InstanceState } from '../state/instances.js'
import type { TransitionState } from '../state/transitions.js'

const POLL_MS = 100

/**
 * Waits until every live instance that knows the transition has acknowledged its epoch, so that no statement of an
 * earlier phase is under way.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_FLEET after `waitMs`, naming who has not
 */
export async function awaitAcknowledgements (context: Context, state: TransitionState): Promise<void> {
  const until = new Date(Date.now() + context.waitMs)
  for (let told = false; ; told = true) {
    const behind = (await readInstances(context.database, state.name)).filter((instance) => isBehind(instance, state.epoch))
    if (behind.length === 0) return
    if (Date.now() >= until.getTime()) throw refusal(state, behind, context.waitMs)
    if (!told) context.report({ type: 'waiting', transition: state.name, for: 'acknowledgements', until, instances: behind.map(describeInstance), blockers: [] })
    await pause(POLL_MS, context.signal)
  }
}

function isBehind ({ live, knows, acknowledged }: InstanceState, epoch: number): boolean {
  return live && knows && (acknowledged === null || acknowledged.epoch < epoch)
}

function refusal (state: TransitionState, behind: readonly InstanceState[], waitMs: number): Error {
  const who = behind.map((instance) => `${describeInstance(instance)} ${instance.acknowledged === null ? 'has acknowledged nothing' : `is at epoch ${instance.acknowledged.epoch}`}`)
  return new RefusedFleetError(`transition \`${state.name}\` is at \`${state.phase}\`, epoch ${state.epoch}, and after ${waitMs} ms not every instance has acknowledged it: ${who.join('; ')}. Wait for a long request of theirs, or for the replica that they read from, or stop them; an instance that is gone is forgotten when its lease runs out`)
}

/**
 * Makes sure that every live instance's build knows the transition; one that does not still names old columns.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_FLEET naming those that do not
 */
export async function refuseUnknowing (session: Session, state: TransitionState, step: string): Promise<void> {
  const unknowing = (await readInstances(session, state.name)).filter(({ live, knows }) => live && !knows)
  if (unknowing.length === 0) return
  throw new RefusedFleetError(`\`${step}\` of \`${state.name}\` is refused while instances run whose build does not know the transition and may name old columns: ${unknowing.map(describeInstance).join(', ')}. Deploy the build that has it everywhere first`)
}

/**
 * Makes sure that no live instance's build knows the transition: such a build needs the new columns.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_FLEET naming those that do
 */
export async function refuseKnowing (session: Session, state: TransitionState, step: string): Promise<void> {
  const knowing = (await readInstances(session, state.name)).filter(({ live, knows }) => live && knows)
  if (knowing.length === 0) return
  throw new RefusedFleetError(`going back to \`${step}\` of \`${state.name}\` is refused while instances run whose build needs the new columns: ${knowing.map(describeInstance).join(', ')}. Go back to the build before it everywhere first`)
}
