/** Relations of users but temporary ones, which come and go, each with those of its columns whose name is in `$1`. */
export const READ_NAMESAKES = `
select n.nspname as schema, c.relname as table, pg_catalog.pg_table_is_visible(c.oid) as visible,
  array(
    select a.attname::text from pg_catalog.pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attname = any ($1)
    order by a.attname
  ) as namesakes
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_(catalog|toast|temp_)'
order by n.nspname, c.relname`
