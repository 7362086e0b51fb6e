import { InvalidOptionError } from '../../errors.js'
import type { Session } from '../database.js'
import type { EndedBlocker } from '../events.js'

/**
 * What becomes of sessions of others that stand in the way of a lock, once half of the attempts have failed: they are
 * waited for, their running statement is cancelled, or they are terminated.
 */
export type BlockerPolicy = 'wait' | 'cancel' | 'terminate'

const POLICIES: readonly BlockerPolicy[] = ['wait', 'cancel', 'terminate']

/** What to do about sessions in the way, for messages. */
export const HAVE_THEM_ENDED = 'have them ended (`blockers`, or `--terminate-blockers`)'

/** Leave to end sessions of others. */
export interface Ending {
  readonly policy: Exclude<BlockerPolicy, 'wait'>
  /** keeps in mind, in the transaction that has ended it, who it was */
  readonly keep: (session: Session, ended: EndedBlocker) => Promise<void>
}

/** @throws FST_ERR_VINTAGE_INVALID_OPTION when it is none of the policies */
export function settleBlockers (policy: BlockerPolicy = 'wait'): BlockerPolicy {
  if (POLICIES.includes(policy)) return policy
  throw new InvalidOptionError('blockers', `must be one of ${POLICIES.map((one) => `'${one}'`).join(', ')}, got ${String(policy)}`)
}

/** @returns null where nobody may be ended */
export function endingOf (policy: BlockerPolicy, keep: Ending['keep']): Ending | null {
  return policy === 'wait' ? null : { policy, keep }
}
