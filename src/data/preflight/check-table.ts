import { RefusedTableError } from '../../errors.js'
import type { Session } from '../database.js'
import { quote } from '../names.js'
import { tableOf, type Transition } from '../transition.js'

/** Where a transition's table is. */
export interface FoundTable {
  readonly tableSchema: string
  readonly tableName: string
}

const KINDS: Readonly<Record<string, string>> = { p: 'a partitioned table', v: 'a view', m: 'a materialised view', f: 'a foreign table', S: 'a sequence', c: 'a type' }

const TABLE = `
select n.nspname as schema, c.relname as name, c.relkind as kind, c.relispartition as partition,
       pg_has_role(c.relowner, 'usage') as owned, pg_get_userbyid(c.relowner) as owner, current_user as role,
       exists (select 1 from pg_catalog.pg_inherits where inhrelid = c.oid or inhparent = c.oid) as inherits,
       c.relrowsecurity and c.relforcerowsecurity as row_security
from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.oid = to_regclass($1)`

interface TableRow { schema: string, name: string, kind: string, partition: boolean, owned: boolean, owner: string, role: string, inherits: boolean, row_security: boolean }

/**
 * Finds the table, through the search_path where the definition names no schema, and makes sure that it is one
 * which can be moved.
 *
 * @throws FST_ERR_VINTAGE_REFUSED_TABLE
 */
export async function checkTable (session: Session, transition: Transition): Promise<FoundTable> {
  const { schema, table } = tableOf(transition)
  const given = schema === null ? quote(table) : `${quote(schema)}.${quote(table)}`
  const [found] = await session.query<TableRow>(TABLE, [given])
  const refuse = (problem: string): never => { throw new RefusedTableError(`transition \`${transition.name}\`: ${given} ${problem}`) }
  if (found === undefined) return refuse('does not exist in this database; has its migration run? `after_migration` says after which one')
  const problem = problemOf(found)
  return problem === undefined ? { tableSchema: found.schema, tableName: found.name } : refuse(problem)
}

function problemOf (table: TableRow): string | undefined {
  if (table.partition) return 'is a partition; partitioned tables cannot be moved yet'
  if (table.kind !== 'r') return `is ${KINDS[table.kind] ?? `of kind ${table.kind}`}; only an ordinary table can be moved`
  if (table.inherits) return 'has or is an inheritance child; such tables cannot be moved yet'
  if (!table.owned) return `belongs to ${table.owner}; \`${table.role}\` may not change it: connect as its owner`
  if (table.row_security) return 'has forced row level security, so its owner does not see every row: `alter table … no force row level security` first'
  return undefined
}
