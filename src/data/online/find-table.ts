import { RefusedTableError } from '../../errors.js'
import type { Session } from '../database.js'
import { quote } from '../names.js'

/** Names a table: `users`, `shop.users`, or in parts where a name has a dot in it. */
export type TableName = string | { readonly schema?: string, readonly table: string }

/** A table of the database. */
export interface FoundTable {
  readonly schema: string
  readonly name: string
  /** `"shop"."users"` */
  readonly quoted: string
  readonly partitioned: boolean
}

const TABLE = `
select n.nspname as schema, c.relname as name, c.relkind = 'p' as partitioned, c.relkind in ('r', 'p') as ordinary, c.relpersistence = 't' as temporary
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.oid = to_regclass($1)`

/**
 * Finds a table, through the search_path where it is named without a schema.
 *
 * @param subject with which a refusal begins
 * @throws FST_ERR_VINTAGE_REFUSED_TABLE when there is none, or it is something else
 */
export async function findTable (session: Session, subject: string, name: TableName): Promise<FoundTable> {
  const given = quoteTable(name)
  const [found] = await session.query<{ schema: string, name: string, partitioned: boolean, ordinary: boolean, temporary: boolean }>(TABLE, [given])
  if (found === undefined) throw new RefusedTableError(`${subject}: there is no table ${given} in this database, or not in the search_path`)
  if (!found.ordinary || found.temporary) throw new RefusedTableError(`${subject}: ${given} is not a table that others use, but a view, a temporary or a foreign table: change it directly`)
  return { schema: found.schema, name: found.name, quoted: `${quote(found.schema)}.${quote(found.name)}`, partitioned: found.partitioned }
}

function quoteTable (name: TableName): string {
  if (typeof name !== 'string') return name.schema === undefined ? quote(name.table) : `${quote(name.schema)}.${quote(name.table)}`
  const dot = name.indexOf('.')
  return dot === -1 ? quote(name) : `${quote(name.slice(0, dot))}.${quote(name.slice(dot + 1))}`
}

/** @throws FST_ERR_VINTAGE_REFUSED_TABLE for a partitioned table */
export function refusePartitioned (subject: string, table: FoundTable, wayOut: string): void {
  if (table.partitioned) throw new RefusedTableError(`${subject}: ${table.quoted} is partitioned, and Postgres cannot do this for a partitioned table without holding up its writers: ${wayOut}`)
}
