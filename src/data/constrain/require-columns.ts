import { RefusedMismatchError } from '../../errors.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { fit, quote } from '../names.js'
import type { Lease } from '../state/lease.js'
import { establish } from './establish.js'
import type { TransitionState } from '../state/transitions.js'

/**
 * Makes the columns of `notNull` NOT NULL without reading the table under an exclusive lock: a CHECK that is not
 * valid yet, its validation, then SET NOT NULL, which Postgres believes on the strength of the CHECK.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_MISMATCH when a value is null
 */
export async function requireColumns (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  const required = await findRequired(context.database, state)
  for (const column of state.definition.notNull ?? []) {
    if (required.includes(column)) continue
    await refuseNulls(context, state, column)
    context.report({ type: 'constraint', transition: state.name, constraint: `not null on ${column}`, state: 'validating' })
    const { announce, validate, require: finish } = statementsFor(state, column)
    await establish(context, lease, state, { what: 'NOT NULL', name: checkName(state, column), announce, validate, finish, refuse: async () => await refuseNulls(context, state, column) })
    context.report({ type: 'constraint', transition: state.name, constraint: `not null on ${column}`, state: 'in place' })
  }
}

/** The statements that make one column NOT NULL; `validate` is the long one. */
export function statementsFor (state: TransitionState, column: string): { announce: string, validate: string, require: string[] } {
  const table = qualifiedTable(state)
  const check = quote(checkName(state, column))
  return {
    announce: `alter table ${table} add constraint ${check} check (${quote(column)} is not null) not valid`,
    validate: `alter table ${table} validate constraint ${check}`,
    require: [`alter table ${table} alter column ${quote(column)} set not null`, `alter table ${table} drop constraint if exists ${check}`]
  }
}

/** @returns the columns of `notNull` that are NOT NULL already */
export async function findRequired (session: Session, state: TransitionState): Promise<string[]> {
  const found = await session.query<{ name: string }>('select attname as name from pg_catalog.pg_attribute where attrelid = to_regclass($1) and attname = any ($2) and attnotnull', [qualifiedTable(state), state.definition.notNull ?? []])
  return found.map(({ name }) => name)
}

async function refuseNulls (context: Context, state: TransitionState, column: string): Promise<void> {
  const [found] = await context.database.transaction(async (session) => await session.query(`select count(*)::int as rows from ${qualifiedTable(state)} where ${quote(column)} is null`))
  if (Number(found?.rows) === 0) return
  throw new RefusedMismatchError(`transition \`${state.name}\`: \`notNull\` names \`${column}\`, which is null in ${found?.rows} rows: let \`upgrade\` give a value for them (coalesce), or take the column out of \`notNull\``)
}

/** The CHECK on the way to NOT NULL. */
export function checkName (state: TransitionState, column: string): string {
  return fit(`vintage_${state.tableName}_${column}_not_null`)
}
