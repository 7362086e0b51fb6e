import type { Session } from '../database.js'
import type { Named } from './names-in.js'

/** They give the same for the same rows in whatever order; `sum` of floats does not. */
const AGGREGATES: readonly string[] = ['count', 'min', 'max', 'bool_and', 'bool_or', 'every']

/** A view may choose its rows by an order or by chance, and a foreign table is of no snapshot of ours. */
const REPEATABLE = `
select not exists (
  select from pg_catalog.pg_proc p
  where p.proname = any ($1) and not (p.prokind = 'f' and p.provolatile = 'i')
    and not (p.prokind = 'a' and p.pronamespace = 'pg_catalog'::regnamespace and p.proname = any ($2))
) and not exists (
  select from pg_catalog.pg_class c join unnest($3::text[]) as named (name) on c.oid = to_regclass(named.name)
  where c.relkind not in ('r', 'p')
) as repeatable`

/** Whether two runs in one snapshot give the same for sure, as far as functions and relations go: `now()` and views do not. */
export async function isRepeatable (session: Session, { functions, relations }: Named): Promise<boolean> {
  const [row] = await session.query(REPEATABLE, [functions, AGGREGATES, relations])
  return row?.repeatable === true
}
