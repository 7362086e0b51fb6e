import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { pinSearchPath, qualifiedTable } from '../dual-writer/sides.js'
import { checkSubscribers, keepReady } from '../gate/refuse-unready-subscribers.js'
import { startDeadline } from '../governor/deadline.js'
import { runDdl } from '../governor/run-ddl.js'
import type { Transition } from '../transition.js'
import type { Phase } from '../phases.js'
import { runPreflights } from '../preflight/run-preflights.js'
import { checkRows } from '../preflight/check-rows.js'
import type { FoundTable } from '../preflight/check-table.js'
import { addColumns } from '../sql/add-columns.js'
import { referredTables } from '../sql/constraints.js'
import { createFresh } from '../sql/create-fresh.js'
import { grantSchema } from '../sql/grant-schema.js'
import { logEvent } from '../state/events.js'
import { definitionJson, readTransition } from '../state/transitions.js'
import { isFresh, isUnused, type Surroundings } from './is-fresh.js'

/** The other operator's insert is waited for, so that only one of two begins. */
const INSERT_STATE = `
insert into vintage.transitions (name, table_schema, table_name, definition, phase, epoch, begun_at, changed_at)
values ($1, $2, $3, $4, $5, 1, clock_timestamp(), clock_timestamp())
on conflict (name) do nothing returning name`

/** Where a transition stands after it has begun. */
export interface Begun {
  readonly phase: Phase
  /** all phases were taken at once */
  readonly fresh: boolean
}

/**
 * Begins a transition: on an empty table that nobody uses, all phases in one transaction; otherwise `expand`.
 *
 * @returns null when another operator has begun it in the meantime
 * @throws the refusal of a preflight
 */
export async function beginTransition (context: Context, transition: Transition, surroundings: Surroundings): Promise<Begun | null> {
  const found = await checkUnlessBegun(context, transition)
  if (found === null) return null
  await checkSubscribers(context, context.database, transition, found)
  const table = qualifiedTable(found)
  // decided before the transaction: who asks for the locks of all phases must have looked who holds them
  const atOnce = await isUnused(context.database, table, surroundings)
  const begun = await runDdl(context, {
    transition: transition.name,
    step: 'expand',
    table,
    alsoLocked: atOnce ? referredTables(transition, found) : [],
    lock: 'access exclusive',
    alsoLock: 'share row exclusive',
    lease: null,
    work: async (session) => await begin(context, session, transition, found, atOnce ? surroundings : null)
  })
  if (begun !== null) context.report({ type: 'phase', transition: transition.name, from: null, ...begun, epoch: 1 })
  return begun
}

/** Columns that another operator has just added are no reason to refuse. */
async function checkUnlessBegun (context: Context, transition: Transition): Promise<FoundTable | null> {
  try {
    const { found, sides } = await context.database.transaction(async (session) => await runPreflights(session, transition))
    await checkRows(context, transition, sides, qualifiedTable(found))
    return found
  } catch (error) {
    if (await readTransition(context.database, transition.name) !== undefined) return null
    throw error
  }
}

async function begin (context: Context, session: Session, transition: Transition, found: FoundTable, surroundings: Surroundings | null): Promise<Begun | null> {
  const table = qualifiedTable(found)
  const run = startDeadline(session, context.lockDeadlineMs)
  await run(`lock table ${table} in access exclusive mode`)
  const ready = await checkSubscribers(context, { query: run }, transition, found)
  const fresh = surroundings !== null && await isFresh(session, run, transition, table, surroundings)
  const phase = fresh ? 'drop' : 'expand'
  const inserted = await session.query(INSERT_STATE, [transition.name, found.tableSchema, found.tableName, definitionJson(transition), phase])
  if (inserted.length === 0) return null
  const statements = fresh ? createFresh(transition, found) : [addColumns(transition, table)]
  await pinSearchPath(session)
  for (const statement of [...statements, grantSchema(found)]) await run(statement)
  await logEvent(session, { transition: transition.name, event: 'phase', phase, epoch: 1, by: context.by, details: { from: null, fresh } })
  await keepReady(context, session, { name: transition.name, phase, epoch: 1 }, ready)
  return { phase, fresh }
}
