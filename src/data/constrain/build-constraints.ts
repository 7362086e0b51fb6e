import { messageOf, withCause } from '../../caught.js'
import { RefusedMismatchError } from '../../errors.js'
import { readPrimaryKey } from '../backfill/key.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { pinSearchPath, qualifiedTable } from '../dual-writer/sides.js'
import { lookBriefly } from '../governor/look-briefly.js'
import { quote } from '../names.js'
import { constraintsOf, type NamedConstraint } from '../sql/constraints.js'
import type { Lease } from '../state/lease.js'
import { transitionOf, type TransitionState } from '../state/transitions.js'
import { buildIndex } from './build-indexes.js'
import { alterTable, establish, unlessThere } from './establish.js'

const NAMED = 5

/**
 * Puts CHECKs, foreign keys and unique constraints of the new side into place: added for new rows, then validated, or
 * an index built concurrently and taken over. One that is there and valid is left as it is.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_MISMATCH naming rows that do not satisfy one, FST_ERR_VINTAGE_REFUSED_INDEX naming a value that is not unique
 */
export async function buildConstraints (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  for (const constraint of await missingConstraints(context.database, state)) {
    const { name, kind, index, refersTo } = constraint
    const tell = (what: 'validating' | 'in place'): void => context.report({ type: 'constraint', transition: state.name, constraint: `${kind} ${name}`, state: what })
    const { announce, validate, finish } = statementsOf(state, constraint)
    tell('validating')
    if (index === null) {
      await establish(context, lease, state, { what: `${kind} ${name}`, announce: unlessThere(state, name, [String(announce)]), validate: String(validate), finish, refersTo, refuse: async () => await refuseRows(context, state, constraint) })
    } else {
      await buildIndex(context, lease, state, index)
      await alterTable(context, lease, state, `unique ${name}`, unlessThere(state, name, finish))
    }
    tell('in place')
  }
}

/** The statements that put one constraint into place; what is null does not apply. */
export function statementsOf (state: TransitionState, { name, clause, index }: NamedConstraint): { announce: string | null, validate: string | null, finish: string[] } {
  const table = `alter table ${qualifiedTable(state)}`
  return index === null
    ? { announce: `${table} add constraint ${quote(name)} ${clause} not valid`, validate: `${table} validate constraint ${quote(name)}`, finish: [] }
    : { announce: null, validate: null, finish: [`${table} add constraint ${quote(name)} unique using index ${quote(name)}`] }
}

/** @returns the constraints that are not there, or not valid yet */
export async function missingConstraints (session: Session, state: TransitionState): Promise<NamedConstraint[]> {
  const constraints = constraintsOf(transitionOf(state), state)
  const there = await session.query('select conname as name from pg_catalog.pg_constraint where conrelid = to_regclass($1) and conname = any ($2) and convalidated', [qualifiedTable(state), constraints.map(({ name }) => name)])
  return constraints.filter((constraint) => !there.some(({ name }) => name === constraint.name))
}

async function refuseRows ({ database }: Context, state: TransitionState, { name, kind, violated }: NamedConstraint): Promise<void> {
  const problem = `transition \`${state.name}\`: rows do not satisfy ${kind} \`${name}\``
  const table = qualifiedTable(state)
  const rows = await lookBriefly(database, async (session) => {
    await pinSearchPath(session)
    const key = await readPrimaryKey(session, table)
    const list = key.columns.map(({ name: column, plain }) => `'${plain.replaceAll("'", "''")}', t.${column}::text`).join(', ')
    return await session.query<{ key: object }>(`select json_build_object(${list}) as key from ${table} t where ${violated} limit ${NAMED + 1}`)
  }).catch((cause: unknown) => {
    // who may refer to a table may not be allowed to read it, and a large one takes too long
    throw withCause(new RefusedMismatchError(`${problem}, and which they are cannot be seen (${messageOf(cause)}). Mend them and run it again; the constraint was taken back`), cause)
  })
  const keys = rows.slice(0, NAMED).map(({ key }) => JSON.stringify(key))
  throw new RefusedMismatchError(`${problem}: ${keys.join(', ')}${rows.length > NAMED ? ', …' : ''}. Mend them and run it again; the constraint was taken back`)
}
