import { RefusedColumnsError } from '../../errors.js'
import type { Session } from '../database.js'
import { qualifiedTable } from '../dual-writer/sides.js'
import { constraintsOf, referredTable } from '../sql/constraints.js'
import type { ForeignKeyDefinition, Transition } from '../transition.js'
import type { FoundTable } from './check-table.js'

const TAKEN = `
select conname as name from pg_catalog.pg_constraint where conrelid = to_regclass($1) and conname = any ($2)
union all
select c.relname from pg_catalog.pg_class c join pg_catalog.pg_class t on t.oid = to_regclass($1) and t.relnamespace = c.relnamespace where c.relname = any ($3)`

const COLUMNS = 'select attname as name from pg_catalog.pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped'

/** Any order of the columns will do for Postgres; partial and deferred keys will not. */
const KEY = `
select exists (
  select 1 from pg_catalog.pg_index i
  where i.indrelid = to_regclass($1) and i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null and i.indexprs is null
    and (select array_agg(a.attname::text order by a.attname::text) from pg_catalog.pg_attribute a
         where a.attrelid = i.indrelid and a.attnum = any ((i.indkey::int2[])[0:i.indnkeyatts - 1])) = (select array_agg(name order by name) from unnest($2::text[]) name)
) as present, has_table_privilege(to_regclass($1), 'references') is true as found`

/**
 * Makes sure that the constraints of the new side can be added later on: their names are free, and what they refer to
 * is there.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_COLUMNS
 */
export async function checkConstraints (session: Session, transition: Transition, found: FoundTable): Promise<void> {
  const table = qualifiedTable(found)
  const constraints = constraintsOf(transition, found)
  const indexes = constraints.flatMap(({ index }) => index ?? [])
  const refuse = (problem: string): never => { throw new RefusedColumnsError(`transition \`${transition.name}\`: ${problem}`) }
  const [taken] = await session.query<{ name: string }>(TAKEN, [table, constraints.map(({ name }) => name), indexes.map(({ name }) => name)])
  if (taken !== undefined) refuse(`the name \`${taken.name}\` of a constraint is taken already: drop or rename what bears it, or give another name`)
  const there = new Set([...(await session.query<{ name: string }>(COLUMNS, [table])).map(({ name }) => name), ...Object.keys(transition.after)])
  for (const column of [...(transition.unique ?? []), ...(transition.foreignKeys ?? []).map(({ columns }) => columns)].flat()) {
    if (!there.has(column)) refuse(`a constraint names column \`${column}\`, which ${table} does not have and \`after\` does not add`)
  }
  for (const key of transition.foreignKeys ?? []) await checkForeignKey(session, key, found, refuse)
}

async function checkForeignKey (session: Session, key: ForeignKeyDefinition, { tableSchema }: FoundTable, refuse: (problem: string) => never): Promise<void> {
  const target = referredTable(key, tableSchema)
  const columns = key.references.columns
  const rows = await session.query(KEY, [target, columns])
  if (!rows.every(({ found }) => found === true)) refuse(`\`foreignKeys\` refers to ${target}, which does not exist in this database, or on which this role does not have the privilege REFERENCES`)
  if (!rows.every(({ present }) => present === true)) refuse(`\`foreignKeys\` refers to ${columns.join(', ')} of ${target}, which are not its primary key nor unique`)
}
