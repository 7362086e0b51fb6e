import { escapeLiteral } from 'pg'
import type { Session } from '../database.js'
import { CAST_TYPE, pinSearchPath, qualifiedTable } from '../dual-writer/sides.js'
import { RefusedDependentsError } from '../../errors.js'
import { quote, viewNameOf } from '../names.js'
import type { Phase } from '../phases.js'
import { readTransitions, type TransitionState } from '../state/transitions.js'
import { viewColumnsOf, type ViewColumn } from './view-definition.js'

/** Phases in which a table that asks for it has a read view. */
const SHOWN: readonly Phase[] = ['dual-write', 'backfill', 'read-new', 'hide']

/** By which a view is known for ours. */
export const VIEW_COMMENT = 'vintage: read view'

/** `vinv` in ASCII */
const ADVISORY_KEY = 0x76696e76

const THERE = `
select a.attname as name, ${CAST_TYPE} as type
from pg_catalog.pg_attribute a where a.attrelid = to_regclass($1) and a.attnum > 0 order by a.attnum`

const GRANTEES = `
select distinct quote_ident(pg_get_userbyid(acl.grantee)) as name
from pg_catalog.pg_class c cross join lateral aclexplode(c.relacl) as acl
where c.oid in (to_regclass($1), to_regclass($2)) and acl.privilege_type = 'SELECT' and acl.grantee not in (0, c.relowner)
order by name`

/** Whether a transition in this phase keeps a read view of its table. */
export function showsView ({ definition }: Pick<TransitionState, 'definition'>, phase: Phase): boolean {
  return definition.readView === true && SHOWN.includes(phase)
}

/**
 * The statements that make the read view of a table right for a phase that is being entered, in the transaction of the
 * step: made, replaced in place while its columns stay what they are, made anew where they do not, or dropped once no
 * transition of the table asks for it. Who may read the table, or could read the view before, may read it.
 *
 * @param to the phase that is entered
 * @throws FST_ERR_VINTAGE_REFUSED_DEPENDENTS when it has to go, or to get other columns, and something hangs on it
 */
export async function planView (session: Session, state: TransitionState, to: Phase): Promise<string[]> {
  if (!(await readNeighbours(session, state)).some(({ name, phase, definition }) => definition.readView === true && (phase !== 'drop' || name === state.name))) return []
  const view = viewNameOf(state)
  // two operators on one table: the second reads the phase that the first has written
  await session.query('select pg_advisory_xact_lock($1, hashtext($2))', [ADVISORY_KEY, view])
  const states = (await readNeighbours(session, state)).map((one) => one.name === state.name ? { ...one, phase: to } : one)
  if (!states.some((one) => showsView(one, one.phase))) {
    await refuseDependents(session, view)
    return [`drop view if exists ${view}`]
  }
  await pinSearchPath(session)
  const columns = await viewColumnsOf(session, qualifiedTable(state), states)
  const there = await session.query<{ name: string, type: string }>(THERE, [view])
  if (there.length > 0 && fits(there, columns)) return [define('create or replace', view, columns, state)]
  await refuseDependents(session, view)
  return await makeAnew(session, view, columns, state)
}

/** Whether a table has a read view now. */
export async function hasView (session: Session, state: TransitionState): Promise<boolean> {
  const [found] = await session.query('select to_regclass($1) is not null as present', [viewNameOf(state)])
  return found?.present === true
}

async function readNeighbours (session: Session, { tableSchema, tableName }: TransitionState): Promise<TransitionState[]> {
  return (await readTransitions(session)).filter((one) => one.tableSchema === tableSchema && one.tableName === tableName)
}

/** Before Postgres 16 a view's own rule hangs on it like any other. */
const DEPENDENTS = `
select pg_describe_object(classid, objid, objsubid) as object from pg_catalog.pg_depend
where refclassid = 'pg_class'::regclass and refobjid = to_regclass($1) and deptype = 'n'
  and not (classid = 'pg_rewrite'::regclass and objid in (select r.oid from pg_catalog.pg_rewrite r where r.ev_class = refobjid))
order by object`

async function refuseDependents (session: Session, view: string): Promise<void> {
  const dependents = await session.query<{ object: string }>(DEPENDENTS, [view])
  if (dependents.length > 0) throw new RefusedDependentsError(`the read view ${view} has to go, or to get other columns, and these hang on it: ${dependents.map(({ object }) => object).join('; ')}. Let them read the table, which has every head column from \`read-new\` on, or drop them`)
}

/** Columns may only be added at the end of a view that is replaced. */
function fits (there: ReadonlyArray<{ name: string, type: string }>, columns: readonly ViewColumn[]): boolean {
  return there.every(({ name, type }, index) => columns[index]?.name === name && columns[index].type === type)
}

async function makeAnew (session: Session, view: string, columns: readonly ViewColumn[], state: TransitionState): Promise<string[]> {
  const grantees = await session.query<{ name: string }>(GRANTEES, [qualifiedTable(state), view])
  return [
    `drop view if exists ${view}`,
    define('create', view, columns, state),
    `comment on view ${view} is ${escapeLiteral(`${VIEW_COMMENT} of ${qualifiedTable(state)}`)}`,
    ...grantees.flatMap(({ name }) => [`grant usage on schema vintage to ${name}`, `grant select on ${view} to ${name}`])
  ]
}

function define (create: string, view: string, columns: readonly ViewColumn[], state: TransitionState): string {
  return `${create} view ${view} with (security_invoker = true) as select ${columns.map(({ name, value }) => `${value} as ${quote(name)}`).join(', ')} from ${qualifiedTable(state)} as t`
}
