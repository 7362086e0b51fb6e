import type { Session } from '../database.js'
import { namesOf, quote } from '../names.js'
import type { Phase } from '../phases.js'
import { VIEW_COMMENT } from '../read-view/plan-view.js'
import type { TransitionState } from '../state/transitions.js'
import { QUALIFIED, type LeftOver } from './left-over.js'

const MARKED: readonly Phase[] = ['expand', 'dual-write', 'backfill', 'read-new', 'hide']

/** Of a transition that this database has known, since others may call a column like that. */
const MARKERS = `
select a.attname as name, ${QUALIFIED} as table
from pg_catalog.pg_attribute a join pg_catalog.pg_class c on c.oid = a.attrelid and c.relkind = 'r'
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum and pg_get_expr(d.adbin, d.adrelid) = 'true'
where a.attname = any ($1) and a.attnum > 0 and not a.attisdropped and a.atttypid = 'boolean'::regtype and a.attnotnull and a.attgenerated = '' and a.attinhcount = 0
order by 2, 1`

/** What is not the marker's own: its default, its NOT NULL, the CHECK of `expand`, a read view of ours, and what goes before it. */
const HANGING = `
select distinct pg_describe_object(d.classid, d.objid, d.objsubid) as object
from pg_catalog.pg_attribute a
join pg_catalog.pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = a.attrelid and d.refobjsubid = a.attnum
where a.attrelid = to_regclass($1) and a.attname = $2
  and not exists (select 1 from pg_catalog.pg_attrdef o where d.classid = 'pg_attrdef'::regclass and o.oid = d.objid and o.adrelid = a.attrelid and o.adnum = a.attnum)
  and not exists (select 1 from pg_catalog.pg_constraint o where d.classid = 'pg_constraint'::regclass and o.oid = d.objid and (o.contype = 'n' or o.contype = 'c' and o.conname = a.attname))
  and not exists (select 1 from pg_catalog.pg_trigger o where d.classid = 'pg_trigger'::regclass and o.oid = d.objid and o.tgname = any ($3))
  and not exists (select 1 from pg_catalog.pg_class o where d.classid = 'pg_class'::regclass and o.oid = d.objid and o.relname = any ($3))
  and not exists (
    select 1 from pg_catalog.pg_rewrite o join pg_catalog.pg_class v on v.oid = o.ev_class
    where d.classid = 'pg_rewrite'::regclass and o.oid = d.objid and v.relnamespace = 'vintage'::regnamespace and obj_description(v.oid, 'pg_class') like '${VIEW_COMMENT} of %')
order by 1`

/** A marker that no transition has, on which something of others hangs: it would go with the column, or keep it from going. */
export interface KeptMarker {
  readonly marker: string
  /** quoted, with its schema */
  readonly table: string
  /** in Postgres' own words */
  readonly objects: readonly string[]
}

/**
 * Markers that no transition has in its present phase: those that can go, and those that stay.
 *
 * @param known names of all transitions of which there is an event
 * @param going triggers and indexes that go before them
 */
export async function findLeftMarkers (session: Session, states: readonly TransitionState[], known: readonly string[], going: readonly LeftOver[]): Promise<{ left: LeftOver[], kept: KeptMarker[] }> {
  const names = [...states.map(({ name }) => name), ...known].map((name) => namesOf(name).marker)
  // wherever it is: a table that somebody has renamed or moved, or a copy of it, is in need of it
  const needed = states.filter(({ phase }) => MARKED.includes(phase)).map(({ name }) => namesOf(name).marker)
  const left: LeftOver[] = []
  const kept: KeptMarker[] = []
  for (const { name, table } of await session.query<{ name: string, table: string }>(MARKERS, [names])) {
    if (needed.includes(name)) continue
    const ours = going.filter((other) => other.table === table).map((other) => other.name)
    const objects = (await session.query<{ object: string }>(HANGING, [table, name, ours])).map(({ object }) => object)
    if (objects.length > 0) kept.push({ marker: name, table, objects })
    else left.push({ kind: 'marker', name, table, statement: `alter table ${table} drop column ${quote(name)}` })
  }
  return { left, kept }
}
