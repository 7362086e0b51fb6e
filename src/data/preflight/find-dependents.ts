import type { Session } from '../database.js'
import { namesOf } from '../names.js'
import type { Transition } from '../transition.js'

/** Something in the catalogue that hangs on columns. */
export interface Dependent {
  /** in Postgres' own words, e.g. `view active_users`, `index users_name_idx` */
  readonly object: string
  /** of a constraint or index of the table, or of statistics; null for anything else */
  readonly name: string | null
  /** it would go with the columns and takes nothing else along; others have to be dealt with first */
  readonly goesAlong: boolean
}

/**
 * Goes along: defaults, NOT NULL, statistics, and indexes, constraints and sequences of old columns alone.
 * Stays in the way: views, functions, policies, rules, triggers of others, generated columns, publications, foreign
 * keys of other tables, and every index or constraint that has another column of the table in it too.
 */
const DEPENDENTS = `
with old as (
  select a.attrelid, a.attnum from pg_catalog.pg_attribute a
  where a.attrelid = to_regclass($1) and a.attname = any ($2) and a.attnum > 0 and not a.attisdropped
), dependent as (
  select distinct d.classid, d.objid, d.objsubid
  from old join pg_catalog.pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = old.attrelid and d.refobjsubid = old.attnum
  where not (d.classid = 'pg_class'::regclass and d.objid = old.attrelid and d.objsubid in (select attnum from old))
)
select pg_describe_object(classid, objid, objsubid) as object,
       coalesce(
         (select c.conname from pg_catalog.pg_constraint c where classid = 'pg_constraint'::regclass and c.oid = objid and c.conrelid = to_regclass($1)),
         (select c.relname from pg_catalog.pg_class c where classid = 'pg_class'::regclass and c.oid = objid and c.relkind in ('i', 'I')),
         (select s.stxname from pg_catalog.pg_statistic_ext s where classid = 'pg_statistic_ext'::regclass and s.oid = objid)) as name,
       (exists (select 1 from pg_catalog.pg_constraint c where classid = 'pg_constraint'::regclass and c.oid = objid and c.conrelid = to_regclass($1))
        or exists (select 1 from pg_catalog.pg_class c where classid = 'pg_class'::regclass and c.oid = objid and c.relkind in ('i', 'S'))
        or classid = 'pg_statistic_ext'::regclass)
       and not exists (
         select 1 from pg_catalog.pg_depend m
         where m.classid = dependent.classid and m.objid = dependent.objid
           and m.refclassid = 'pg_class'::regclass and m.refobjid = to_regclass($1) and m.refobjsubid > 0
           and m.refobjsubid not in (select attnum from old)) as goes_along
from dependent
where (classid <> 'pg_attrdef'::regclass or exists (
        select 1 from pg_catalog.pg_attrdef ad join pg_catalog.pg_attribute a on a.attrelid = ad.adrelid and a.attnum = ad.adnum
        where ad.oid = objid and a.attgenerated <> ''))
  and not exists (select 1 from pg_catalog.pg_trigger t where classid = 'pg_trigger'::regclass and t.oid = objid and t.tgname = any ($3))
  and not exists (select 1 from pg_catalog.pg_constraint c where classid = 'pg_constraint'::regclass and c.oid = objid and c.contype = 'n')
order by object`

/**
 * Lists what hangs on the columns of one side, but for our own triggers. Text of functions and of clients is beyond the
 * catalogue and cannot be seen.
 *
 * @param table quoted, with its schema
 * @param columns their names as they are now
 */
export async function findDependents (session: Session, transition: Transition, table: string, columns: readonly string[]): Promise<Dependent[]> {
  const { insertTrigger, updateTrigger } = namesOf(transition.name)
  return await listDependents(session, table, columns, [insertTrigger, updateTrigger])
}

/** Lists what hangs on columns of a table, but for some triggers. */
export async function listDependents (session: Session, table: string, columns: readonly string[], exceptTriggers: readonly string[]): Promise<Dependent[]> {
  const rows = await session.query<{ object: string, name: string | null, goes_along: boolean }>(DEPENDENTS, [table, columns, exceptTriggers])
  return rows.map(({ object, name, goes_along: goesAlong }) => ({ object, name, goesAlong }))
}
