import { setTimeout as sleep } from 'node:timers/promises'
import { AbortedError } from '../../errors.js'

/**
 * Waits, unless the work was called off.
 *
 * @throws FST_ERR_VINTAGE_ABORTED
 */
export async function pause (ms: number, signal: AbortSignal): Promise<void> {
  throwIfAborted(signal)
  try {
    await sleep(ms, undefined, { signal })
  } catch {
    throwIfAborted(signal)
  }
}

/** @throws FST_ERR_VINTAGE_ABORTED */
export function throwIfAborted (signal: AbortSignal): void {
  if (signal.aborted) throw new AbortedError('stopped on request at a safe point: run the same command again to go on')
}

/** Doubles from 100 ms to 5 s, with half of it left to chance so that two who collide do not do so again. */
export function backoffMs (attempt: number): number {
  const full = Math.min(100 * 2 ** (attempt - 1), 5_000)
  return Math.round(full / 2 + Math.random() * full / 2)
}
