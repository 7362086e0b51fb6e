import type { Client } from 'pg'
import type { Row } from './oracle.js'
import { ROWS } from './people.js'

/** The columns of `people` that there are, by what they hold. */
interface Columns { first: string | undefined, last: string | undefined, full: string | undefined, marker: string | undefined }

const NAMES = "select attname as name from pg_attribute where attrelid = 'people'::regclass and attnum > 0 and not attisdropped"

async function readColumns (client: Client): Promise<Columns> {
  const names = (await client.query<{ name: string }>(NAMES)).rows.map(({ name }) => name)
  const find = (end: string): string | undefined => names.find((name) => name === end) ?? names.find((name) => name.startsWith('vintage_') && name.endsWith(end))
  return { first: find('first_name'), last: find('last_name'), full: find('full_name'), marker: find('pending') }
}

/** What the table shows of each row, and which rows are out of sync, of one snapshot. */
export async function readTable (client: Client): Promise<{ rows: Row[], problems: string[] }> {
  await client.query('begin isolation level repeatable read')
  try {
    const { first, last, full, marker } = await readColumns(client)
    const merged = first === undefined ? undefined : `btrim(concat("${first}", ' ', "${last}"), ' ')`
    const shown = full === undefined ? merged : marker === undefined ? `"${full}"` : `case when "${marker}" then ${merged ?? 'null'} else "${full}" end`
    const rows = (await client.query<Row>(`select id, ver, ${shown} as full from people order by id`)).rows
    const problems = rows.length === ROWS ? [] : [`the table has ${rows.length} rows`]
    if (merged !== undefined && full !== undefined && marker !== undefined && await hasTriggers(client)) {
      problems.push(...await findOutOfSync(client, `"${first}"`, `"${last}"`, `"${full}"`, `"${marker}"`))
    }
    return { rows, problems }
  } finally {
    await client.query('rollback')
  }
}

async function hasTriggers (client: Client): Promise<boolean> {
  return ((await client.query("select 1 from pg_trigger where tgrelid = 'people'::regclass and tgname like '%vintage%'")).rowCount ?? 0) > 0
}

/** The sentence of the design in other words than the triggers': one side follows from the other, either way. */
async function findOutOfSync (client: Client, first: string, last: string, full: string, marker: string): Promise<string[]> {
  const { rows } = await client.query<{ id: number, row: string }>(`
    select id, format('%L %L %L', ${first}, ${last}, ${full}) as row from people
    where ${marker} is not true and not coalesce(
      ${full} = btrim(concat(${first}, ' ', ${last}), ' ')
      or (${first} = substring(${full} from '^[^ ]*') and ${last} = coalesce(substring(${full} from '^[^ ]* (.*)$'), '')), false)
      or ${marker} is null`)
  return rows.map(({ id, row }) => `row ${id} is out of sync: ${row}`)
}

const LEFT = `
select 'column ' || attname as what from pg_attribute where attrelid = 'people'::regclass and attnum > 0 and not attisdropped and attname not in ('id', 'full_name', 'note', 'ver')
union all select 'trigger ' || tgname from pg_trigger where tgrelid = 'people'::regclass and not tgisinternal
union all select 'constraint ' || conname from pg_constraint where conrelid = 'people'::regclass and contype not in ('p', 'n')
union all select 'index ' || c.relname from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = 'people'::regclass and (not i.indisvalid or c.relname not in ('people_pkey', 'people_ver', 'people_full_name_index'))
union all select 'function ' || p.oid::regprocedure from pg_proc p where pronamespace = 'vintage'::regnamespace and proname like '%full_name%'
union all select 'lease of ' || operator from vintage.transitions where operator is not null
union all select 'phase ' || phase from vintage.transitions where phase <> 'drop'
union all select 'column full_name may be null' from pg_attribute where attrelid = 'people'::regclass and attname = 'full_name' and not attnotnull
union all select 'prepared transaction ' || gid from pg_prepared_xacts`

/** What is there after the drop and should not be. */
export async function findLeftBehind (client: Client): Promise<string[]> {
  return (await client.query<{ what: string }>(LEFT)).rows.map(({ what }) => `left behind: ${what}`)
}
