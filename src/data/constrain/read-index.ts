import type { Session } from '../database.js'

/** What bears an index's name in the catalogue. */
export interface FoundIndex {
  /** a session is building it right now */
  readonly building: boolean
  readonly valid: boolean
  readonly unique: boolean
  /** null for an index on expressions, or on another table */
  readonly columns: readonly string[] | null
  /** it is on the table, and a run of ours began to build one of its name */
  readonly ours: boolean
}

const INDEX = `
select i.indisvalid as valid, i.indisunique as unique,
       exists (select 1 from pg_catalog.pg_stat_progress_create_index p where p.index_relid = c.oid) as building,
       case when i.indrelid = to_regclass($1) and i.indexprs is null and i.indpred is null then (
         select json_agg(a.attname order by k.position) from unnest(i.indkey) with ordinality as k (attnum, position)
         join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum) end as columns,
       i.indrelid = to_regclass($1) and exists (select 1 from vintage.events e where e.transition = $3 and e.event = 'index' and e.details ->> 'index' = $2) as ours
from pg_catalog.pg_class t
join pg_catalog.pg_class c on c.relnamespace = t.relnamespace and c.relname = $2
left join pg_catalog.pg_index i on i.indexrelid = c.oid
where t.oid = to_regclass($1)`

/**
 * Looks for what bears the name of an index, in the table's schema.
 *
 * @param table quoted, with its schema
 */
export async function readIndex (session: Session, table: string, index: string, transition: string): Promise<FoundIndex | undefined> {
  const [found] = await session.query<{ building: boolean, valid: boolean | null, unique: boolean | null, columns: string[] | null, ours: boolean | null }>(INDEX, [table, index, transition])
  return found && { ...found, valid: found.valid === true, unique: found.unique === true, ours: found.ours === true }
}
