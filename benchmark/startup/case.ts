import { setImmediate as nextTurn } from 'node:timers/promises'
import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import vintage from 'fastify-vintage'
import { answerQuestions, cpuMicrosSince } from '../harness/answer.js'
import { historyOfLargeApi, registerLargeApi, versionAt, VERSIONS } from '../model/large-api.js'
import { seededRandom } from '../statistics/random.js'

// The program of one start: node benchmark/startup/case.ts plugin | cold | bare; `cold` is the plugin without its warm-up

const kind = process.argv[2]

const routes: Array<{ method: InjectOptions['method'], url: string }> = []

async function build (): Promise<FastifyInstance> {
  const app = Fastify()
  if (kind !== 'bare') await app.register(vintage, { versions: historyOfLargeApi(), default: versionAt(0), warmUp: kind === 'plugin' })
  registerLargeApi(app)
  return app
}

/** Bytes on the heap, garbage collected. */
function heapBytes (): number {
  for (let index = 0; index < 4; index++) globalThis.gc?.()
  return process.memoryUsage().heapUsed
}

const heapBefore = heapBytes()
const began = process.cpuUsage()
const beganMs = performance.now()
const app = await build()
await app.ready()
const start = { cpuMicros: cpuMicrosSince(began), wallMs: performance.now() - beganMs }

/** One request for each route in each version: whatever is compiled when it is needed is compiled then. */
async function touchAll (): Promise<void> {
  for (const line of app.printRoutes({ commonPrefix: false }).split('\n')) {
    const [, url, methods = ''] = /(\/\S*) \(([^)]+)\)/.exec(line) ?? []
    if (url !== undefined) routes.push(...methods.split(', ').map((method) => ({ method: METHODS.find((known) => known === method), url })))
  }
  for (const { method = 'GET', url } of routes) {
    for (let index = 0; index < VERSIONS; index++) {
      await app.inject({ method, url: url.replace(':id', '1'), headers: { 'api-version': versionAt(index) }, ...(method === 'GET' || method === 'HEAD' ? {} : { payload: {} }) })
    }
  }
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH'] as const

const random = seededRandom(1)

/** Requests with random version headers: half of them versions, half of them anything. */
async function sendRandomVersions (count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const version = random() < 0.5 ? versionAt(Math.floor(random() * VERSIONS)) : `${Math.floor(random() * 1e12).toString(36)}-${index}`
    await app.inject({ url: '/orders0/1', headers: { 'api-version': version } })
    // what inject leaves behind goes in a turn of its own, which promises alone never come to
    if (index % 1000 === 0) await nextTurn()
  }
}

/** Listens, which begins the warm-up. Gives the port. */
async function listen (): Promise<number> {
  await app.listen({ host: '127.0.0.1', port: 0 })
  return Number(new URL(app.listeningOrigin).port)
}

const isWarm = () => app.vintage.stats().warm ? 1 : 0

answerQuestions({ start: () => start, heap: () => heapBytes() - heapBefore, touchAll, sendRandomVersions, listen, isWarm })
