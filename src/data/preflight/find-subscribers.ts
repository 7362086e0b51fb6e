import type { Session } from '../database.js'
import { namesOf, quote } from '../names.js'
import { newColumnsOf, oldColumnsOf, type Transition } from '../transition.js'

/**
 * Publications that carry the table, whether they name it, its schema, or all tables. A consumer of another plugin than
 * pgoutput reads no publication, and is sent every table of the database.
 */
const SUBSCRIBERS = `
select 'publication ' || quote_ident(p.pubname) as name
from pg_catalog.pg_publication_tables p
join pg_catalog.pg_class c on c.oid = to_regclass($1) and c.relname = p.tablename
join pg_catalog.pg_namespace n on n.oid = c.relnamespace and n.nspname = p.schemaname
union all
select 'logical slot ' || quote_ident(s.slot_name) || ' (' || s.plugin || ')'
from pg_catalog.pg_replication_slots s
where s.slot_type = 'logical' and s.plugin <> 'pgoutput' and s.database = current_database()
order by name`

/** @returns e.g. `publication shop`, `logical slot lake (wal2json)` */
export async function findSubscribers (session: Session, table: string): Promise<string[]> {
  return (await session.query<{ name: string }>(SUBSCRIBERS, [table])).map(({ name }) => name)
}

/** The old columns that would have to be the same here and there for a subscriber to find a row: all, of a full identity. */
const IDENTITY = `
select case when c.relreplident = 'f' then 'FULL' else i.indexrelid::regclass::text end as identity
from pg_catalog.pg_class c
left join pg_catalog.pg_index i on i.indrelid = c.oid and i.indisreplident
where c.oid = to_regclass($1) and (c.relreplident = 'f' or exists (
  select 1 from pg_catalog.pg_attribute a where a.attrelid = c.oid and a.attnum = any (i.indkey) and a.attname = any ($2)))`

/** @returns the replica identity that has old columns in it; undefined when rows are told apart by other columns */
export async function findMovingIdentity (session: Session, table: string, oldColumns: readonly string[]): Promise<string | undefined> {
  const [found] = await session.query<{ identity: string }>(IDENTITY, [table, oldColumns])
  return found?.identity
}

/**
 * What a subscriber needs before the first step: it is sent columns by their names, which change at `hide`, and then
 * the old names no longer come.
 */
export function subscriberStatements (transition: Transition, table: string): string[] {
  const { marker, hidden } = namesOf(transition.name)
  const column = (name: string, type: string | undefined): string => `add column if not exists ${quote(name)} ${type}`
  const added = [
    ...newColumnsOf(transition).map((name) => column(name, transition.after[name])),
    column(marker, 'boolean default true'),
    ...oldColumnsOf(transition).map((name) => column(hidden(name), transition.before[name]))
  ]
  return [`alter table ${table} ${[...added, ...oldColumnsOf(transition).map((name) => `alter column ${quote(name)} drop not null`)].join(', ')}`]
}
