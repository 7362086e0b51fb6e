import type { Client } from 'pg'
import type { Row } from './oracle.js'
import { NAME, POINTS } from './people.js'
import { ROWS, SENTINELS } from './rows.js'

/** The columns of `people` that there are, by what they hold. */
interface Columns {
  first: string | undefined,
  last: string | undefined,
  full: string | undefined,
  unnamed: string | undefined
  score: string | undefined,
  points: string | undefined,
  unpointed: string | undefined
}

const NAMES = "select attname as name from pg_attribute where attrelid = 'people'::regclass and attnum > 0 and not attisdropped"

async function readColumns (client: Client): Promise<Columns> {
  const names = (await client.query<{ name: string }>(NAMES)).rows.map(({ name }) => name)
  const find = (end: string): string | undefined => names.find((name) => name === end) ?? names.find((name) => name.startsWith('vintage_') && name.endsWith(end))
  return {
    first: find('first_name'),
    last: find('last_name'),
    full: find('full_name'),
    unnamed: find('full_name_pending'),
    score: find('score'),
    points: find('points'),
    unpointed: find('points_pending')
  }
}

/** What a side shows of a cell: of a row that is still to be filled, the old one. */
function shown (old: string | undefined, changed: string | undefined, pending: string | undefined): string {
  if (changed === undefined) return old ?? 'null'
  return pending === undefined ? changed : `case when ${pending} then ${old ?? 'null'} else ${changed} end`
}

function mergedOf ({ first, last }: Columns): string | undefined {
  return first === undefined ? undefined : `btrim(concat(${first}, ' ', ${last}), ' ')`
}

/** What the table shows of each row, and which rows are out of sync, of one snapshot. */
export async function readTable (client: Client): Promise<{ rows: Row[], problems: string[] }> {
  await client.query('begin isolation level repeatable read')
  try {
    const columns = await readColumns(client)
    const name = shown(mergedOf(columns), columns.full, columns.unnamed)
    const points = shown(columns.score, columns.points && `${columns.points}::text`, columns.unpointed)
    const { rows } = await client.query<Row>(`select uid, ver, ${name} as name, pver, ${points} as points from people`)
    return { rows, problems: [...await findUnsyncedNames(client, columns), ...await findUnsyncedPoints(client, columns), ...await findUnfilled(client, columns)] }
  } finally {
    await client.query('rollback')
  }
}

async function hasTriggers (client: Client, transition: string): Promise<boolean> {
  return ((await client.query("select 1 from pg_trigger where tgrelid = 'people'::regclass and tgname like $1", [`%vintage_${transition.replace('.', '_')}_%`])).rowCount ?? 0) > 0
}

/** The sentence of the design in other words than the triggers': one side follows from the other, either way. */
async function findUnsyncedNames (client: Client, columns: Columns): Promise<string[]> {
  const { first, last, full, unnamed } = columns
  if (first === undefined || full === undefined || unnamed === undefined || !await hasTriggers(client, NAME)) return []
  const { rows } = await client.query<{ uid: number, row: string }>(`
    select uid, format('%L %L %L', ${first}, ${last}, ${full}) as row from people
    where ${unnamed} is not true and not coalesce(
      ${full} = ${mergedOf(columns) ?? ''}
      or (${first} = substring(${full} from '^[^ ]*') and ${last} = coalesce(substring(${full} from '^[^ ]* (.*)$'), '')), false)
      or ${unnamed} is null`)
  return rows.map(({ uid, row }) => `names of row ${uid} are out of sync: ${row}`)
}

async function findUnsyncedPoints (client: Client, { score, points, unpointed }: Columns): Promise<string[]> {
  if (score === undefined || points === undefined || unpointed === undefined || !await hasTriggers(client, POINTS)) return []
  const { rows } = await client.query<{ uid: number, row: string }>(`
    select uid, format('%L %L', ${score}, ${points}) as row from people
    where ${unpointed} is null or (not ${unpointed} and ${score} is distinct from ${points}::text)`)
  return rows.map(({ uid, row }) => `points of row ${uid} are out of sync: ${row}`)
}

