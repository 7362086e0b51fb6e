import type { SettledLimits } from './backfill/limits.js'
import type { Database } from './database.js'
import type { Report } from './events.js'
import type { BlockerPolicy } from './governor/blocker-policy.js'

/** What every piece of an operator's work is given. */
export interface Context {
  readonly database: Database
  readonly report: Report
  readonly by: string
  readonly signal: AbortSignal
  readonly waitMs: number
  readonly lockDeadlineMs: number
  readonly lockAttempts: number
  readonly blockers: BlockerPolicy
  readonly batchRows: number
  readonly workers: number
  readonly limits: SettledLimits
  readonly leaseMs: number
  readonly strayWindowMs: number
  readonly soakMs: number
  readonly fireTriggers: boolean
  readonly subscribersReady: boolean
}
