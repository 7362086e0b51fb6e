import type { Session } from '../database.js'
import type { Deferral } from './deferral.js'
import type { FoundTable } from './find-table.js'

/** A constraint of a table; which names refer to columns is written out. */
export interface FoundConstraint {
  readonly name: string
  /** as in pg_constraint: `c` check, `f` foreign key, `u` unique, `n` not null */
  readonly type: string
  readonly valid: boolean
  /** false: it judges neither old nor new rows (Postgres 18) */
  readonly enforced: boolean
  /** the condition of a CHECK */
  readonly check: string | null
  readonly columns: readonly string[]
  /** null but for a foreign key */
  readonly references: ForeignKeyTarget | null
  readonly deferral: Deferral
  /** as Postgres writes it */
  readonly shown: string
}

/** What a foreign key does. */
export interface ForeignKeyTarget {
  /** quoted, with its schema */
  readonly table: string
  readonly columns: readonly string[]
  readonly onDelete: string
  readonly onUpdate: string
}

const ACTIONS = "json_build_object('a', 'no action', 'r', 'restrict', 'c', 'cascade', 'n', 'set null', 'd', 'set default')"

const names = (relation: string, keys: string): string => `
  (select coalesce(json_agg(a.attname order by k.position), '[]') from unnest(${keys}) with ordinality as k (attnum, position)
   join pg_catalog.pg_attribute a on a.attrelid = ${relation} and a.attnum = k.attnum)`

/** The first Postgres that has `conenforced` is 18. */
const CONSTRAINTS = `
select c.conname as name, c.contype as type, c.convalidated as valid, coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true) as enforced,
       pg_get_expr(c.conbin, c.conrelid) as check, ${names('c.conrelid', 'c.conkey')} as columns,
       case when c.contype = 'f' and c.confmatchtype = 's' and cardinality(c.confdelsetcols) is null then json_build_object(
         'table', (select format('%s.%s', '"' || replace(n.nspname, '"', '""') || '"', '"' || replace(r.relname, '"', '""') || '"')
                   from pg_catalog.pg_class r join pg_catalog.pg_namespace n on n.oid = r.relnamespace where r.oid = c.confrelid),
         'columns', ${names('c.confrelid', 'c.confkey')},
         'onDelete', ${ACTIONS} ->> c.confdeltype::text, 'onUpdate', ${ACTIONS} ->> c.confupdtype::text) end as references,
       case when not c.condeferrable then 'not deferrable' when c.condeferred then 'initially deferred' else 'initially immediate' end as deferral,
       pg_get_constraintdef(c.oid) as shown
from pg_catalog.pg_constraint c
where c.conrelid = to_regclass($1)`

type ConstraintRow = { -readonly [Key in keyof FoundConstraint]: FoundConstraint[Key] }

/** Looks for the constraint of a table that bears a name. */
export async function readConstraint (session: Session, table: FoundTable, name: string): Promise<FoundConstraint | undefined> {
  const [found] = await session.query<ConstraintRow>(`${CONSTRAINTS} and c.conname = $2`, [table.quoted, name])
  return found
}

/** What has become of the one CHECK of the twin of a table: its condition in Postgres' own words, and its columns. */
export async function readTwinCheck (session: Session, twin: string): Promise<{ readonly check: string, readonly columns: readonly string[] }> {
  const rows = await session.query<ConstraintRow>(`${CONSTRAINTS} and c.contype = 'c'`, [twin])
  return { check: rows.map(({ check }) => check).join(), columns: rows.flatMap(({ columns }) => columns) }
}

/** Looks for the NOT NULL of a column, which is a constraint from Postgres 18 on. */
export async function readNotNull (session: Session, table: FoundTable, column: string): Promise<FoundConstraint | undefined> {
  const [found] = await session.query<ConstraintRow>(`${CONSTRAINTS} and c.contype = 'n' and c.conkey = array[(select attnum from pg_catalog.pg_attribute where attrelid = c.conrelid and attname = $2)]`, [table.quoted, column])
  return found
}
