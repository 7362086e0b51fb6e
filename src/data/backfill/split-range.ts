import { hostname } from 'node:os'
import type { Session } from '../database.js'
import { pinSearchPath } from '../dual-writer/sides.js'
import { fence } from '../state/lease.js'
import type { Filling } from './fill-batch.js'
import type { KeyValues, PrimaryKey } from './key.js'
import { LIMITS, type BatchWork } from './run-batch.js'

/** As many pages as are read in no time, and yet tell where the middle is. */
const SAMPLED_PAGES = 500

interface Cut {
  readonly number: string
  readonly end: KeyValues
  readonly middle: KeyValues
}

/**
 * Cuts the open range with the most rows to fill in two, for a worker that has found none: it waits for the batch in
 * hand of whoever is at work there, who goes on up to the cut.
 *
 * @returns false when no range is worth it, or another worker has been quicker
 */
export async function splitRange (work: BatchWork, filling: Filling): Promise<boolean> {
  return await work.context.database.transaction(async (session) => {
    await session.query(LIMITS)
    await pinSearchPath(session, work.key.operatorSchemas)
    await fence(session, work.lease, 'key share')
    const cut = await findCut(session, work, filling)
    return cut !== null && await cutRange(session, work, cut)
  })
}

/** Looks at random pages: a key in the middle, by rows and not by values, without reading the table or trusting statistics. */
async function findCut (session: Session, { lease, rows }: BatchWork, { table, marker, key }: Filling): Promise<Cut | null> {
  const percent = await percentToSample(session, table)
  const qualified = key.columns.map(({ name }) => `t.${name}`).join(', ')
  const [found] = await session.query<{ number: string, end: string[], sampled: number, middle: string[] }>(`
    select r.number, r.end_key as end, count(*)::int as sampled, (array_agg(t.vintage_key order by ${qualified}))[count(*) / 2] as middle
    from vintage.backfill_ranges r
    join (select ${key.list}, ${key.asJson} as vintage_key from only ${table} as t tablesample system (${percent}) where t.${marker}) as t
      on (r.last_key is null or (${qualified}) > (${readKey(key, 'r.last_key')})) and (${qualified}) <= (${readKey(key, 'r.end_key')})
    where r.transition = $1 and r.finished_at is null
    group by r.number, r.end_key order by count(*) desc limit 1`, [lease.transition])
  // less than two batches are filled sooner than divided
  if (found === undefined || found.sampled < 2 || found.sampled * 100 / percent < 2 * rows) return null
  return found
}

async function percentToSample (session: Session, table: string): Promise<number> {
  const [size] = await session.query("select pg_relation_size(to_regclass($1)) / current_setting('block_size')::bigint as pages", [table])
  return Math.min(100, 100 * SAMPLED_PAGES / Math.max(1, Number(size?.pages)))
}

/** The range may have been cut, or gone beyond the middle, since it was looked at. */
async function cutRange (session: Session, { key, worker }: BatchWork, { number, end, middle }: Cut): Promise<boolean> {
  const added = await session.query(`
    with cut as (
      update vintage.backfill_ranges set end_key = $2
      where number = $1 and finished_at is null and end_key = $3 and (last_key is null or (${readKey(key, 'last_key')}) < (${readKey(key, '$2::jsonb')}))
      returning transition
    )
    insert into vintage.backfill_ranges (transition, last_key, end_key, worker, worker_host, worker_pid)
    select transition, $2, $3, $4, $5, $6 from cut returning number`,
  [number, JSON.stringify(middle), JSON.stringify(end), worker, hostname(), process.pid])
  return added.length > 0
}

/** `(r.end_key ->> 0)::integer, (r.end_key ->> 1)::uuid` */
function readKey (key: PrimaryKey, json: string): string {
  return key.columns.map(({ type }, index) => `(${json} ->> ${index})::${type}`).join(', ')
}
