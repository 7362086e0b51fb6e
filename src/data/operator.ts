import { hostname } from 'node:os'
import type { Knex } from 'knex'
import { AmbiguousTransitionError, UnknownTransitionError } from '../errors.js'
import { joinBackfill } from './backfill/join-backfill.js'
import { settleLimits, type BackfillLimits } from './backfill/limits.js'
import type { Context } from './context.js'
import { adoptCopy } from './adopt.js'
import { openDatabase, type Database } from './database.js'
import type { Report } from './events.js'
import { settleBlockers, type BlockerPolicy } from './governor/blocker-policy.js'
import { importNatively, type ImportModule } from './load-transitions.js'
import { runMigrate } from './migrate/run-migrate.js'
import type { Phase } from './phases.js'
import type { AdoptResult, AdvanceResult, JoinResult, MigrateResult, PauseResult, PlanResult, SetAsideList, SetAsideResult, Status, SweepResult, VerifyResult } from './results.js'
import { endSetAside, readSetAside } from './set-aside/commands.js'
import type { RowKey } from './set-aside/try-again.js'
import { requireAmounts, requireCounts } from './require-numbers.js'
import { requireSchema } from './state/ensure-schema.js'
import { refuseCopy } from './state/origin.js'
import { refuseOtherDefinition } from './state/refuse-other-definition.js'
import { pauseTransition, resumeTransition } from './state/pauses.js'
import { readTransitions, requireTransition, type TransitionState } from './state/transitions.js'
import { readStatus } from './status.js'
import { planAdvance } from './steps/plan-advance.js'
import { phaseAfter } from './steps/step-table.js'
import { walk } from './steps/walk.js'
import { runSweep } from './sweep/run-sweep.js'
import type { Transition } from './transition.js'
import { verifyAndLog } from './verify/require-verified.js'

export type * from './results.js'

/** How to open an operator: the one who moves tables through their phases. */
export interface OperatorOptions extends BackfillLimits {
  /** as for knex: a role that owns the tables and may create a schema is enough */
  readonly connection: NonNullable<Knex.Config['connection']>
  /** those of this checkout */
  readonly transitions: readonly Transition[]
  /** folder of knex migrations (`.ts`, `.js`, `.mjs`); @default none are run */
  readonly migrations?: string | URL
  /** loads migrations; @default the native `import()` */
  readonly importModule?: ImportModule
  /** who this is, shown to a second operator; @default host (pid) */
  readonly by?: string
  /** gets each event while work goes on; @default none */
  readonly report?: Report
  /** aborts at the next safe point: after the batch or the attempt in hand; @default none */
  readonly signal?: AbortSignal
  /** how long a step waits for acknowledgements and older transactions; @default 30_000 ms */
  readonly waitMs?: number
  /** the longest that a DDL transaction may hold up an application query; @default 500 ms */
  readonly lockDeadlineMs?: number
  /** attempts of a DDL transaction before it is given up; @default 20 */
  readonly lockAttempts?: number
  /** what becomes of sessions of others that stand in the way when half of the attempts, or of `waitMs`, have passed: `'wait'`, `'cancel'` their statement, `'terminate'` them; @default 'wait' */
  readonly blockers?: BlockerPolicy
  /** rows of the first batch; later ones are steered by the time they take; @default 1_000 */
  readonly batchRows?: number
  /** ranges that this process fills at a time, each over a connection of its own; @default 1 */
  readonly workers?: number
  /** sign of life of the operator: another one may take over after this long without; @default 10_000 ms */
  readonly leaseMs?: number
  /** `hide` is refused while somebody has written the old side within this time; @default 600_000 ms */
  readonly strayWindowMs?: number
  /** how long the phase before must have lasted for `hide` and `drop`; @default 0 ms */
  readonly soakMs?: number
  /** triggers of others may fire for each row that is filled; kept in `vintage.events` for those that are there then; @default false */
  readonly fireTriggers?: boolean
  /** whoever is sent a table by logical replication has the columns that it needs; kept in `vintage.events`; @default false */
  readonly subscribersReady?: boolean
}