/** Once a backfill has ended, the rows that were set aside are the only ones left; nobody adds others. */
async function findUnfilled (client: Client, { unnamed, unpointed, score }: Columns): Promise<string[]> {
  const { rows: filled } = await client.query<{ transition: string }>(`
    select t.name as transition from vintage.transitions t join vintage.backfills b on b.transition = t.name
    where t.phase in ('backfill', 'read-new', 'hide') and b.finished_at is not null and t.phase <> 'expand'`)
  const isFilled = (name: string): boolean => filled.some(({ transition }) => transition === name)
  const wheres = [
    ...isFilled(NAME) && unnamed !== undefined ? [unnamed] : [],
    ...isFilled(POINTS) && unpointed !== undefined && score !== undefined ? [`${unpointed} and ${score} ~ '^[0-9]+$'`] : []
  ]
  return (await Promise.all(wheres.map(async (where) => (await client.query<{ uid: number }>(`select uid from people where ${where} limit 5`)).rows)))
    .flat().map(({ uid }) => `row ${uid} was not filled, though the backfill has ended`)
}

/** Rows behind the checkpoint of a backfill that are still to be filled: a key that moves may bring one there, and a bad score may leave one. */
export async function findAhead (client: Client, transition: string): Promise<string[]> {
  const columns = await readColumns(client)
  const [marker, more] = transition === NAME ? [columns.unnamed, ''] : [columns.unpointed, `and ${columns.score ?? 'null'} ~ '^[0-9]+$'`]
  if (marker === undefined) return []
  const { rows } = await client.query<{ uid: number, key: number }>(`
    select uid, key from people, (
      select (b.last_key ->> 0)::int as key from vintage.backfills b join vintage.transitions t on t.name = b.transition where t.name = $1 and t.phase = 'backfill'
    ) as checkpoint
    where ${marker} and moved = 0 and uid <= ${ROWS} and id <= key ${more} limit 5`, [transition])
  return rows.map(({ uid, key }) => `the checkpoint of ${transition} is at ${key}, and row ${uid} before it was not filled`)
}

/** Rows that were set aside, as the notes and the table have them. */
export async function countSetAside (client: Client): Promise<number> {
  const { unpointed, score } = await readColumns(client)
  if (unpointed === undefined || score === undefined) return 0
  const { rows } = await client.query<{ rows: number }>(`
    select count(*)::int as rows from people p where ${unpointed} and ${score} !~ '^[0-9]+$' and uid = any ($1)
    and exists (select 1 from vintage.set_aside s where s.transition = $2 and (s.key ->> 0)::int = p.id)`, [SENTINELS, POINTS])
  return rows[0]?.rows ?? 0
}

const LEFT = `
select 'column ' || attname as what from pg_attribute where attrelid = 'people'::regclass and attnum > 0 and not attisdropped
  and attname not in ('id', 'uid', 'full_name', 'points', 'note', 'ver', 'pver', 'moved')
union all select 'trigger ' || tgname from pg_trigger where tgrelid = 'people'::regclass and not tgisinternal
union all select 'constraint ' || conname from pg_constraint where conrelid = 'people'::regclass and contype not in ('p', 'n') and conname <> 'people_uid_key'
union all select 'index ' || c.relname from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = 'people'::regclass
  and (not i.indisvalid or c.relname not in ('people_pkey', 'people_uid_key', 'people_ver', 'people_full_name_index', 'people_points_index'))
union all select 'function ' || p.oid::regprocedure from pg_proc p where pronamespace = 'vintage'::regnamespace and proname like 'people%'
union all select 'lease of ' || operator from vintage.transitions where operator is not null
union all select 'phase ' || phase from vintage.transitions where phase <> 'drop'
union all select 'note of a row that was set aside' from vintage.set_aside
union all select 'column ' || attname || ' may be null' from pg_attribute where attrelid = 'people'::regclass and attname in ('full_name', 'points') and not attnotnull
union all select 'prepared transaction ' || gid from pg_prepared_xacts`

/** What is there after the drop and should not be. */
export async function findLeftBehind (client: Client): Promise<string[]> {
  return (await client.query<{ what: string }>(LEFT)).rows.map(({ what }) => `left behind: ${what}`)
}
