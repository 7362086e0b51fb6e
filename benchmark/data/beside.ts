import { setTimeout as sleep } from 'node:timers/promises'
import { openPlain } from './knexes.js'
import { quantile } from '../statistics/quantile.js'

/** What went on beside a measurement. */
export interface Beside<Result> {
  readonly result: Result
  readonly writesPerSecond: number
  readonly p99Ms: number
  readonly largestMs: number
}

const CONNECTIONS = 8
const MOST_UNDER_WAY = 500

/** Runs work while rows of the old side are written at a rate, whether the ones before are done or not. */
export async function withWrites<Result> (url: string, perSecond: number, sql: string, valuesOf: (turn: number) => readonly unknown[], work: () => Promise<Result>): Promise<Beside<Result>> {
  const knex = openPlain(url, CONNECTIONS, 'bench writer')
  const latencies: number[] = []
  const underWay = new Set<Promise<void>>()
  const ending = new AbortController()
  const began = performance.now()
  const write = async (turn: number, due: number) => {
    await knex.raw(sql, [...valuesOf(turn)].map(String))
    latencies.push(performance.now() - due)
  }
  const pacing = (async () => {
    for (let turn = 0; !ending.signal.aborted;) {
      for (; turn < (performance.now() - began) / 1000 * perSecond; turn++) {
        if (underWay.size >= MOST_UNDER_WAY) continue
        const writing = write(turn, began + turn * 1000 / perSecond).finally(() => underWay.delete(writing))
        underWay.add(writing)
      }
      await sleep(2)
    }
  })()
  try {
    const result = await work()
    const seconds = (performance.now() - began) / 1000
    const written = latencies.length
    ending.abort()
    await pacing
    await Promise.all(underWay)
    return { result, writesPerSecond: written / seconds, p99Ms: quantile([...latencies, 0], 0.99), largestMs: Math.max(0, ...latencies) }
  } finally {
    ending.abort()
    await knex.destroy()
  }
}
