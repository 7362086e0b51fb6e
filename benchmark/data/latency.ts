import { setTimeout as sleep } from 'node:timers/promises'
import { startCase, type CaseProcess } from '../harness/case-process.js'
import { median, quantile } from '../statistics/quantile.js'
import type { Group } from './group.js'
import { comparisonOf, interleave, pair } from './interleave.js'
import { sendOpenLoop, type DueRequest } from './open-loop.js'

const REQUESTS_PER_SECOND = 200

/** Three of four read, one writes. */
function requestOf (turn: number): DueRequest {
  const path = `/customers/${1 + turn * 7919 % 10_000}`
  return turn % 4 === 0 ? { method: 'PATCH', path, body: JSON.stringify({ full_name: `Neuer Name${turn}` }) } : { method: 'GET', path }
}

/** What the requests of an API feel of a backfill with default settings, which is paused while it is measured without. */
export const latency: Group = {
  name: 'latency',
  run: async (ground, scale) => await ground.withCopies(['moved'], scale.manyRows, 'bigint', async ([url = '']) => {
    const api = await startCase(new URL('./api-case.ts', import.meta.url), [url])
    const operator = await startCase(new URL('./operator-case.ts', import.meta.url), [url])
    try {
      const port = await api.askNumber('port')
      const blockMs = scale.blockMs * 5
      await sendOpenLoop(port, REQUESTS_PER_SECOND, blockMs, requestOf)
      await operator.ask('begin')
      await moves(operator)
      const rates: number[] = []
      const quiet = async () => {
        await operator.ask('pause')
        await stands(operator)
        return { p99: quantile(await sendOpenLoop(port, REQUESTS_PER_SECOND, blockMs, requestOf), 0.99) }
      }
      const during = async () => {
        await operator.ask('resume')
        await moves(operator)
        const [rows, began] = [await operator.askNumber('rows'), performance.now()]
        const latencies = await sendOpenLoop(port, REQUESTS_PER_SECOND, blockMs, requestOf)
        rates.push((await operator.askNumber('rows') - rows) * 1000 / (performance.now() - began))
        if (await operator.askNumber('isDone') === 1) throw new Error('the backfill has ended before all was measured: the table is too small')
        return { p99: quantile(latencies, 0.99) }
      }
      const runs = await interleave({ during, quiet, again: quiet }, scale)
      return {
        comparisons: [comparisonOf(`p99 of an API at ${REQUESTS_PER_SECOND} requests/s, open loop, during a backfill`, 'without', 'ms', { atMost: 1.5 }, pair(runs, 'p99', 'during', 'quiet', 'again'), [`${Math.round(median(rates))} rows/s meanwhile`])],
        measurements: [{ name: 'rows per second of that backfill', unit: 'rows/s', goal: { atLeast: 5000 }, judged: 'median', samples: rates, notes: [] }]
      }
    } finally {
      await operator.close()
      await api.close()
    }
  })
}

async function moves (operator: CaseProcess): Promise<void> {
  const rows = await operator.askNumber('rows')
  for (let going = true; going;) {
    await sleep(20)
    going = await operator.askNumber('rows') === rows && await operator.askNumber('isDone') === 0
  }
}

/** No batch has ended for longer than one takes. */
async function stands (operator: CaseProcess): Promise<void> {
  for (let rows = -1; rows !== await operator.askNumber('rows');) {
    rows = await operator.askNumber('rows')
    await sleep(600)
  }
}
