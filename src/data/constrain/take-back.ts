import { messageOf, withCause } from '../../caught.js'
import { RefusedFenceError, RefusedLockError } from '../../errors.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { notNullCheckName, quote } from '../names.js'
import { isNotNullName } from '../sql/chosen-name.js'
import { constraintsOf } from '../sql/constraints.js'
import type { Lease } from '../state/lease.js'
import { transitionOf, type TransitionState } from '../state/transitions.js'
import { alterTable, ViolatedError } from './establish.js'
import { logIndex } from './index-owner.js'
import { readIndex } from './read-index.js'
import { findMarked } from './require-columns.js'
import { findUniqueIndexes } from './unique-indexes.js'

const CONSTRAINTS = 'select conname as name, convalidated as valid from pg_catalog.pg_constraint where conrelid = to_regclass($1) and conname = any ($2)'

/**
 * Does what puts constraints and unique indexes of the new side into place. When it fails, those that are there, valid
 * or not, are taken back: before `read-new` they would refuse writes of a transition that is not going on.
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
  const found = await findLeft(context.database, state, which)
  const statements = statementsFor(state, found)
  if (statements.length === 0) return
  tell(statements)
  await alterTable(context, lease, state, 'taking constraints back', async (session) => {
    const left = await findLeft(session, state, which)
    for (const index of [...left.indexes, ...left.taken]) await logIndex(context, session, state, 'index-dropped', index)
    return statementsFor(state, left)
  }, { alsoLocked: found.alsoLocked })
}

function statementsFor ({ tableSchema }: TransitionState, { constraints, indexes }: Left): string[] {
  return [...constraints, ...indexes.map((name) => `drop index ${quote(tableSchema)}.${quote(name)}`)]
}

/** What there is of constraints of the new side. */
export interface Left {
  /** statements that take the constraints back */
  readonly constraints: readonly string[]
  /** names of indexes that refuse writes as constraints do */
  readonly indexes: readonly string[]
  /** names of indexes that have become unique constraints, and go with these */
  readonly taken: readonly string[]
  /** tables that foreign keys among it refer to */
  readonly alsoLocked: readonly string[]
}

/** Looks for what there is of constraints of the new side, also on the way to NOT NULL or UNIQUE, and for unique indexes. */
export async function findLeft (session: Session, state: TransitionState, which: 'all' | 'not valid'): Promise<Left> {
  const table = qualifiedTable(state)
  const constraints = constraintsOf(transitionOf(state), state)
  const checks = (state.definition.notNull ?? []).map((column) => notNullCheckName(state.tableName, column))
  const there = await session.query<{ name: string, valid: boolean }>(CONSTRAINTS, [table, [...constraints.map(({ name }) => name), ...checks]])
  const going = there.filter(({ valid }) => which === 'all' || !valid)
  const clauses = going.map(({ name }) => `drop constraint ${quote(name)}`)
  const indexes: string[] = []
  const marked = (await findMarked(session, state)).filter(({ column, unproven }) => which === 'all' || (unproven !== null && isNotNullName(unproven, state.tableName, column)))
  clauses.push(...marked.map(({ column }) => `alter column ${quote(column)} drop not null`))
  if (which === 'all') {
    for (const { name, index } of constraints) {
      if (index === null || there.some((constraint) => constraint.name === name)) continue
      if ((await readIndex(session, table, name, state.name))?.ours === true) indexes.push(name)
    }
    indexes.push(...await findUniqueIndexes(session, state))
  }
  return {
    constraints: clauses.length === 0 ? [] : [`alter table ${table} ${clauses.join(', ')}`],
    indexes,
    taken: constraints.flatMap(({ name, index }) => index !== null && going.some((constraint) => constraint.name === name) ? [name] : []),
    alsoLocked: constraints.flatMap(({ name, refersTo }) => refersTo !== null && going.some((constraint) => constraint.name === name) ? [refersTo] : [])
  }
}
