import type { Session } from '../database.js'
import { quote } from '../names.js'
import type { FoundTable } from './find-table.js'
import { indexStatement, type IndexShape } from './index-definition.js'

/** What an index is, in a form in which two of them can be compared; not its name. */
const DESCRIPTION = `
json_build_object(
  'unique', i.indisunique, 'nullsNotDistinct', i.indnullsnotdistinct, 'method', m.amname, 'keys', i.indnkeyatts,
  'elements', (select json_agg(pg_get_indexdef(i.indexrelid, n, false) order by n) from generate_series(1, i.indnatts) n),
  'classes', i.indclass::text, 'collations', i.indcollation::text, 'order', i.indoption::text,
  'where', pg_get_expr(i.indpred, i.indrelid))::text`

const FROM = `
from pg_catalog.pg_class c
left join pg_catalog.pg_index i on i.indexrelid = c.oid
left join pg_catalog.pg_class t on t.oid = i.indrelid
left join pg_catalog.pg_am m on m.oid = c.relam`

const NAMED = `
select case when i.indrelid = to_regclass($1) then ${DESCRIPTION} end as description,
       case when i.indexrelid is null then 'not an index' else pg_get_indexdef(c.oid) end as shown,
       coalesce(i.indisvalid, false) as valid
${FROM}
where c.relnamespace = (select relnamespace from pg_catalog.pg_class where oid = to_regclass($1)) and c.relname = $2`

const ON_TWIN = `
select ${DESCRIPTION} as description,
       coalesce((select json_agg(a.attname) from pg_catalog.pg_depend d
                 join pg_catalog.pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
                 where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.refobjid = i.indrelid), '[]') as columns
${FROM}
where c.oid = to_regclass($1)`

/** What bears the name of an index, in the table's schema. */
export interface FoundIndex {
  /** null for what is no index of the table */
  readonly description: string | null
  /** as Postgres writes it */
  readonly shown: string
  readonly valid: boolean
}

/** What an index will be. */
export interface ExpectedIndex {
  readonly description: string
  /** columns of the table that it reads */
  readonly columns: readonly string[]
}

/** Looks for what bears the name of an index. */
export async function readIndex (session: Session, table: Pick<FoundTable, 'quoted'>, name: string): Promise<FoundIndex | undefined> {
  const [found] = await session.query<{ description: string | null, shown: string, valid: boolean }>(NAMED, [table.quoted, name])
  return found
}

/** Makes the index on the twin of its table, and says what it has become. */
export async function tryIndex (session: Session, twin: string, name: string, shape: IndexShape): Promise<ExpectedIndex> {
  await session.query(indexStatement(shape, name, twin, false))
  const rows = await session.query<{ description: string, columns: string[] }>(ON_TWIN, [`pg_temp.${quote(name)}`])
  return { description: rows.map(({ description }) => description).join(), columns: rows.flatMap(({ columns }) => columns) }
}
