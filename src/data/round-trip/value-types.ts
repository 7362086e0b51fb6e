import type { Session } from '../database.js'

/** What a type of Postgres is made of, as far as its values go. */
export interface ValueType {
  /** its base type, with a length where there is one: `text`, `character varying(20)`; of a domain, what it rests on */
  readonly base: string
  /** `pg_type.typcategory` of the base type, of an array that of its elements */
  readonly category: string
  /** name of the base type in the catalogue, of an array that of its elements */
  readonly name: string
  readonly isArray: boolean
  /** labels of an enum, in their order; else none */
  readonly labels: readonly string[]
}

const TYPES = `
with recursive step (given, oid, base) as (
  select given, to_regtype(given)::oid, given from unnest($1::text[]) given
  union all
  select step.given, t.typbasetype, format_type(t.typbasetype, t.typtypmod)
  from step join pg_catalog.pg_type t on t.oid = step.oid where t.typtype = 'd'
)
select step.given, step.base, e.typcategory::text as category, e.typname::text as name, t.typcategory = 'A' as "isArray",
       array(select l.enumlabel::text from pg_catalog.pg_enum l where l.enumtypid = e.oid order by l.enumsortorder) as labels
from step join pg_catalog.pg_type t on t.oid = step.oid
join pg_catalog.pg_type e on e.oid = case when t.typcategory = 'A' and t.typelem <> 0 then t.typelem else t.oid end
where t.typtype <> 'd'`

/**
 * Looks types up in the catalogue, by their names as the search_path of the session has them.
 *
 * @returns by the name that was given; without those that are no type
 */
export async function readValueTypes (session: Session, types: readonly string[]): Promise<ReadonlyMap<string, ValueType>> {
  const rows = await session.query<ValueType & { given: string }>(TYPES, [[...new Set(types)]])
  return new Map(rows.map(({ given, ...type }) => [given, type]))
}
