import { createIndex, indexesOf, pendingIndexesOf } from '../sql/create-index.js'
import type { Context } from '../context.js'
import { missingConstraints, statementsOf } from '../constrain/build-constraints.js'
import { readIndex } from '../constrain/read-index.js'
import { findMissing, statementsFor } from '../constrain/require-columns.js'
import { findTwins, missingTwins } from '../constrain/twin-indexes.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { quote } from '../names.js'
import { PHASES, type Phase } from '../phases.js'
import { concurrent, locked, lockedForWriters, planChange, type PlannedStatement, type PlannedStep } from '../plan.js'
import { describeFiringTrigger, findFiringTriggers } from '../preflight/find-firing-triggers.js'
import { transitionOf, type TransitionState } from '../state/transitions.js'
import type { TableChange } from './commit-step.js'
import { planDrop } from './enter-drop.js'
import { planDualWrite } from './enter-dual-write.js'
import { planReadNew, planReadNewLock } from './enter-read-new.js'
import { planHide } from './enter-hide.js'

type PlanStep = (context: Context, state: TransitionState) => Promise<PlannedStatement[]>

/** From each phase to the next, in the order of `PHASES`. */
const FORWARD: ReadonlyArray<{ readonly phase: Phase, readonly plan: PlanStep }> = [
  { phase: 'dual-write', plan: async (context, state) => [...await planTransaction(context, state, planDualWrite), ...await planTwins(context, state)] },
  { phase: 'backfill', plan: async (context, state) => [...await planTwins(context, state), await planFilling(context, state)] },
  { phase: 'read-new', plan: planConstraining },
  { phase: 'hide', plan: async (context, state) => await planTransaction(context, state, planHide) },
  { phase: 'drop', plan: async (context, state) => [planVerification(state), ...await planTransaction(context, state, planDrop)] }
]

/**
 * Says what `advance` would run, reading only: every statement, the lock that it takes, and what may wait for it.
 *
 * @param to the last phase to be entered
 */
export async function planAdvance (context: Context, state: TransitionState, to: Phase): Promise<PlannedStep[]> {
  const steps: PlannedStep[] = []
  for (const { phase, plan } of FORWARD.slice(PHASES.indexOf(state.phase), PHASES.indexOf(to))) {
    steps.push({ phase, statements: await plan(context, state) })
  }
  return steps
}

async function planTransaction ({ database, lockDeadlineMs }: Context, state: TransitionState, plan: TableChange['plan']): Promise<PlannedStatement[]> {
  return await database.transaction(async (session) => await planChange(session, state, plan, lockDeadlineMs), 'read only')
}

async function planTwins (context: Context, state: TransitionState): Promise<PlannedStatement[]> {
  const missing = await missingTwins(context, state)
  const table = qualifiedTable(state)
  return [...missing.map((twin) => createIndex(twin, table, true)), ...missing.length > 0 ? [`analyze ${table}`] : []].map(concurrent)
}

async function planFilling ({ database, batchRows, workers }: Context, state: TransitionState): Promise<PlannedStatement> {
  const triggers = await findFiringTriggers(database, state, qualifiedTable(state))
  const fires = triggers.length === 0 ? '' : `; fires ${triggers.map(describeFiringTrigger).join(', ')}, which needs --fire-triggers`
  return {
    statement: `update ${qualifiedTable(state)} set … in batches, ${batchRows} rows at first, then as many as take about 200 ms, ${workers} at a time${fires}`,
    lock: 'ROW EXCLUSIVE',
    holdsUp: 'writes of the rows of one batch',
    atMostMs: null
  }
}

function planVerification (state: TransitionState): PlannedStatement {
  return { statement: `select … from ${qualifiedTable(state)}, every row`, lock: 'ACCESS SHARE', holdsUp: 'DDL of the table only', atMostMs: null }
}

async function planConstraining (context: Context, state: TransitionState): Promise<PlannedStatement[]> {
  const { database, lockDeadlineMs } = context
  const table = qualifiedTable(state)
  const statements = [planVerification(state)]
  for (const index of [...pendingIndexesOf(transitionOf(state)), ...indexesOf(transitionOf(state), state.tableName)]) {
    if ((await readIndex(database, table, index.name, state.name))?.valid !== true) statements.push(concurrent(createIndex(index, table, true)))
  }
  for (const missing of await findMissing(database, state)) {
    const { announce, validate, require } = statementsFor(state, missing)
    statements.push(...announce === null ? [] : [locked(announce, lockDeadlineMs)], concurrent(validate), ...require.map((one) => locked(one, lockDeadlineMs)))
  }
  for (const constraint of await missingConstraints(database, state)) {
    const { announce, validate, finish } = statementsOf(state, constraint)
    const long = constraint.index === null ? validate : createIndex(constraint.index, table, true)
    const { refersTo } = constraint
    const short = (statement: string): PlannedStatement => refersTo === null ? locked(statement, lockDeadlineMs) : lockedForWriters(statement, lockDeadlineMs, refersTo)
    statements.push(...announce === null ? [] : [short(announce)], concurrent(String(long)), ...finish.map((one) => locked(one, lockDeadlineMs)))
  }
  statements.push(...await planTransaction(context, state, planReadNew), ...planReadNewLock(state, lockDeadlineMs))
  const twins = await findTwins(context, state, true)
  return [...statements, ...twins.map((name) => concurrent(`drop index concurrently if exists ${quote(state.tableSchema)}.${quote(name)}`))]
}
