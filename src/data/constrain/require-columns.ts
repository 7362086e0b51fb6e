import { RefusedMismatchError } from '../../errors.js'
import type { Context } from '../context.js'
import type { Session } from '../database.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { notNullCheckName, quote } from '../names.js'
import { chooseNotNullName } from '../sql/chosen-name.js'
import type { Lease } from '../state/lease.js'
import { establish, unlessThere } from './establish.js'
import { runInTurn } from './run-in-turn.js'
import type { TransitionState } from '../state/transitions.js'

/**
 * Makes the columns of `notNull` NOT NULL without reading the table under an exclusive lock. From Postgres 18 on: a
 * NOT NULL that is not valid yet, and its validation. Before: a CHECK that is not valid yet, its validation, then
 * SET NOT NULL, which Postgres believes on the strength of the CHECK.
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
    else await establish(context, lease, state, { what: 'NOT NULL', announce: unlessAnnounced(state, missing, announce), validate, finish, refuse: async () => await refuseNulls(context, state, column) })
    context.report({ type: 'constraint', transition: state.name, constraint: `not null on ${column}`, state: 'in place' })
  }
}

/** A column of `notNull` that is not NOT NULL for every row. */
export interface MissingNotNull {
  readonly column: string
  /** `announced`: a NOT NULL judges new rows, while old ones may be null; `native`: such a one is to be added; `check`: before Postgres 18, or where a CHECK of ours is there already */
  readonly form: 'announced' | 'native' | 'check'
  /** of the constraint that is to be validated */
  readonly name: string
}

/** The statements that make one column NOT NULL; `validate` is the long one, and the only one where new rows are judged already. */
export function statementsFor (state: TransitionState, { column, form, name }: MissingNotNull): { announce: string | null, validate: string, require: string[] } {
  const table = `alter table ${qualifiedTable(state)}`
  const validate = `${table} validate constraint ${quote(name)}`
  switch (form) {
    case 'announced': return { announce: null, validate, require: [] }
    case 'native': return { announce: `${table} add constraint ${quote(name)} not null ${quote(column)} not valid`, validate, require: [] }
    case 'check': return {
      announce: `${table} add constraint ${quote(name)} check (${quote(column)} is not null) not valid`,
      validate,
      require: [`${table} alter column ${quote(column)} set not null`, `${table} drop constraint if exists ${quote(name)}`]
    }
  }
}

/** The statement that announces, none when an attempt whose commit was not heard of has come through. */
export function unlessAnnounced (state: TransitionState, { column, form, name }: MissingNotNull, announce: string): (session: Session) => Promise<readonly string[]> {
  if (form === 'check') return unlessThere(state, name, [announce])
  return async (session) => (await findMarked(session, state)).some((marked) => marked.column === column) ? [] : [announce]
}

/** A column of `notNull` that refuses a null now. */
export interface MarkedNotNull {
  readonly column: string
  /** the NOT NULL that judges new rows, while old ones may be null; null = there is none. Known to Postgres from 18 on */
  readonly unproven: string | null
}

const MARKED = `
select a.attname as column, c.conname as unproven
from pg_catalog.pg_attribute a
left join pg_catalog.pg_constraint c on c.conrelid = a.attrelid and c.contype = 'n' and c.conkey = array[a.attnum] and not c.convalidated
where a.attrelid = to_regclass($1) and a.attname = any ($2) and a.attnotnull`

/** @returns the columns of `notNull` that refuse a null now, whether or not old rows were held against it */
export async function findMarked (session: Session, state: TransitionState): Promise<MarkedNotNull[]> {
  return await session.query<{ column: string, unproven: string | null }>(MARKED, [qualifiedTable(state), state.definition.notNull ?? []])
}

/** A run of before that server, or of an older build, may have left its CHECK. */
const BY_CHECK = `
select c.name from unnest($2::text[]) as c (name)
where current_setting('server_version_num')::int < 180000
   or exists (select 1 from pg_catalog.pg_constraint where conrelid = to_regclass($1) and conname = c.name and contype = 'c')`

/** @returns the columns of `notNull` that are to be made NOT NULL still */
export async function findMissing (session: Session, state: TransitionState): Promise<MissingNotNull[]> {
  const table = qualifiedTable(state)
  const marked = await findMarked(session, state)
  const columns = state.definition.notNull ?? []
  const byCheck = await session.query(BY_CHECK, [table, columns.map((column) => notNullCheckName(state.tableName, column))])
  const missing: MissingNotNull[] = []
  for (const column of columns) {
    const unproven = marked.find((one) => one.column === column)?.unproven
    const check = notNullCheckName(state.tableName, column)
    if (unproven === null) continue
    if (unproven !== undefined) missing.push({ column, form: 'announced', name: unproven })
    else if (byCheck.some((one) => one.name === check)) missing.push({ column, form: 'check', name: check })
    else missing.push({ column, form: 'native', name: await chooseNotNullName(session, table, state.tableName, column, missing.map(({ name }) => name)) })
  }
  return missing
}

async function refuseNulls (context: Context, state: TransitionState, column: string): Promise<void> {
  const [found] = await context.database.transaction(async (session) => await session.query(`select count(*)::int as rows from ${qualifiedTable(state)} where ${quote(column)} is null`))
  if (Number(found?.rows) === 0) return
  throw new RefusedMismatchError(`transition \`${state.name}\`: \`notNull\` names \`${column}\`, which is null in ${found?.rows} rows: let \`upgrade\` give a value for them (coalesce), or take the column out of \`notNull\``)
}
