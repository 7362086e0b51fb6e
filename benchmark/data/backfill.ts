import type pg from 'pg'
import { namesOf } from '../../src/data/names.js'
import { median } from '../statistics/quantile.js'
import { withWrites } from './beside.js'
import { withClient, type Ground, type Key, type State } from './ground.js'
import type { Group, GroupResult, Scale } from './group.js'
import { comparisonOf, interleave, pair, type Costs, type Runs } from './interleave.js'
import { MOVE, withOperator } from './move.js'
import { FILL_NEW } from './pgroll.js'
import type { DataMeasurement } from './results.js'

const WRITES_PER_SECOND = 500
const { marker } = namesOf(MOVE)
const ONE_UPDATE = `update customers set full_name = ${FILL_NEW}, ${marker} = false where ${marker}`

/** The backfill by one worker without a limit, with writes beside it, against one UPDATE with the same beside it. */
export const backfill: Group = {
  name: 'backfill',
  async run (ground, scale) {
    const bigint = await measureKey(ground, scale, 'bigint', scale.backfillRows)
    const uuid = await measureKey(ground, scale, 'uuid', scale.backfillRows / 10)
    return { comparisons: [...bigint.comparisons ?? [], ...uuid.comparisons ?? []], measurements: [...bigint.measurements ?? [], ...uuid.measurements ?? []] }
  }
}

async function measureKey (ground: Ground, scale: Scale, key: Key, rows: number): Promise<GroupResult> {
  const write = key === 'bigint' ? 'where id = ?::bigint' : 'where id = md5(?)::uuid'
  const measure = (state: State, fill: (url: string) => Promise<void>) => async () => await ground.withCopies([state], rows, key, async ([url = '']) => {
    const before = await withClient(url, async (client) => await look(client))
    const beside = await withWrites(url, WRITES_PER_SECOND, `update customers set first_name = 'Anders', last_name = 'Name' || ? ${write}`, (turn) => [turn, 1 + turn * 7919 % rows], async () => {
      const began = performance.now()
      await fill(url)
      return performance.now() - began
    })
    return await withClient(url, async (client) => {
      const after = await look(client)
      if (state === 'moved') await requireFilled(client, rows)
      return { each: beside.result * 1000 / rows, wal: after.wal - before.wal, size: after.size, writes: beside.writesPerSecond, p99: beside.p99Ms, largest: beside.largestMs }
    })
  })
  const runs = await interleave({ backfill: measure('moved', fillByBatches), plain: measure('untriggered', fillAtOnce), again: measure('untriggered', fillAtOnce) }, { runs: scale.runs, mostRuns: scale.runs })
  return describe(runs, key, rows)
}

async function fillByBatches (url: string): Promise<void> {
  await withOperator(url, async (operator) => await operator.advance({ to: 'backfill' }))
}

async function fillAtOnce (url: string): Promise<void> {
  await withClient(url, async (client) => await client.query(ONE_UPDATE))
}

/** WAL written so far, and what the table takes with its indexes, in MB. */
async function look (client: pg.Client): Promise<{ wal: number, size: number }> {
  const { rows: [row] } = await client.query("select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 / 1048576 as wal, pg_total_relation_size('customers')::float8 / 1048576 as size")
  return { wal: Number(row?.wal), size: Number(row?.size) }
}

async function requireFilled (client: pg.Client, rows: number): Promise<void> {
  const { rows: [row] } = await client.query(`select count(*)::int as rows, count(*) filter (where ${marker} or full_name is distinct from ${FILL_NEW})::int as wrong from customers`)
  if (row?.rows !== rows || row?.wrong !== 0) throw new Error(`after the backfill ${String(row?.wrong)} of ${String(row?.rows)} rows are not as they should be`)
}

function describe (runs: Runs<'backfill' | 'plain' | 'again'>, key: Key, rows: number): GroupResult {
  const what = `backfill of ${rows} rows, ${key} key`
  const seen = (name: 'backfill' | 'plain', cost: string) => Math.round(median(runs.map((run) => run[name][cost] ?? NaN)))
  const note = `${WRITES_PER_SECOND} writes/s beside it: ${seen('backfill', 'writes')} done, p99 ${seen('backfill', 'p99')} ms, longest ${seen('backfill', 'largest')} ms; beside the UPDATE ${seen('plain', 'writes')}, ${seen('plain', 'p99')} ms, ${seen('plain', 'largest')} ms`
  const printed = (cost: string, name: string): DataMeasurement[] => (['backfill', 'plain'] as const).map((which) => ({
    name: `${name} ${which === 'plain' ? `one UPDATE of ${rows} rows, ${key} key` : what}`, unit: 'MB', goal: null, judged: 'median', samples: runs.map((run: Readonly<Record<'backfill' | 'plain', Costs>>) => run[which][cost] ?? NaN), notes: []
  }))
  return {
    comparisons: [comparisonOf(what, 'one UPDATE of the same rows', 'µs a row', { atLeast: 0.6 }, pair(runs, 'each', 'backfill', 'plain', 'again'), [note])],
    measurements: [...printed('wal', 'WAL of'), ...printed('size', 'table and indexes after')]
  }
}