/** One step or more on one transition. */
export interface StepOptions {
  /** its name @default the only one that is not at `drop` */
  readonly transition?: string
}

/** How long to help. */
export interface JoinOptions extends StepOptions {
  /** stops after the batch in hand once this time is over, be rows left or not @default until none is left */
  readonly forMs?: number
}

export interface Operator {
  /** Runs knex migrations and begins transitions, in one order; `to` names the migration or transition to stop after. */
  migrate (options?: { to?: string }): Promise<MigrateResult>
  status (): Promise<Status>
  /** Takes a restored copy over; all but `status` is refused in one before. Does nothing in a database that is none. */
  adopt (): Promise<AdoptResult>
  /** Takes the next step, or all steps up to `to`. */
  advance (options?: StepOptions & { to?: Phase }): Promise<AdvanceResult>
  /** Says what `advance` would run, statement by statement with its lock; it only reads. */
  plan (options?: StepOptions & { to?: Phase }): Promise<PlanResult>
  /** Helps another operator who is filling the table, under his limits, until nothing is left to fill or `forMs` is over. */
  joinBackfill (options?: JoinOptions): Promise<JoinResult>
  /** Compares every row's two sides. */
  verify (options?: StepOptions): Promise<VerifyResult>
  /** Takes steps back up to `to`: not beyond `drop`, since the old columns are gone then. */
  rollback (options: StepOptions & { to: Phase }): Promise<AdvanceResult>
  /** Lets a running backfill stop after the batch in hand, and no step begin, until `resume`. */
  pause (options?: StepOptions): Promise<PauseResult>
  /** Takes a pause back; a backfill that waits goes on by itself. */
  resume (options?: StepOptions): Promise<PauseResult>
  /** Lists rows that are set aside, the first `limit` of them. */
  listSetAside (options?: StepOptions & { limit?: number }): Promise<SetAsideList>
  /** Tries to fill rows that are set aside: all of them, or those named by their keys. */
  retrySetAside (options?: StepOptions & { rows?: readonly RowKey[] }): Promise<SetAsideResult>
  /** As `retrySetAside`; a row that still cannot be filled goes on with nulls on its new side. */
  releaseSetAside (options?: StepOptions & { rows?: readonly RowKey[] }): Promise<SetAsideResult>
  /** Takes away objects of ours that belong to no transition in its phase; `dryRun` lists them. */
  sweep (options?: { dryRun?: boolean }): Promise<SweepResult>
  close (): Promise<void>
}

/**
 * Opens an operator; it holds up to four connections, and one for each worker beyond the first, each opened on first use, until `close()`.
 *
 * @throws FST_ERR_VINTAGE_INVALID_OPTION for a number that is none, or a policy that there is not
 * @example
 * const operator = await openOperator({ connection: process.env.DATABASE_URL, transitions: await loadTransitions('versions') })
 * await operator.migrate()
 * await operator.advance({ to: 'read-new' })
 * await operator.close()
 */
export async function openOperator (options: OperatorOptions): Promise<Operator> {
  const settled = settle(options)
  const database = await openDatabase(options.connection, settled.workers)
  const context: Context = { ...settled, database }
  const choose = async (name?: string): Promise<TransitionState> => chooseTransition(await readStates(database), options.transitions, name)
  return {
    migrate: async ({ to } = {}) => await runMigrate(context, {
      connection: options.connection,
      transitions: options.transitions,
      migrations: options.migrations,
      importModule: options.importModule ?? importNatively,
      to
    }),
    status: async () => await readStatus(context, options.transitions),
    adopt: async () => await adoptCopy(context),
    advance: async ({ transition, to } = {}) => {
      const state = await choose(transition)
      const file = options.transitions.find(({ name }) => name === state.name)
      if (file !== undefined) refuseOtherDefinition(state, file)
      return await walk(context, state.name, 'forward', to)
    },
    plan: async ({ transition, to } = {}) => {
      const state = await choose(transition)
      const target = to ?? phaseAfter(state.phase) ?? state.phase
      return { transition: state.name, from: state.phase, to: target, steps: await planAdvance(context, state, target) }
    },
    joinBackfill: async ({ transition, forMs } = {}) => await joinBackfill(context, (await choose(transition)).name, forMs ?? null),
    verify: async ({ transition } = {}) => await verifyAndLog(context, await choose(transition)),
    rollback: async ({ transition, to }) => await walk(context, (await choose(transition)).name, 'back', to),
    pause: async ({ transition } = {}) => await changePause(context, (await choose(transition)).name, pauseTransition),
    resume: async ({ transition } = {}) => await changePause(context, (await choose(transition)).name, resumeTransition),
    listSetAside: async ({ transition, limit = 20 } = {}) => await readSetAside(context, await choose(transition), limit),
    retrySetAside: async ({ transition, rows } = {}) => await endSetAside(context, await choose(transition), 'retry', rows),
    releaseSetAside: async ({ transition, rows } = {}) => await endSetAside(context, await choose(transition), 'release', rows),
    sweep: async ({ dryRun = false } = {}) => {
      // a copy keeps what the origin has left in it until it is adopted
      await refuseCopy(database)
      return await requireSchema(database) ? await runSweep(context, dryRun) : { swept: !dryRun, objects: [] }
    },
    close: async () => await database.close()
  }
}

