import type { Session } from '../database.js'
import { ownership } from '../constrain/index-owner.js'
import { namesOf, quote } from '../names.js'
import type { TransitionState } from '../state/transitions.js'
import { QUALIFIED, type LeftOver } from './left-over.js'

/**
 * An index is ours when a run has noted that it builds one of this name, and it either reads the marker, as twins do
 * and nothing of anybody else's, or lies on the table of that run, has never become valid and is the one of that run.
 */
const INDEXES = `
select distinct x.relname as name, n.nspname as schema, ${QUALIFIED} as table
from unnest($1::text[], $2::text[]) as t (transition, marker)
join vintage.events e on e.transition = t.transition and e.event = 'index'
join pg_catalog.pg_class x on x.relname = e.details ->> 'index'
join pg_catalog.pg_index i on i.indexrelid = x.oid
join pg_catalog.pg_class c on c.oid = i.indrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where not exists (select 1 from pg_catalog.pg_stat_progress_create_index p where p.index_relid = x.oid)
  and (not i.indisvalid and ${QUALIFIED} = e.details ->> 'table' and ${ownership('t.transition', 'x')} is not null or exists (
    select 1 from pg_catalog.pg_depend d join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
    where d.classid = 'pg_class'::regclass and d.objid = x.oid and d.refclassid = 'pg_class'::regclass and d.refobjid = c.oid and a.attname = t.marker))
order by 3, 1`

/**
 * Indexes of transitions that this database has known and that are gone: twins, valid or not, the index of pending
 * rows, and what a killed build has left. A valid index of the new side is no hindrance, and is left to whoever knows
 * whether it is wanted.
 *
 * @param known names of all transitions of which there is an event
 */
export async function findLeftIndexes (session: Session, states: readonly TransitionState[], known: readonly string[]): Promise<LeftOver[]> {
  const used = new Set(states.map(({ name }) => namesOf(name).marker))
  const gone = known.filter((name) => !used.has(namesOf(name).marker))
  const found = await session.query<{ name: string, schema: string, table: string }>(INDEXES, [gone, gone.map((name) => namesOf(name).marker)])
  return found.map(({ name, schema, table }): LeftOver => ({ kind: 'index', name, table, statement: `drop index ${quote(schema)}.${quote(name)}` }))
}
