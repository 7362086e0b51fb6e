import { advanceTo, withClient, type Key } from './ground.js'
import type { Group } from './group.js'
import { comparisonOf, interleave, noisyIn, pair } from './interleave.js'
import { withOperator } from './move.js'
import type { DataComparison } from './results.js'

// what the planner might take instead: an index, or several processes
const SEQUENTIAL = 'set enable_indexscan = off; set enable_indexonlyscan = off; set enable_bitmapscan = off; set max_parallel_workers_per_gather = 0'

// the least that any comparison has to do: to read what is compared
const READ = 'select max(length(first_name)), max(length(last_name)), max(length(full_name)) from customers'

/** `vintage verify` of every row, against one sequential scan that reads the columns of both sides. */
export const verify: Group = {
  name: 'verify',
  async run (ground, { rows, ...scale }) {
    const comparisons: DataComparison[] = []
    for (const key of ['bigint', 'uuid'] as const satisfies readonly Key[]) {
      comparisons.push(...await ground.withCopies(['moved'], rows, key, async ([url = '']) => {
        await advanceTo(url, 'backfill')
        return await withOperator(url, async (operator) => await withClient(url, async (client) => {
          await client.query('vacuum (analyze) customers')
          await client.query(SEQUENTIAL)
          const scan = (sql: string) => async () => await timed(async () => { await client.query(sql) })
          const check = async () => {
            const { checkedRows, ok } = await operator.verify()
            if (!ok || checkedRows !== rows) throw new Error(`verification says ${checkedRows} rows, ${ok}`)
          }
          await check()
          const read = scan(READ)
          const runs = await interleave({ verify: async () => await timed(check), read, again: read, count: scan('select count(*) from customers') }, scale, noisyIn(['ms'], 'read', 'again'))
          const against = 'a sequential scan that reads both sides'
          return [
            comparisonOf(`verification, ${key} key (${rows} rows)`, against, 'ms', { atLeast: 0.5 }, pair(runs, 'ms', 'verify', 'read', 'again')),
            comparisonOf(`a sequential scan that reads no column, ${key} key`, against, 'ms', null, pair(runs, 'ms', 'count', 'read', 'again'))
          ]
        }))
      }))
    }
    return { comparisons }
  }
}

async function timed (work: () => Promise<void>): Promise<{ ms: number }> {
  const began = performance.now()
  await work()
  return { ms: performance.now() - began }
}
