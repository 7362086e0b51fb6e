import { etaOf } from './backfill/pace.js'
import type { Context } from './context.js'
import type { Session } from './database.js'
import { qualifiedTable } from './dual-writer/sides.js'
import { namesOf, quote, viewNameOf } from './names.js'
import type { BackfillStatus, InstanceStatus, Status, TransitionStatus, WorkerStatus } from './results.js'
import { isPhase } from './phases.js'
import { showsView } from './read-view/plan-view.js'
import { countSetAside, openLedger } from './set-aside/ledger.js'
import { readBackfill, type BackfillState } from './state/backfills.js'
import { requireSchema } from './state/ensure-schema.js'
import { readInstances, type InstanceState } from './state/instances.js'
import { readOrigin } from './state/origin.js'
import { readWorkers, type RangeWorker } from './state/ranges.js'
import { readShadowReads } from './state/shadow-reads.js'
import { readStrayWriters } from './state/stray-writes.js'
import { readTransitions, type TransitionState } from './state/transitions.js'
import { phaseAfter } from './steps/step-table.js'
import { tableOf, type Transition } from './transition.js'

const COUNT_LIMIT_MS = 2_000

/** Everything there is to say about transitions, those of this checkout first begun or not, then those only the database knows. */
export async function readStatus (context: Context, known: readonly Transition[]): Promise<Status> {
  const states = await requireSchema(context.database) ? await readTransitions(context.database) : []
  const begun = await Promise.all(states.map(async (state) => await describe(context, state, known.some(({ name }) => name === state.name))))
  const waiting = known.filter(({ name }) => states.every((state) => state.name !== name)).map(notBegun)
  return { copyOf: await readOrigin(context.database), transitions: [...begun, ...waiting] }
}

function notBegun (transition: Transition): TransitionStatus {
  const { schema, table } = tableOf(transition)
  return {
    transition: transition.name,
    table: schema === null ? table : `${schema}.${table}`,
    phase: null,
    epoch: null,
    since: null,
    known: true,
    operator: null,
    paused: null,
    readView: null,
    backfill: null,
    strayWriters: [],
    shadowReads: NO_SHADOW_READS,
    pendingRows: null,
    setAsideRows: null,
    next: 'expand',
    instances: []
  }
}

async function describe (context: Context, state: TransitionState, known: boolean): Promise<TransitionStatus> {
  const backfill = await readBackfill(context.database, state.name)
  const instances = await readInstances(context.database, state.name)
  return {
    transition: state.name,
    table: `${state.tableSchema}.${state.tableName}`,
    phase: state.phase,
    epoch: state.epoch,
    since: state.changedAt.toISOString(),
    known,
    operator: describeOperator(state),
    paused: state.pausedBy === null || state.pausedAt === null ? null : { by: state.pausedBy, since: state.pausedAt.toISOString() },
    readView: showsView(state, state.phase) ? viewNameOf(state) : null,
    backfill: backfill === undefined ? null : describeBackfill(backfill, await readWorkers(context.database, state.name)),
    strayWriters: await listStrayWriters(context, state),
    shadowReads: await describeShadowReads(context, state),
    pendingRows: await countPending(context, state),
    setAsideRows: await countAside(context, state),
    next: phaseAfter(state.phase),
    instances: instances.map((instance) => describeInstance(instance, state.epoch))
  }
}

const NO_SHADOW_READS = { compared: 0, different: 0, last: null }

const DAY_MS = 86_400_000

async function listStrayWriters ({ database }: Context, { name, phase }: TransitionState): Promise<TransitionStatus['strayWriters']> {
  if (phase === 'hide' || phase === 'drop') return []
  return (await readStrayWriters(database, name, DAY_MS)).map(({ application, role, lastAt }) => ({ application, role, lastAt: lastAt.toISOString() }))
}

async function describeShadowReads ({ database }: Context, { name, phase }: TransitionState): Promise<TransitionStatus['shadowReads']> {
  if (phase === 'hide' || phase === 'drop') return NO_SHADOW_READS
  const { last, ...counts } = await readShadowReads(database, name)
  return { ...counts, last: last === null ? null : { ...last, at: last.at.toISOString() } }
}

function describeOperator ({ operator, operatorSince, operatorUntil, operated }: TransitionState): TransitionStatus['operator'] {
  if (operator === null || operatorSince === null || operatorUntil === null || !operated) return null
  return { by: operator, since: operatorSince.toISOString(), until: operatorUntil.toISOString() }
}

function describeBackfill ({ filledRows, estimatedRows, rowsPerSecond, held, startedAt, updatedAt, finishedAt }: BackfillState, workers: readonly RangeWorker[]): BackfillStatus {
  return {
    startedAt: startedAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    finishedAt: finishedAt?.toISOString() ?? null,
    filledRows,
    estimatedRows,
    percent: finishedAt !== null ? 100 : Math.min(99, Math.floor(filledRows / Math.max(estimatedRows, 1) * 100)),
    rowsPerSecond: Math.round(rowsPerSecond),
    etaMs: finishedAt !== null ? 0 : etaOf(filledRows, estimatedRows, rowsPerSecond),
    held: held === null ? null : { reason: held.reason, since: held.since.toISOString() },
    workers: workers.map(describeWorker)
  }
}

function describeWorker ({ range: { lastKey, endKey }, seenAt, ...worker }: RangeWorker): WorkerStatus {
  return { ...worker, range: { after: lastKey, upTo: endKey }, lastSign: seenAt.toISOString() }
}

function describeInstance ({ acknowledged, startedAt, leaseUntil, ...instance }: InstanceState, epoch: number): InstanceStatus {
  const phase = acknowledged?.phase ?? ''
  return {
    ...instance,
    startedAt: startedAt.toISOString(),
    leaseUntil: leaseUntil.toISOString(),
    acknowledged: acknowledged === null || !isPhase(phase) ? null : { phase, epoch: acknowledged.epoch, at: acknowledged.at.toISOString() },
    // it may have gone on since the phase was read
    lag: acknowledged === null || !instance.knows ? null : Math.max(0, epoch - acknowledged.epoch)
  }
}

async function countPending (context: Context, state: TransitionState): Promise<number | null> {
  if (state.phase === 'drop') return null
  return await countWithinLimit(context, async (session) => {
    const [found] = await session.query(`select count(*)::int as rows from ${qualifiedTable(state)} where ${quote(namesOf(state.name).marker)}`)
    return Number(found?.rows)
  })
}

async function countAside (context: Context, state: TransitionState): Promise<number | null> {
  if (state.phase === 'drop' || state.definition.onError !== 'set-aside') return 0
  return await countWithinLimit(context, async (session) => await countSetAside(session, await openLedger(session, state)))
}

async function countWithinLimit (context: Context, count: (session: Session) => Promise<number>): Promise<number | null> {
  try {
    return await context.database.transaction(async (session) => {
      await session.query(`set local statement_timeout = ${COUNT_LIMIT_MS}; set local lock_timeout = 100`)
      return await count(session)
    })
  } catch {
    // a count is not worth an error: the table may be locked, large, or gone
    return null
  }
}
