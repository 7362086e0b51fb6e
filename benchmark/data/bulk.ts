import type pg from 'pg'
import { median } from '../statistics/quantile.js'
import { withClient, type Ground, type State } from './ground.js'
import type { Group, Scale } from './group.js'
import { comparisonOf, interleave, pair } from './interleave.js'
import type { DataComparison } from './results.js'

interface Bulk {
  readonly name: string
  readonly atMost: number
  sql (file: string): string
}

/** What must be the same in all tables afterwards. */
const NAMES = "md5(string_agg(first_name || ' ' || last_name || '|' || note, ',' order by id)) || count(*) || '|' || count(*) filter (where full_name <> trim(first_name || ' ' || last_name))"

const BULKS: readonly Bulk[] = [
  { name: 'UPDATE of an unrelated column of all rows', atMost: 1.35, sql: () => "update customers set note = note || '!'" },
  { name: 'UPDATE of a column in transition, of all rows', atMost: 2.5, sql: () => "update customers set last_name = last_name || 'x'" },
  { name: 'COPY of as many rows as there are', atMost: 1.6, sql: (file) => `copy customers (${COPIED}) from '${file}'` }
]

const COPIED = 'id, first_name, last_name, email, phone, street, city, country, status, balance, created_at, note'

/** Statements over many rows during dual-write, each on a fresh copy, against the same table without triggers. */
export const bulk: Group = {
  name: 'bulk',
  async run (ground, scale) {
    const file = await ground.withCopies(['old'], scale.rows, 'bigint', async ([url = '']) => await withClient(url, async (client) => await writeFile(client, scale.rows)))
    const comparisons: DataComparison[] = []
    for (const one of BULKS) comparisons.push(...await compareBulk(ground, scale, one, file))
    return { comparisons }
  }
}

/** Rows beyond those of the table, in a file that the server reads. */
async function writeFile (client: pg.Client, rows: number): Promise<string> {
  const { rows: [folder] } = await client.query('show data_directory')
  const file = `${String(folder?.data_directory)}/bench-copy`
  await client.query(`copy (select ${COPIED.replace('id,', `id + ${rows},`)} from customers) to '${file}'`)
  return file
}

async function compareBulk (ground: Ground, scale: Scale, { name, atMost, sql }: Bulk, file: string): Promise<DataComparison[]> {
  const results = new Map<State, string>()
  const measure = (state: State) => async () => await ground.withCopies([state], scale.rows, 'bigint', async ([url = '']) => await withClient(url, async (client) => {
    await warm(client)
    const began = performance.now()
    await client.query(sql(file))
    const ms = performance.now() - began
    if (!results.has(state)) {
      const { rows: [row] } = await client.query(`select ${NAMES} as result from customers`)
      results.set(state, String(row?.result))
      if (new Set(results.values()).size > 1) throw new Error(`${name}: ${state} gives something else`)
    }
    return { ms }
  }))
  const contestants = { moved: measure('moved'), plain: measure('untriggered'), again: measure('untriggered'), pgroll: measure('pgroll') }
  const runs = await interleave(contestants, { runs: scale.runs, mostRuns: scale.runs })
  const against = 'the same table without triggers'
  const searchPath = pair(runs, 'ms', 'pgroll', 'plain', 'again')
  return [
    comparisonOf(`${name} (${scale.rows})`, against, 'ms', { atMost }, pair(runs, 'ms', 'moved', 'plain', 'again')),
    comparisonOf(`${name} (${scale.rows}), triggers that choose by search_path`, against, 'ms', null, searchPath, [`${median(searchPath.map(({ subject, counterpart }) => subject / counterpart)).toFixed(2)} × the time`])
  ]
}

/** A copy is read from its files once, so that nobody's first statement does it. */
async function warm (client: pg.Client): Promise<void> {
  await client.query('set enable_indexscan = off; set enable_bitmapscan = off; set enable_indexonlyscan = off; select sum(length(note)) from customers; reset all')
  await client.query('set enable_seqscan = off; select count(email) from customers where email > chr(1); select count(city) from customers where city > chr(1); reset all')
}
