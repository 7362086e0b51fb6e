import { RefusedTableError } from '../../errors.js'
import type { Session } from '../database.js'
import { quote } from '../names.js'

export interface KeyColumn {
  /** quoted */
  readonly name: string
  /** not quoted, for people */
  readonly plain: string
  readonly type: string
  /** the operator `=` of its type, as SQL that no search_path changes: `operator(pg_catalog.=)` */
  readonly equals: string
}

/** The primary key of a table: it orders the ranges of the backfill. */
export interface PrimaryKey {
  readonly columns: readonly KeyColumn[]
  /** `"tenant", "id"` */
  readonly list: string
  /** `jsonb_build_array("tenant"::text, "id"::text)`: how a key is kept in a checkpoint, exact for every type */
  readonly asJson: string
  /** schemas of the operators that order it, quoted; pg_catalog for built-in types */
  readonly operatorSchemas: readonly string[]
}

/** A key's values as text, in the order of the key's columns. */
export type KeyValues = readonly string[]

const KEY_COLUMNS = `
select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, o.opcnamespace::regnamespace::text as operators,
       format('operator(%I.%s)', n.nspname, e.oprname) as equals
from pg_catalog.pg_index i
cross join lateral unnest(i.indkey) with ordinality as k (attnum, position)
join pg_catalog.pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum
join pg_catalog.pg_opclass o on o.oid = i.indclass[k.position - 1]
join pg_catalog.pg_amop p on p.amopfamily = o.opcfamily and p.amoplefttype = o.opcintype and p.amoprighttype = o.opcintype and p.amopstrategy = 3
join pg_catalog.pg_operator e on e.oid = p.amopopr
join pg_catalog.pg_namespace n on n.oid = e.oprnamespace
where i.indrelid = to_regclass($1) and i.indisprimary and k.position <= i.indnkeyatts
order by k.position`

/**
 * @param table quoted, with its schema
 * @throws FST_ERR_VINTAGE_REFUSED_TABLE when there is none
 */
export async function readPrimaryKey (session: Session, table: string): Promise<PrimaryKey> {
  const columns = await session.query<{ name: string, type: string, operators: string, equals: string }>(KEY_COLUMNS, [table])
  if (columns.length === 0) {
    throw new RefusedTableError(`${table} has no primary key, without which rows cannot be filled in ranges nor named: add one first`)
  }
  const quoted = columns.map(({ name }) => quote(name))
  return {
    columns: columns.map(({ name, type, equals }) => ({ name: quote(name), plain: name, type, equals })),
    list: quoted.join(', '),
    asJson: `jsonb_build_array(${quoted.map((name) => `${name}::text`).join(', ')})`,
    operatorSchemas: [...new Set(columns.map(({ operators }) => operators))]
  }
}

/** `("tenant", "id") > ($1::integer, $2::uuid)`, with parameters numbered from `first` */
export function compareKey (key: PrimaryKey, operator: '>' | '<=', first: number): string {
  const parameters = key.columns.map(({ type }, index) => `$${first + index}::text::${type}`)
  return `(${key.list}) ${operator} (${parameters.join(', ')})`
}
