/**
 * Every transition with its phase, and its table (with partitions and children, which hold both sides too) as this
 * session would find it.
 */
export const READ_PHASES = `
with recursive family (transition, oid) as (
  select t.name, c.oid
  from vintage.transitions t
  join pg_catalog.pg_namespace n on n.nspname = t.table_schema
  join pg_catalog.pg_class c on c.relnamespace = n.oid and c.relname = t.table_name
  where t.phase <> 'drop'
  union
  select f.transition, i.inhrelid from family f join pg_catalog.pg_inherits i on i.inhparent = f.oid
)
select t.name, t.phase, t.epoch::text as epoch, t.definition, coalesce(found.tables, '[]') as tables
from vintage.transitions t
left join lateral (
  select json_agg(json_build_object(
    'schema', n.nspname,
    'table', c.relname,
    'visible', pg_catalog.pg_table_is_visible(c.oid),
    'columns', array(
      select a.attname::text from pg_catalog.pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      order by a.attnum
    ),
    'uniqueKeys', (
      select coalesce(json_agg(json_build_object('name', k.relname, 'columns', array(
        select a.attname::text from pg_catalog.pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and (a.attnum = any (x.indkey) or exists (
          select from pg_catalog.pg_depend d
          where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = x.indexrelid
            and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid = a.attnum
        ))
        order by a.attnum
      )) order by k.relname), '[]')
      from pg_catalog.pg_index x join pg_catalog.pg_class k on k.oid = x.indexrelid
      where x.indrelid = c.oid and (x.indisunique or x.indisexclusion)
    )
  ) order by n.nspname, c.relname) as tables
  from family f
  join pg_catalog.pg_class c on c.oid = f.oid
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where f.transition = t.name
) found on true
order by t.name`

/** Whether `vintage migrate` has ever run in this database. */
export const HAS_PHASES = "select to_regclass('vintage.transitions') is not null as present"
