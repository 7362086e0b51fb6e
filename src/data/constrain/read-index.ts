import type { Session } from '../database.js'
import { ownership } from './index-owner.js'

/** What bears an index's name in the catalogue. */
export interface FoundIndex {
  /** a session is building it right now */
  readonly building: boolean
  readonly valid: boolean
  readonly unique: boolean
  /** null for an index on expressions, or on another table */
  readonly columns: readonly string[] | null
  /** it is on the table, and a run of ours has built it, or (`begun`) began to and has not told whether it did */
  readonly ours: boolean
  readonly begun: boolean
}

const INDEX = `
select i.indisvalid as valid, i.indisunique as unique,
       exists (select 1 from pg_catalog.pg_stat_progress_create_index p where p.index_relid = c.oid) as building,
       case when i.indrelid = to_regclass($1) and i.indexprs is null and i.indpred is null then (
         select json_agg(a.attname order by k.position) from unnest(i.indkey) with ordinality as k (attnum, position)
         join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum) end as columns,
       case when i.indrelid = to_regclass($1) then ${ownership('$3', 'c')} end as owned
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
  const [found] = await session.query<{ building: boolean, valid: boolean | null, unique: boolean | null, columns: string[] | null, owned: 'begun' | 'built' | null }>(INDEX, [table, index, transition])
  if (found === undefined) return undefined
  const { building, valid, unique, columns, owned } = found
  return { building, valid: valid === true, unique: unique === true, columns, ours: owned !== null, begun: owned === 'begun' }
}
