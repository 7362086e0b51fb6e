import { messageOf, withCause } from '../../caught.js'
import { RefusedFenceError, RefusedLockError } from '../../errors.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { quote } from '../names.js'
import { constraintsOf } from '../sql/constraints.js'
import type { Lease } from '../state/lease.js'
import { transitionOf, type TransitionState } from '../state/transitions.js'
import { alterTable, ViolatedError } from './establish.js'
import { readIndex } from './read-index.js'
import { checkName, findMarked } from './require-columns.js'

const CONSTRAINTS = 'select conname as name, convalidated as valid from pg_catalog.pg_constraint where conrelid = to_regclass($1) and conname = any ($2)'

/**
 * Does what puts constraints of the new side into place. When it fails, those that are there, valid or not, are taken
 * back: before `read-new` they would refuse writes of a transition that is not going on.
 *
 * @throws what `work` throws, and FST_ERR_VINTAGE_REFUSED_LOCK when they could not be taken back
 */
export async function orTakeBack (context: Context, lease: Lease, state: TransitionState, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (cause) {
    // an abort does not keep them from going
    await undo({ ...context, signal: new AbortController().signal }, lease, state, cause)
    if (cause instanceof ViolatedError) await cause.refuse()
    throw cause
  }
}

async function undo (context: Context, lease: Lease, state: TransitionState, cause: unknown): Promise<void> {
  const told: string[] = []
  try {
    await takeBackConstraints(context, lease, state, 'all', (statements) => told.push(...statements))
  } catch (error) {
    // whoever has taken over goes on from what is there
    if (error instanceof RefusedFenceError) return
    throw withCause(new RefusedLockError(`${messageOf(cause)} — and constraints that were on their way could not be taken back (${messageOf(error)}): until then they refuse every write that does not satisfy them. Run the same command again, or: ${told.join('; ')}`), cause)
  }
}

/**
 * Takes constraints back that are there before `read-new`, since a run was killed or has failed.
 *
 * @param which `not valid` leaves what the next run can build on
 */
export async function takeBackConstraints (context: Context, lease: Lease, state: TransitionState, which: 'all' | 'not valid', tell: (statements: readonly string[]) => void = () => {}): Promise<void> {
  const { statements, alsoLocked } = await findLeft(context.database, state, which)
  if (statements.length === 0) return
  tell(statements)
  await alterTable(context, lease, state, 'taking constraints back', async (session) => (await findLeft(session, state, which)).statements, { alsoLocked })
}

/** Statements that take back what there is of constraints of the new side, also on the way to NOT NULL or UNIQUE; and the tables that foreign keys among them refer to. */
export async function findLeft (session: Session, state: TransitionState, which: 'all' | 'not valid'): Promise<{ statements: string[], alsoLocked: string[] }> {
  const table = qualifiedTable(state)
  const constraints = constraintsOf(transitionOf(state), state)
  const checks = (state.definition.notNull ?? []).map((column) => checkName(state, column))
  const there = await session.query<{ name: string, valid: boolean }>(CONSTRAINTS, [table, [...constraints.map(({ name }) => name), ...checks]])
  const going = there.filter(({ valid }) => which === 'all' || !valid)
  const clauses = going.map(({ name }) => `drop constraint ${quote(name)}`)
  const indexes: string[] = []
  if (which === 'all') {
    clauses.push(...(await findMarked(session, state)).map(({ column }) => `alter column ${quote(column)} drop not null`))
    for (const { name, index } of constraints) {
      if (index === null || there.some((constraint) => constraint.name === name)) continue
      if ((await readIndex(session, table, name, state.name))?.ours === true) indexes.push(`drop index ${quote(state.tableSchema)}.${quote(name)}`)
    }
  }
  return {
    statements: [...clauses.length === 0 ? [] : [`alter table ${table} ${clauses.join(', ')}`], ...indexes],
    alsoLocked: constraints.flatMap(({ name, refersTo }) => refersTo !== null && going.some((constraint) => constraint.name === name) ? [refersTo] : [])
  }
}
