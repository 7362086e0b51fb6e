import type { Session } from '../database.js'
import { namesOf, quote, viewNameOf } from '../names.js'
import type { Phase } from '../phases.js'
import { showsView, VIEW_COMMENT } from '../read-view/plan-view.js'
import type { TransitionState } from '../state/transitions.js'
import { findLeftIndexes } from './find-left-indexes.js'
import { findLeftMarkers, type KeptMarker } from './find-left-markers.js'
import { QUALIFIED, type LeftOver } from './left-over.js'

const WRITTEN: readonly Phase[] = ['dual-write', 'backfill', 'read-new', 'hide']

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

const VIEWS = `
select 'vintage."' || replace(c.relname, '"', '""') || '"' as name from pg_catalog.pg_class c
where c.relkind = 'v' and c.relnamespace = 'vintage'::regnamespace and obj_description(c.oid, 'pg_class') like '${VIEW_COMMENT} of %' order by 1`

const KNOWN = 'select distinct transition as name from vintage.events'

interface Found { readonly name: string, readonly table: string }

/** What belongs to no transition in its present phase, in the order in which it can go. */
export interface AllLeft {
  readonly left: readonly LeftOver[]
  /** markers that cannot go, since something of others hangs on them */
  readonly kept: readonly KeptMarker[]
}

/**
 * Lists triggers, functions, views, markers and indexes of ours that belong to no transition in its present phase. The
 * columns of either side hold data, and are left to whoever knows whether it is wanted.
 */
export async function findLeftOver (session: Session, states: readonly TransitionState[]): Promise<AllLeft> {
  // wherever it is: a table that somebody has renamed or moved, or a copy of it, is in need of it
  const isOf = (phases: readonly Phase[], has: (names: ReturnType<typeof namesOf>) => readonly string[]) => ({ name }: { name: string }): boolean =>
    states.some((state) => phases.includes(state.phase) && has(namesOf(state.name)).includes(name))
  const triggers = (await session.query<Found & Record<string, unknown>>(TRIGGERS)).filter((found) => !isOf(WRITTEN, ({ insertTrigger, updateTrigger }) => [insertTrigger, updateTrigger])(found))
  const functions = (await session.query<{ name: string, signature: string }>(FUNCTIONS)).filter(({ name }) => !isOf(WRITTEN, ({ insertFunction, updateFunction, noteFunction }) => [insertFunction, updateFunction, noteFunction])({ name }))
  const known = (await session.query<{ name: string }>(KNOWN)).map(({ name }) => name)
  const views = (await session.query<{ name: string }>(VIEWS)).filter(({ name }) => !states.some((state) => showsView(state, state.phase) && viewNameOf(state) === name))
  const onTables = [
    ...triggers.map(({ name, table }): LeftOver => ({ kind: 'trigger', name, table, statement: `drop trigger ${quote(name)} on ${table}` })),
    ...await findLeftIndexes(session, states, known)
  ]
  const markers = await findLeftMarkers(session, states, known, onTables)
  const left = [
    ...views.map(({ name }): LeftOver => ({ kind: 'view', name, table: null, statement: `drop view ${name}` })),
    ...onTables.filter(({ kind }) => kind === 'trigger'),
    ...functions.map(({ name, signature }): LeftOver => ({ kind: 'function', name, table: null, statement: `drop function ${signature}` })),
    ...onTables.filter(({ kind }) => kind === 'index'),
    ...markers.left
  ]
  return { left, kept: markers.kept }
}
