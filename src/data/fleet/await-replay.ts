import { setTimeout as sleep } from 'node:timers/promises'
import { ReplicaBehindError, StoppedError } from '../../errors.js'
import type { Registry } from './registry.js'

const POLL_MS = 20

/**
 * Waits until a replica shows that this instance has joined, and so every step from before. Of the steps after that the
 * operator takes one at most without an acknowledgement; a replica further behind could jump several at once.
 *
 * @param isStopped whether to give up
 * @throws FST_ERR_VINTAGE_REPLICA_BEHIND after `limitMs`
 */
export async function awaitReplay (registry: Registry, limitMs: number, isStopped: () => boolean): Promise<void> {
  const until = performance.now() + limitMs
  while (!await registry.hasReplayed()) {
    if (isStopped()) throw new StoppedError()
    if (performance.now() >= until) throw new ReplicaBehindError(limitMs)
    await sleep(POLL_MS)
  }
}
