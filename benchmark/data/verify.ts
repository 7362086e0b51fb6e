import { advanceTo, withClient, type Key } from './ground.js'
import type { Group } from './group.js'
import { comparisonOf, interleave, noisyIn, pair } from './interleave.js'
import { withOperator } from './move.js'
import type { DataComparison } from './results.js'

// what the planner might take instead: an index, or several processes
const SEQUENTIAL = 'set enable_indexscan = off; set enable_indexonlyscan = off; set enable_bitmapscan = off; set max_parallel_workers_per_gather = 0'

/** `vintage verify` of every row, against one sequential scan that looks at every row. */
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
          const count = scan('select count(*) from customers')
          const runs = await interleave({ verify: async () => await timed(check), count, again: count, read: scan('select count(*) from customers where first_name || last_name = full_name || note') }, scale, noisyIn(['ms'], 'count', 'again'))
          return [
            comparisonOf(`verification, ${key} key (${rows} rows)`, 'a sequential scan that counts', 'ms', { atLeast: 0.5 }, pair(runs, 'ms', 'verify', 'count', 'again')),
            comparisonOf(`a sequential scan that reads both sides, ${key} key`, 'a sequential scan that counts', 'ms', null, pair(runs, 'ms', 'read', 'count', 'again'))
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
