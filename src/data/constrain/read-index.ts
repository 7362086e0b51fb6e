import type { Session } from '../database.js'
import { ownership } from './index-owner.js'

/** What bears an index's name in the catalogue. */
export interface FoundIndex {
  /** a session is building it right now */
  readonly building: boolean
  readonly valid: boolean
  readonly unique: boolean
  /** it is an index of the table */
  readonly onTable: boolean
  /** those of an index that holds every row by nothing but their values, in their own order; null for any other */
  readonly columns: readonly string[] | null
  /** it is on the table, and a run of ours has built it, or (`begun`) began to and has not told whether it did */
  readonly ours: boolean
  readonly begun: boolean
}

/** As `create index` makes it of the names of columns alone. */
const PLAIN = `
i.indrelid = to_regclass($1) and i.indexprs is null and i.indpred is null and i.indnkeyatts = i.indnatts and i.indimmediate and not i.indisexclusion and not i.indnullsnotdistinct
and c.relam = (select oid from pg_catalog.pg_am where amname = 'btree')
and not exists (
  select 1 from unnest(i.indkey, i.indclass, i.indcollation, i.indoption) as k (attnum, class, collation_, option)
  join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
  join pg_catalog.pg_opclass o on o.oid = k.class
  where not o.opcdefault or k.collation_ <> a.attcollation or k.option <> 0)`

const INDEX = `
select i.indisvalid as valid, i.indisunique as unique, coalesce(i.indrelid = to_regclass($1), false) as "onTable",
       exists (select 1 from pg_catalog.pg_stat_progress_create_index p where p.index_relid = c.oid) as building,
       case when ${PLAIN} then (
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
  const [found] = await session.query<{ building: boolean, valid: boolean | null, unique: boolean | null, onTable: boolean, columns: string[] | null, owned: 'begun' | 'built' | null }>(INDEX, [table, index, transition])
  if (found === undefined) return undefined
  const { building, valid, unique, onTable, columns, owned } = found
  return { building, valid: valid === true, unique: unique === true, onTable, columns, ours: owned !== null, begun: owned === 'begun' }
}