function settle (options: OperatorOptions): Omit<Context, 'database'> {
  const { workers, lockDeadlineMs, lockAttempts, batchRows, leaseMs, waitMs, strayWindowMs, soakMs, maxRowsPerSecond, maxReplicaLagMs, maxSlotBytes, maxActiveSessions, maxAppLatencyMs } = options
  requireCounts({ workers, lockDeadlineMs, lockAttempts, batchRows, leaseMs, maxRowsPerSecond })
  requireAmounts({ waitMs, strayWindowMs, soakMs, maxReplicaLagMs, maxSlotBytes, maxActiveSessions, maxAppLatencyMs })
  return {
    report: options.report ?? (() => {}),
    by: options.by ?? `${hostname()} (pid ${process.pid})`,
    signal: options.signal ?? new AbortController().signal,
    waitMs: options.waitMs ?? 30_000,
    lockDeadlineMs: options.lockDeadlineMs ?? 500,
    lockAttempts: options.lockAttempts ?? 20,
    blockers: settleBlockers(options.blockers),
    batchRows: options.batchRows ?? 1_000,
    workers: options.workers ?? 1,
    limits: settleLimits(options),
    leaseMs: options.leaseMs ?? 10_000,
    strayWindowMs: options.strayWindowMs ?? 600_000,
    soakMs: options.soakMs ?? 0,
    fireTriggers: options.fireTriggers ?? false,
    subscribersReady: options.subscribersReady ?? false
  }
}

async function changePause ({ database, by }: Context, transition: string, change: typeof pauseTransition): Promise<PauseResult> {
  await database.transaction(async (session) => await change(session, transition, by))
  const { phase, pausedBy, pausedAt } = await requireTransition(database, transition)
  return { transition, phase, paused: pausedBy === null || pausedAt === null ? null : { by: pausedBy, since: pausedAt.toISOString() } }
}

async function readStates (database: Database): Promise<TransitionState[]> {
  if (!await requireSchema(database)) return []
  await refuseCopy(database)
  return await readTransitions(database)
}

function chooseTransition (states: readonly TransitionState[], known: readonly Transition[], name?: string): TransitionState {
  const chosen = states.filter((state) => name === undefined ? state.phase !== 'drop' : state.name === name)
  const [only] = chosen
  if (only !== undefined && chosen.length === 1) return only
  if (chosen.length > 1) throw new AmbiguousTransitionError(`several transitions are under way: ${chosen.map((state) => `\`${state.name}\` (${state.phase})`).join(', ')}. Say which one is meant`)
  if (name === undefined) throw new UnknownTransitionError('no transition is under way in this database; `vintage migrate` begins those of this checkout')
  if (known.some((transition) => transition.name === name)) throw new UnknownTransitionError(`transition \`${name}\` has not begun in this database: run \`vintage migrate\``)
  throw new UnknownTransitionError(`there is no transition \`${name}\`; there are: ${[...states, ...known].map((transition) => transition.name).join(', ') || 'none'}`)
}
