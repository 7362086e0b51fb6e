import type { Contestant } from '../harness/block.js'
import { startCase, STEADY, type CaseProcess } from '../harness/case-process.js'
import { CASE_PROCESSOR } from '../harness/pin.js'
import { openLoad, type Load, type LoadRequest } from './load.js'

const CASE = new URL('./case.ts', import.meta.url)

/** A slice is as many requests as cost the server about this much CPU time. */
const SLICE_MICROS = 8_000
const FEWEST_REQUESTS = 30

/** A server is being compiled for about so much CPU time. */
const WARM_UP_MICROS = 2_000_000
const WARM_UP_REQUESTS = 2_000

/** Starts a server in a process of its own, and loads it with one request. */
export async function startServer (args: readonly string[], request: LoadRequest): Promise<Contestant> {
  const server = await startCase(CASE, args, STEADY, CASE_PROCESSOR)
  const port = await server.askNumber('port')
  const load = openLoad(port, request)
  const operations = await warmUp(server, load)
  return {
    async output () {
      const { method, path, headers, body } = request
      const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, ...(body === undefined ? {} : { body }) })
      return `${answer.status} ${answer.headers.get('content-type')}\n${await answer.text()}`
    },
    async runSlice () {
      const before = await server.askNumber('cpu')
      const { wallMs, latenciesMs } = await load.send(operations)
      return { operations, cpuMicros: await server.askNumber('cpu') - before, wallMs, latenciesMs }
    },
    async close () {
      await load.close()
      await server.close()
    }
  }
}

/** @returns how many requests make a slice */
async function warmUp (server: CaseProcess, load: Load): Promise<number> {
  const began = await server.askNumber('cpu')
  for (let before = began; ;) {
    await load.send(WARM_UP_REQUESTS)
    const now = await server.askNumber('cpu')
    if (now - began > WARM_UP_MICROS) return Math.max(FEWEST_REQUESTS, Math.round(SLICE_MICROS / ((now - before) / WARM_UP_REQUESTS)))
    before = now
  }
}
