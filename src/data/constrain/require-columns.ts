import { RefusedMismatchError } from '../../errors.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { fit, quote } from '../names.js'
import type { Lease } from '../state/lease.js'
import { establish } from './establish.js'
import { runInTurn } from './run-in-turn.js'
import type { TransitionState } from '../state/transitions.js'

/**
 * Makes the columns of `notNull` NOT NULL without reading the table under an exclusive lock: a CHECK that is not
 * valid yet, its validation, then SET NOT NULL, which Postgres believes on the strength of the CHECK.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_MISMATCH when a value is null
 */
export async function requireColumns (context: Context, lease: Lease, state: TransitionState): Promise<void> {
  for (const missing of await findMissing(context.database, state)) {
    const { column } = missing
    await refuseNulls(context, state, column)
    context.report({ type: 'constraint', transition: state.name, constraint: `not null on ${column}`, state: 'validating' })
    const { announce, validate, require: finish } = statementsFor(state, missing)
    // no null has come since the look: new rows are judged already
    if (announce === null) await runInTurn(context, lease, validate, { endsWithClient: true })
    else await establish(context, lease, state, { what: 'NOT NULL', name: checkName(state, column), announce, validate, finish, refuse: async () => await refuseNulls(context, state, column) })
    context.report({ type: 'constraint', transition: state.name, constraint: `not null on ${column}`, state: 'in place' })
  }
}

/** A column of `notNull` that is not NOT NULL for every row. */
export interface MissingNotNull {
  readonly column: string
  /** the NOT NULL that judges new rows, while old ones may be null; null = there is none. Known to Postgres from 18 on */
  readonly unproven: string | null
}

/** The statements that make one column NOT NULL; `validate` is the long one, and the only one where new rows are judged already. */
export function statementsFor (state: TransitionState, { column, unproven }: MissingNotNull): { announce: string | null, validate: string, require: string[] } {
  const table = qualifiedTable(state)
  const check = quote(checkName(state, column))
  if (unproven !== null) return { announce: null, validate: `alter table ${table} validate constraint ${quote(unproven)}`, require: [] }
  return {
    announce: `alter table ${table} add constraint ${check} check (${quote(column)} is not null) not valid`,
    validate: `alter table ${table} validate constraint ${check}`,
    require: [`alter table ${table} alter column ${quote(column)} set not null`, `alter table ${table} drop constraint if exists ${check}`]
  }
}

const MARKED = `
select a.attname as column, c.conname as unproven
from pg_catalog.pg_attribute a
left join pg_catalog.pg_constraint c on c.conrelid = a.attrelid and c.contype = 'n' and c.conkey = array[a.attnum] and not c.convalidated
where a.attrelid = to_regclass($1) and a.attname = any ($2) and a.attnotnull`

/** @returns the columns of `notNull` that refuse a null now, whether or not old rows were held against it */
export async function findMarked (session: Session, state: TransitionState): Promise<MissingNotNull[]> {
  return await session.query<{ column: string, unproven: string | null }>(MARKED, [qualifiedTable(state), state.definition.notNull ?? []])
}

/** @returns the columns of `notNull` that are to be made NOT NULL still */
export async function findMissing (session: Session, state: TransitionState): Promise<MissingNotNull[]> {
  const marked = await findMarked(session, state)
  return (state.definition.notNull ?? []).flatMap((column) => {
    const found = marked.find((one) => one.column === column)
    return found !== undefined && found.unproven === null ? [] : [found ?? { column, unproven: null }]
  })
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
