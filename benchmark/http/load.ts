import autocannon from 'autocannon'
import { quantile } from '../statistics/quantile.js'

/** A request that is sent again and again. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** What a number of requests came to. */
export interface LoadResult {
  readonly perSecond: number
  readonly p99Micros: number
}

const CONNECTIONS = 10
// how often autocannon looks whether it is done
const SAMPLE_MS = 20

/**
 * Sends a number of requests over ten connections, each one as soon as the one before is answered.
 * @throws when an answer is not 2xx, or a connection fails
 */
export async function sendLoad (port: number, { method, path, headers, body }: LoadRequest, amount: number): Promise<LoadResult> {
  const latenciesMs: number[] = []
  const began = performance.now()
  let lastAt = began
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const load = autocannon({
      url: `http://127.0.0.1:${port}${path}`, method, headers: { ...headers }, ...(body === undefined ? {} : { body }), amount, connections: CONNECTIONS, sampleInt: SAMPLE_MS
    }, (error, finished) => { error === null || error === undefined ? resolve(finished) : reject(error) })
    load.on('response', (_client, _status, _bytes, responseTimeMs) => {
      latenciesMs.push(responseTimeMs)
      lastAt = performance.now()
    })
  })
  if (result.non2xx > 0 || result.errors > 0) throw new Error(`${method} ${path}: ${result.non2xx} answers were not 2xx, ${result.errors} failed`)
  return { perSecond: latenciesMs.length / (lastAt - began) * 1000, p99Micros: quantile(latenciesMs, 0.99) * 1000 }
}
