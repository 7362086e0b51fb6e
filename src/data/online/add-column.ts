import { InvalidOptionError, RefusedNameTakenError, RefusedRewriteError } from '../../errors.js'
import type { Session } from '../database.js'
import { transientReasonOf } from '../governor/transient.js'
import { quote } from '../names.js'
import type { Outcome } from './events.js'
import { alterTable, type Operation } from './operation.js'
import { refuseColumnsInTransition } from './refuse-columns-in-transition.js'
import { onTwin } from './twin.js'

/** Options of `addColumn`. */
export interface ColumnOptions {
  /** SQL of the value that rows have from the start; not volatile, since each row would be rewritten @default none: null */
  readonly default?: string
  /** needs a `default` @default false */
  readonly notNull?: boolean
}

const COLUMN = `
select json_build_object('type', format_type(a.atttypid, a.atttypmod), 'default', pg_get_expr(d.adbin, d.adrelid), 'notNull', a.attnotnull,
                         'unproven', (select c.conname from pg_catalog.pg_constraint c where c.conrelid = a.attrelid and c.contype = 'n' and c.conkey = array[a.attnum] and not c.convalidated),
                         'collation', a.attcollation, 'generated', a.attgenerated, 'identity', a.attidentity)::text as description,
       a.atthasmissing as filled
from pg_catalog.pg_attribute a left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attname = $2 and a.attnum > 0`

/** A column whose default is in the catalogue, so that no row is touched. */
export async function addColumn (operation: Operation, column: string, type: string, options: ColumnOptions): Promise<Outcome> {
  const { database, subject, table } = operation
  await refuseColumnsInTransition(database, operation, [column])
  await refuseNoType(database, type)
  const expected = await tryColumn(operation, column, type, options)
  const [found] = await readColumn(database, table.quoted, column)
  if (found !== undefined) {
    if (found.description === expected) return 'present'
    throw new RefusedNameTakenError(`${subject}: there is a column \`${column}\` already, and it is another one: ${found.description}, not ${expected}`)
  }
  await alterTable(operation, {
    lock: 'access exclusive',
    columns: [column],
    plan: async (session) => (await readColumn(session, table.quoted, column)).length === 0 ? [addSql(table.quoted, column, type, options)] : []
  })
  return 'done'
}

async function readColumn (session: Session, table: string, column: string): Promise<Array<{ description: string, filled: boolean }>> {
  return await session.query<{ description: string, filled: boolean }>(COLUMN, [table, column])
}

function addSql (table: string, column: string, type: string, { default: value, notNull = false }: ColumnOptions): string {
  return `alter table ${table} add column ${quote(column)} ${type}${value === undefined ? '' : ` default (${value}\n)`}${notNull ? ' not null' : ''}`
}

/** What else may stand behind a type (UNIQUE, REFERENCES, GENERATED) would read or rewrite rows. */
async function refuseNoType (session: Session, type: string): Promise<void> {
  const [found] = await session.query<{ type: string | null }>('select to_regtype($1)::text as type', [type]).catch((error: unknown) => {
    if (transientReasonOf(error) !== undefined) throw error
    return []
  })
  if (found === undefined || found.type === null) throw new InvalidOptionError('type', `must be a type of this database and nothing else, e.g. 'numeric(12,2)', got '${type}'`)
}

/** @returns what the column will be; throws when rows would have to be touched */
async function tryColumn ({ database, subject, table }: Operation, column: string, type: string, options: ColumnOptions): Promise<string> {
  return await onTwin(database, table, 'empty', async (session, twin) => {
    const before = await fileOf(session, twin)
    await session.query(addSql(twin, column, type, options))
    if (await fileOf(session, twin) !== before) throw new RefusedRewriteError(`${subject}: a default that is computed for each row, or a domain with a constraint, would rewrite the table while nobody can use it: add \`${column}\` without, set the default afterwards (\`alter table … alter column … set default …\`), and fill old rows in batches`)
    const rows = await readColumn(session, twin, column)
    if (options.notNull === true && !rows.some(({ filled }) => filled)) throw new InvalidOptionError('notNull', 'needs a `default` that is not null, which old rows get: without one add the column, fill it, and call `addNotNull`')
    return rows.map(({ description }) => description).join()
  })
}

/** Where the rows lie; another place after a rewrite. */
async function fileOf (session: Session, table: string): Promise<unknown> {
  return (await session.query('select pg_relation_filenode(to_regclass($1)) as file', [table]))[0]?.file
}
