import type { Session } from '../database.js'
import { namesOf, quote, viewNameOf } from '../names.js'
import type { Phase } from '../phases.js'
import { showsView, VIEW_COMMENT } from '../read-view/plan-view.js'
import type { TransitionState } from '../state/transitions.js'
import { findLeftIndexes } from './find-left-indexes.js'
import { QUALIFIED, type LeftOver } from './left-over.js'

const WRITTEN: readonly Phase[] = ['dual-write', 'backfill', 'read-new', 'hide']
const MARKED: readonly Phase[] = ['expand', ...WRITTEN]

/**
 * A function is ours by where it lies and how it is made, whatever it is called: a text like that of the dual writer,
 * with the rights of its owner and a pinned path.
 */
const OURS = "p.pronamespace = 'vintage'::regnamespace and p.prosecdef and p.proconfig[1] like 'search\\_path=%' and (p.prosrc like '%vintage: this function belongs to %' or p.prosrc like '%insert into vintage.set\\_aside %')"

const TRIGGERS = `
select t.tgname as name, ${QUALIFIED} as table
from pg_catalog.pg_trigger t join pg_catalog.pg_proc p on p.oid = t.tgfoid
join pg_catalog.pg_class c on c.oid = t.tgrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where not t.tgisinternal and ${OURS} order by 2, 1`

const FUNCTIONS = `select p.proname as name, format('vintage.%I(%s)', p.proname, pg_get_function_identity_arguments(p.oid)) as signature from pg_catalog.pg_proc p where ${OURS} order by 1`

/** Of a transition that this database has known, since others may call a column like that. */
const MARKERS = `
select a.attname as name, ${QUALIFIED} as table
from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid and c.relkind = 'r'
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum and pg_get_expr(d.adbin, d.adrelid) = 'true'
where a.attname = any ($1) and a.attnum > 0 and not a.attisdropped and a.atttypid = 'boolean'::regtype and a.attnotnull and a.attgenerated = '' and a.attinhcount = 0
order by 2, 1`

const VIEWS = `
select 'vintage."' || replace(c.relname, '"', '""') || '"' as name from pg_catalog.pg_class c
where c.relkind = 'v' and c.relnamespace = 'vintage'::regnamespace and obj_description(c.oid, 'pg_class') like '${VIEW_COMMENT} of %' order by 1`

const KNOWN = 'select distinct transition as name from vintage.events'

interface Found { readonly name: string, readonly table: string }

/**
 * Lists triggers, functions, views, markers and indexes of ours that belong to no transition in its present phase. The
 * columns of either side hold data, and are left to whoever knows whether it is wanted.
 */
export async function findLeftOver (session: Session, states: readonly TransitionState[]): Promise<LeftOver[]> {
  // wherever it is: a table that somebody has renamed or moved, or a copy of it, is in need of it
  const isOf = (phases: readonly Phase[], has: (names: ReturnType<typeof namesOf>) => readonly string[]) => ({ name }: { name: string }): boolean =>
    states.some((state) => phases.includes(state.phase) && has(namesOf(state.name)).includes(name))
  const triggers = (await session.query<Found & Record<string, unknown>>(TRIGGERS)).filter((found) => !isOf(WRITTEN, ({ insertTrigger, updateTrigger }) => [insertTrigger, updateTrigger])(found))
  const functions = (await session.query<{ name: string, signature: string }>(FUNCTIONS)).filter(({ name }) => !isOf(WRITTEN, ({ insertFunction, updateFunction, noteFunction }) => [insertFunction, updateFunction, noteFunction])({ name }))
  const known = (await session.query<{ name: string }>(KNOWN)).map(({ name }) => name)
  const markers = (await session.query<Found & Record<string, unknown>>(MARKERS, [[...states.map(({ name }) => name), ...known].map((name) => namesOf(name).marker)])).filter((found) => !isOf(MARKED, ({ marker }) => [marker])(found))
  const views = (await session.query<{ name: string }>(VIEWS)).filter(({ name }) => !states.some((state) => showsView(state, state.phase) && viewNameOf(state) === name))
  return [
    ...views.map(({ name }): LeftOver => ({ kind: 'view', name, table: null, statement: `drop view ${name}` })),
    ...triggers.map(({ name, table }): LeftOver => ({ kind: 'trigger', name, table, statement: `drop trigger ${quote(name)} on ${table}` })),
    ...functions.map(({ name, signature }): LeftOver => ({ kind: 'function', name, table: null, statement: `drop function ${signature}` })),
    ...await findLeftIndexes(session, states, known),
    ...markers.map(({ name, table }): LeftOver => ({ kind: 'marker', name, table, statement: `alter table ${table} drop column ${quote(name)}` }))
  ]
}
