import type { Session } from '../database.js'

const TYPES = `
select given, format('%I.%I', n.nspname, e.typname) as name, e.oid <> t.oid as "isArray"
from unnest($1::text[]) given
join pg_catalog.pg_type t on t.oid = to_regtype(given)
join pg_catalog.pg_type e on e.oid = case when t.typcategory = 'A' and t.typelem <> 0 then t.typelem else t.oid end
join pg_catalog.pg_namespace n on n.oid = e.typnamespace
where n.nspname <> 'pg_catalog'`

/**
 * Types as they are called where expressions see nothing but pg_catalog.
 *
 * @param types as the search_path of the session has them; what is no type stays as it is
 */
export async function qualifyTypes (session: Session, types: readonly string[]): Promise<(type: string) => string> {
  const rows = await session.query<{ given: string, name: string, isArray: boolean }>(TYPES, [types])
  const names = new Map(rows.map(({ given, name, isArray }) => [given, `${name}${/\([^()]*\)(?=[[\]\d\s]*$)/.exec(given)?.[0] ?? ''}${isArray ? '[]' : ''}`]))
  return (type) => names.get(type) ?? type
}
