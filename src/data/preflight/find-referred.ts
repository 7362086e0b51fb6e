import type { Session } from '../database.js'

/** The foreign keys of a table that go: those of columns, or those of some names. */
export interface GoingKeys {
  readonly columns?: readonly string[]
  readonly constraints?: readonly string[]
}

const REFERRED = `
select distinct '"' || replace(n.nspname, '"', '""') || '"."' || replace(r.relname, '"', '""') || '"' as table
from pg_catalog.pg_constraint c
join pg_catalog.pg_class r on r.oid = c.confrelid join pg_catalog.pg_namespace n on n.oid = r.relnamespace
where c.contype = 'f' and c.conrelid = to_regclass($1) and c.confrelid <> c.conrelid
  and (c.conname = any ($2) or exists (
    select 1 from pg_catalog.pg_attribute a where a.attrelid = c.conrelid and a.attnum = any (c.conkey) and a.attname = any ($3)))
order by 1`

/**
 * Finds the other tables that foreign keys refer to: whatever drops a key takes its triggers from that table too, under
 * ACCESS EXCLUSIVE.
 *
 * @param table quoted, with its schema
 * @returns tables, quoted, with their schema
 */
export async function findReferred (session: Session, table: string, { columns = [], constraints = [] }: GoingKeys): Promise<string[]> {
  return (await session.query<{ table: string }>(REFERRED, [table, constraints, columns])).map((found) => found.table)
}
