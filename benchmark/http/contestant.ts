import type { Contestant } from '../harness/block.js'
import { startCase, type CaseProcess } from '../harness/case-process.js'
import { sendLoad, type LoadRequest } from './load.js'

const CASE = new URL('./case.ts', import.meta.url)

/** A block is as many requests as cost the server about this much CPU time. */
const BLOCK_MICROS = 60_000
const WARM_UP_REQUESTS = 1500

/** On which the load is made, and on which the server runs that is loaded. */
export const [LOAD_PROCESSOR, SERVER_PROCESSOR] = [0, 1] as const

// as in the chain: what helps the collector would be counted while it waits
const ONE_THREAD = ['--single-threaded-gc']

/** Starts a server in a process of its own, and loads it with one request. */
export async function startServer (args: readonly string[], request: LoadRequest): Promise<Contestant> {
  const server = await startCase(CASE, args, ONE_THREAD, SERVER_PROCESSOR)
  const port = await server.askNumber('port')
  const amount = await calibrate(server, port, request)
  return {
    async output () {
      const { method, path, headers, body } = request
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
      return `${answer.status} ${answer.headers.get('content-type')}\n${await answer.text()}`
    },
    async runBlock () {
      const before = await server.askNumber('cpu')
      const { perSecond, p99Micros } = await sendLoad(port, request, amount)
      return { cpuMicros: (await server.askNumber('cpu') - before) / amount, perSecond, p99Micros }
    },
    close: () => server.close()
  }
}

async function calibrate (server: CaseProcess, port: number, request: LoadRequest): Promise<number> {
  await sendLoad(port, request, WARM_UP_REQUESTS)
  const before = await server.askNumber('cpu')
  await sendLoad(port, request, WARM_UP_REQUESTS)
  return Math.max(100, Math.round(BLOCK_MICROS / ((await server.askNumber('cpu') - before) / WARM_UP_REQUESTS)))
}
