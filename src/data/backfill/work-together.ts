import type { Context } from '../context.js'
import type { Fence } from '../state/lease.js'
import type { Filling } from './fill-batch.js'
import { fillRanges } from './fill-ranges.js'
import { createBrake, type Brake } from './hold-back.js'
import type { Progress } from './progress.js'
import type { BatchWork } from './run-batch.js'

/** What the workers of one process have in common. */
export interface Crew {
  readonly context: Context
  readonly lease: Fence
  readonly filling: Filling
  /** whether this process is the operator, whom others follow */
  readonly leads: boolean
  readonly progress: Progress
}

/** @param number of the worker within its process, from 1 */
export function beginWork ({ context, lease, filling }: Pick<Crew, 'context' | 'lease' | 'filling'>, brake: Brake, number: number): BatchWork {
  return { context, lease, key: filling.key, worker: number === 1 ? context.by : `${context.by} #${number}`, brake, rows: context.batchRows }
}

/**
 * Fills all ranges with as many workers as this process is to have. When one fails the others end with the batch in
 * hand.
 *
 * @throws what the first of them has failed with
 */
export async function workTogether (crew: Crew): Promise<void> {
  const stop = new AbortController()
  const context = { ...crew.context, signal: AbortSignal.any([crew.context.signal, stop.signal]) }
  const brake = createBrake(context, crew.lease, crew.leads)
  let failed: { readonly cause: unknown } | undefined
  await Promise.all(Array.from({ length: context.workers }, async (_, index) => {
    try {
      await fillRanges({ work: beginWork({ ...crew, context }, brake, index + 1), filling: crew.filling, progress: crew.progress })
    } catch (cause) {
      failed ??= { cause }
      stop.abort()
    }
  }))
  if (failed !== undefined) throw failed.cause
}
