import type { JobHelpers, Task, WorkerUtils } from 'graphile-worker'
import { InvalidOptionError } from './errors.js'
import { openOperator, type JoinResult, type OperatorOptions } from './data/operator.js'
import { isRecord } from './data/knex/syntax.js'

/** Options of `backfillTask`. */
export interface BackfillTaskOptions extends Pick<OperatorOptions, 'connection' | 'workers' | 'batchRows' | 'report'> {
  /** the longest that one job fills rows; then it gives its place to a successor, so that no job runs for hours @default 60_000 ms */
  readonly sliceMs?: number
  /** when a job that has found no operator at work looks again @default 10_000 ms */
  readonly retryMs?: number
}

/** Options of `addBackfillJobs`. */
export interface BackfillJobs {
  /** the name of the transition */
  readonly transition: string
  /** how many are worked on at a time, over all machines */
  readonly jobs: number
}

/** The name of the task that `addBackfillJobs` adds jobs for. */
export const BACKFILL_TASK = 'vintage-backfill'

/**
 * A task of graphile-worker that fills rows beside a `vintage advance`, wherever that runs. What is filled once is
 * filled, however often a job is run: the ranges stand in the database, and one is filled by one worker at a time.
 *
 * @example
 * await run({ connectionString, taskList: { [BACKFILL_TASK]: backfillTask({ connection: process.env.DATABASE_URL }) } })
 */
export function backfillTask ({ sliceMs = 60_000, retryMs = 10_000, ...options }: BackfillTaskOptions): Task {
  return async (payload, helpers) => {
    const { outcome } = await fill(transitionOf(payload), options, sliceMs, helpers)
    if (outcome !== 'filled') await addSuccessor(payload, helpers, outcome === 'none' ? retryMs : 0)
  }
}

/**
 * Adds jobs that fill the rows of one transition; as many are worked on at a time as there are, over all machines
 * whose workers have the task. Adding them again changes nothing while they are there, at work or failed for good.
 *
 * @param utils of `makeWorkerUtils`, or the helpers of another job
 * @throws FST_ERR_VINTAGE_INVALID_OPTION for a count that is none
 * @example
 * await addBackfillJobs(utils, { transition: 'users.full_name', jobs: 8 })
 */
export async function addBackfillJobs ({ addJob }: Pick<WorkerUtils, 'addJob'>, { transition, jobs }: BackfillJobs): Promise<void> {
  if (!(Number.isSafeInteger(jobs) && jobs > 0)) throw new InvalidOptionError('jobs', `must be a whole number above 0, got ${jobs}`)
  for (let number = 1; number <= jobs; number++) await addJob(BACKFILL_TASK, { transition }, { jobKey: `vintage:${transition}:${number}`, jobKeyMode: 'unsafe_dedupe' })
}

async function fill (transition: string, options: Omit<BackfillTaskOptions, 'sliceMs' | 'retryMs'>, forMs: number, { job, abortSignal }: JobHelpers): Promise<JoinResult> {
  const operator = await openOperator({ ...options, transitions: [], waitMs: 0, signal: abortSignal, by: `graphile-worker ${job.locked_by} (job ${job.id})` })
  try {
    return await operator.joinBackfill({ transition, forMs })
  } finally {
    await operator.close()
  }
}

/** Under the key of its predecessor, which is still at work and loses it: so there is one at most, whoever adds them. */
async function addSuccessor (payload: unknown, { job, addJob }: JobHelpers, delayMs: number): Promise<void> {
  await addJob(BACKFILL_TASK, payload, { runAt: new Date(Date.now() + delayMs), priority: job.priority, ...(job.key === null ? {} : { jobKey: job.key }) })
}

function transitionOf (payload: unknown): string {
  if (isRecord(payload) && typeof payload.transition === 'string') return payload.transition
  throw new InvalidOptionError('transition', `must be the name of a transition in the payload of the job, got ${JSON.stringify(payload)}`)
}
