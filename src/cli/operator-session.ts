import { Option, type Command } from 'commander'
import type { BackfillLimits } from '../data/backfill/limits.js'
import type { Operator } from '../data/operator.js'
import { loadTransitions } from '../data/load-transitions.js'
import type { Transition } from '../data/transition.js'
import type { CliContext } from './context.js'
import { createReporter } from './progress/reporter.js'
import { parseCount, parseSeconds } from './parse-option.js'

/** Limits of a step, as the command line gives them. */
export interface StepLimits extends BackfillFlags {
  /** @default 1 */
  readonly workers?: number
  /** ms */
  readonly wait: number
  /** ms */
  readonly lockDeadline: number
  readonly lockAttempts: number
  readonly cancelBlockers?: boolean
  readonly terminateBlockers?: boolean
  readonly batchRows: number
  /** ms */
  readonly strayWindow?: number
  /** ms */
  readonly soak?: number
  readonly fireTriggers?: boolean
  readonly subscribersReady?: boolean
}

/** For commands that take no step. */
export const DEFAULT_LIMITS: StepLimits = { wait: 30_000, lockDeadline: 500, lockAttempts: 20, batchRows: 1_000 }

/** Adds the options that limit a step to a command that takes steps. */
export function addStepLimits (command: Command): Command {
  const { wait, lockDeadline, lockAttempts, batchRows } = DEFAULT_LIMITS
  return command
    .addOption(new Option('--wait <seconds>', 'how long to wait for instances and older transactions').argParser(parseSeconds).default(wait, '30'))
    .addOption(new Option('--lock-deadline <ms>', 'the longest that a step may hold up the application').argParser(parseCount).default(lockDeadline))
    .addOption(new Option('--lock-attempts <count>', 'attempts to get a lock before giving up').argParser(parseCount).default(lockAttempts))
    .addOption(new Option('--batch-rows <count>', 'rows of the first backfill batch; later ones adapt').argParser(parseCount).default(batchRows))
}

/** Adds the options by which sessions that stand in the way may be ended. */
export function addBlockers (command: Command): Command {
  return command
    .option('--cancel-blockers', 'cancel the statement of sessions that still stand in the way when half of the attempts, or of `--wait`, have passed')
    .addOption(new Option('--terminate-blockers', 'terminate such sessions, also those that are idle in a transaction').conflicts('cancelBlockers'))
}

/** Adds the option by which triggers of others may fire while rows are filled. */
export function addFireTriggers (command: Command): Command {
  return command.option('--fire-triggers', 'triggers of yours may fire for each row that is filled; kept in the event log for those that are there')
}

/** Adds the option by which tables that are published may be changed. */
export function addSubscribersReady (command: Command): Command {
  return command.option('--subscribers-ready', 'subscribers of publications that carry the table have the columns that they need; kept in the event log')
}

/** Adds the number of workers of this process. */
export function addWorkers (command: Command): Command {
  return command.addOption(new Option('--workers <count>', 'ranges of keys that this process fills at a time').argParser(parseCount).default(1))
}

/** Adds the options that a backfill runs by, and gives way to. */
export function addBackfillLimits (command: Command): Command {
  return addWorkers(command)
    .addOption(new Option('--max-rows-per-second <count>', 'rows filled per second at most, by all workers together (default: no limit)').argParser(parseCount))
    .addOption(new Option('--max-replica-lag <seconds>', 'how far any standby may be behind (default: 10)').argParser(parseSeconds))
    .addOption(new Option('--max-slot-wal <megabytes>', 'WAL that any replication slot may hold back (default: 10240)').argParser(parseCount))
    .addOption(new Option('--max-active-sessions <count>', 'sessions at work in the server at most (default: no limit)').argParser(parseCount))
    .addOption(new Option('--max-app-latency <ms>', 'what 99 of 100 statements of an instance may take, as the application measures them (default: no limit)').argParser(parseCount))
}

/** Backfill options as commander gives them. */
export interface BackfillFlags {
  readonly maxRowsPerSecond?: number
  /** ms */
  readonly maxReplicaLag?: number
  /** MB */
  readonly maxSlotWal?: number
  readonly maxActiveSessions?: number
  /** ms */
  readonly maxAppLatency?: number
}

/**
 * Opens an operator on the config's database, works with it, and closes it.
 * @param work gets the operator and the transitions of this checkout
 */
export async function withOperator<Result> (
  context: CliContext, limits: StepLimits, work: (operator: Operator, transitions: readonly Transition[]) => Promise<Result>
): Promise<Result> {
  const config = await context.loadConfig()
  const transitions = await loadTransitions(config.transitions, config)
  // knex is an optional peer, so it is looked for only here
  const { openOperator } = await import('../data/operator.js')
  const reporter = createReporter(context.io, context.output)
  const operator = await openOperator({
    connection: await config.connection(),
    transitions,
    importModule: config.importModule,
    report: reporter.report,
    signal: context.io.signal,
    waitMs: limits.wait,
    lockDeadlineMs: limits.lockDeadline,
    lockAttempts: limits.lockAttempts,
    batchRows: limits.batchRows,
    blockers: limits.terminateBlockers === true ? 'terminate' : limits.cancelBlockers === true ? 'cancel' : 'wait',
    ...(limits.workers === undefined ? {} : { workers: limits.workers }),
    ...(limits.soak === undefined ? {} : { soakMs: limits.soak }),
    ...(limits.fireTriggers === undefined ? {} : { fireTriggers: limits.fireTriggers }),
    ...(limits.subscribersReady === undefined ? {} : { subscribersReady: limits.subscribersReady }),
    ...(limits.strayWindow === undefined ? {} : { strayWindowMs: limits.strayWindow }),
    ...backfillLimitsOf(limits),
    ...(config.migrations === undefined ? {} : { migrations: config.migrations })
  })
  try {
    return await work(operator, transitions)
  } finally {
    reporter.close()
    await operator.close()
  }
}

function backfillLimitsOf ({ maxRowsPerSecond, maxReplicaLag, maxSlotWal, maxActiveSessions, maxAppLatency }: BackfillFlags): BackfillLimits {
  return {
    ...(maxRowsPerSecond === undefined ? {} : { maxRowsPerSecond }),
    ...(maxReplicaLag === undefined ? {} : { maxReplicaLagMs: maxReplicaLag }),
    ...(maxSlotWal === undefined ? {} : { maxSlotBytes: maxSlotWal * 1024 ** 2 }),
    ...(maxActiveSessions === undefined ? {} : { maxActiveSessions }),
    ...(maxAppLatency === undefined ? {} : { maxAppLatencyMs: maxAppLatency })
  }
}
