import { median } from '../statistics/quantile.js'
import type { Group } from './group.js'
import { withOperator } from './move.js'

const WINDOWS = 10

/** Whether the backfill of a large table goes on as fast as it began. */
export const steadiness: Group = {
  name: 'steadiness',
  run: async (ground, { manyRows }) => await ground.withCopies(['moved'], manyRows, 'bigint', async ([url = '']) => {
    const seen: Array<{ readonly rows: number, readonly atMs: number }> = []
    await withOperator(url, async (operator) => await operator.advance({ to: 'backfill' }), {
      report: (event) => { if (event.type === 'backfill' && !event.finished) seen.push({ rows: event.doneRows, atMs: performance.now() }) }
    })
    const rates = ratesIn(seen, manyRows / 30, manyRows)
    const middle = median(rates)
    return {
      measurements: [
        { name: `rows per second of a backfill of ${manyRows} rows, in ${WINDOWS} parts from ${Math.round(manyRows / 30)} on`, unit: 'rows/s', goal: null, judged: 'median', samples: rates, notes: [rates.map((rate) => Math.round(rate)).join(', ')] },
        { name: 'furthest of these parts from their median', unit: '%', goal: { atMost: 20 }, judged: 'largest', samples: rates.map((rate) => Math.abs(rate / middle - 1) * 100), notes: [] }
      ]
    }
  })
}

function ratesIn (seen: ReadonlyArray<{ readonly rows: number, readonly atMs: number }>, from: number, to: number): number[] {
  const at = (rows: number) => seen.find((one) => one.rows >= rows) ?? seen.at(-1)
  return Array.from({ length: WINDOWS }, (_, index) => {
    const [begin, end] = [at(from + (to - from) * index / WINDOWS), at(from + (to - from) * (index + 1) / WINDOWS)]
    return begin === undefined || end === undefined || end.atMs === begin.atMs ? NaN : (end.rows - begin.rows) * 1000 / (end.atMs - begin.atMs)
  }).filter((rate) => !Number.isNaN(rate))
}
