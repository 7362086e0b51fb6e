import { setTimeout as sleep } from 'node:timers/promises'
import { versionAt, VERSIONS } from '../model/large-api.js'
import { startCase, type CaseProcess } from '../harness/case-process.js'
import type { Measurement } from '../harness/results.js'
import { openLoad, type Load, type LoadRequest } from '../http/load.js'
import { quantile } from '../statistics/quantile.js'
import { CASE } from './contestant.js'

const TRIES = 3
const LOOK_EVERY_MS = 100
const GIVE_UP_MS = 300_000

/** How long the warm-up takes without load, how much CPU time it takes of it, and what it does to the latency of head clients. */
export async function measureWarmUp (): Promise<Measurement[]> {
  const seconds: number[] = []
  const shares: number[] = []
  for (let index = 0; index < TRIES; index++) {
    const alone = await warmAlone()
    seconds.push(alone.seconds)
    shares.push(alone.share)
  }
  const loaded = await warmUnderLoad()
  return [
    { name: 'all pairs warm, without load', unit: 's', atMost: 30, samples: seconds },
    { name: 'CPU time meanwhile, of one processor', unit: '%', atMost: 10, samples: shares.map((share) => share * 100) },
    { name: 'p99 of head clients meanwhile, to that of a server without warm-up', unit: '×', atMost: 1.1, samples: loaded.ratios },
    { name: 'all pairs warm, when it is at its limit half of the time', unit: 's', atMost: null, samples: [loaded.seconds] }
  ]
}

async function warmAlone (): Promise<{ seconds: number, share: number }> {
  const process = await startCase(CASE, ['plugin'])
  await process.askNumber('listen')
  const [cpuBegan, began] = [await process.askNumber('cpu'), performance.now()]
  while (!await isWarm(process, began)) await sleep(LOOK_EVERY_MS)
  const wallMs = performance.now() - began
  const share = (await process.askNumber('cpu') - cpuBegan) / 1000 / wallMs
  await process.close()
  return { seconds: wallMs / 1000, share }
}

const HEAD_REQUEST: LoadRequest = { method: 'GET', path: '/orders0/1', headers: { 'api-version': versionAt(VERSIONS - 1) } }
// a block has to hold pauses as well as slices
const REQUESTS_A_BLOCK = 10_000
const FIRST_BLOCKS = 1

/** Blocks of load in turn, on a server that warms up and on one that does not, until all is warm. @returns the ratios of their p99, and how long it took */
async function warmUnderLoad (): Promise<{ ratios: number[], seconds: number }> {
  const cold = await startCase(CASE, ['cold'])
  const warming = await startCase(CASE, ['plugin'])
  const warmingLoad = openLoad(await warming.askNumber('listen'), HEAD_REQUEST)
  const coldLoad = openLoad(await cold.askNumber('listen'), HEAD_REQUEST)
  const began = performance.now()
  const ratios: number[] = []
  for (let block = 0; !await isWarm(warming, began); block++) {
    const [mine, other] = [await p99Of(warmingLoad), await p99Of(coldLoad)]
    // in the first blocks both servers are still being compiled themselves
    if (block >= FIRST_BLOCKS) ratios.push(mine / other)
  }
  const seconds = (performance.now() - began) / 1000
  await Promise.all([coldLoad.close(), warmingLoad.close()])
  await Promise.all([cold.close(), warming.close()])
  return { ratios, seconds }
}

/** Of a block of requests, in ms. */
async function p99Of (load: Load): Promise<number> {
  return quantile((await load.send(REQUESTS_A_BLOCK)).latenciesMs, 0.99)
}

async function isWarm (process: CaseProcess, began: number): Promise<boolean> {
  if (performance.now() - began > GIVE_UP_MS) throw new Error(`the warm-up has not ended in ${GIVE_UP_MS / 1000} s`)
  return await process.askNumber('isWarm') === 1
}
