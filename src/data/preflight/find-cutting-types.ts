import type { Session } from '../database.js'

/** A column whose type cuts a value to its length without an error. */
export interface CuttingColumn {
  readonly name: string
  /** the column's type, as Postgres writes it */
  readonly type: string
  /** the type at fault, which may lie inside that one */
  readonly cutting: string
}

/**
 * Looks into arrays, domains and composites. A cast to char(n) or bit(n) cuts, and so does every way to a `name` or
 * "char". A cast to varchar(n) or varbit(n) cuts too, but where such a type is the column's own, or of the elements of
 * its array, the dual writer casts without the length, and the assignment raises.
 */
const CUTTING = `
with recursive part (name, type, whole, oid, typmod, nested) as (
  select a.attname, a.atttypid, a.atttypmod, a.atttypid, a.atttypmod, false
  from pg_catalog.pg_attribute a where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
  union all
  select part.name, part.type, part.whole, next.oid, next.typmod, part.nested or t.typtype <> 'b'
  from part join pg_catalog.pg_type t on t.oid = part.oid cross join lateral (
    select t.typbasetype, t.typtypmod where t.typtype = 'd'
    union all select t.typelem, part.typmod where t.typcategory = 'A' and t.typelem <> 0
    union all select f.atttypid, f.atttypmod from pg_catalog.pg_attribute f where t.typtype = 'c' and f.attrelid = t.typrelid and f.attnum > 0 and not f.attisdropped
  ) as next (oid, typmod)
)
select name, format_type(type, whole) as type, format_type(oid, typmod) as cutting
from part
where oid in ('name'::regtype, '"char"'::regtype)
   or oid in ('bpchar'::regtype, 'bit'::regtype) and typmod <> -1
   or oid in ('varchar'::regtype, 'varbit'::regtype) and typmod <> -1 and nested
order by name limit 1`

/** The first column of a table that would lose the end of a value in silence. */
export async function findCuttingColumn (session: Session, table: string): Promise<CuttingColumn | undefined> {
  const [found] = await session.query<{ name: string, type: string, cutting: string }>(CUTTING, [table])
  return found
}
