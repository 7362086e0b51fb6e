import { quantile } from '../statistics/quantile.js'
import type { Costs } from './interleave.js'

/** Clients that send one statement after another for a while. @returns latencies in µs, and time for one of all statements */
export async function stream (clients: number, lastsMs: number, send: (client: number) => PromiseLike<unknown>): Promise<Costs> {
  const latencies: number[] = []
  const began = performance.now()
  await Promise.all(Array.from({ length: clients }, async (_, client) => {
    while (performance.now() - began < lastsMs) {
      const sentAt = performance.now()
      await send(client)
      latencies.push((performance.now() - sentAt) * 1000)
    }
  }))
  return { p50: quantile(latencies, 0.5), p99: quantile(latencies, 0.99), each: (performance.now() - began) * 1000 / latencies.length }
}
