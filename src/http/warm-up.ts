import type { EventLoopUtilization } from 'node:perf_hooks'
import type { FastifyBaseLogger } from 'fastify'
import type { Contracts } from '../versioning/contracts.js'
import type { Compilers } from './compilers.js'
import { pairsOf, type Pair } from './pairs.js'
import type { RoutePlaces } from './places.js'
import { openTraffic, type Traffic } from './traffic.js'
import type { VersionedRoute } from './versioned-route.js'
import { openQueue, type WarmUpQueue } from './warm-up-queue.js'

/** A slice of the warm-up goes on for so long; a schema that has been begun is finished, whatever it takes. */
const SLICE_MS = 3
/** Slices and pauses have this ratio: the warm-up takes a tenth of one processor. */
const PAUSE_PER_SLICE = 9
/** The same while the process has other work: fewer than one request in a hundred may meet a slice. */
const PAUSE_PER_SLICE_BUSY = 199
/** The process has other work when its event loop was at work for this share of a pause. */
const BUSY_SHARE = 0.05
/** What is used most is looked up so often. */
const SORT_EVERY_MS = 1000

/** Compiles in the background what older clients will need. */
export interface WarmUp {
  readonly traffic: Traffic
  /** Notes what there is to compile. */
  plan (routes: ReadonlyMap<VersionedRoute, ReadonlyMap<string, RoutePlaces>>, contracts: Contracts): void
  /** Begins; what is used most comes first. */
  start (): void
  stop (): void
  /** distinct pairs of schema and version */
  readonly pairCount: number
}

/** Makes the warm-up of one registration of the plugin. */
export function buildWarmUp (compilers: Pick<Compilers, 'warm'>, versionCount: number, log: Pick<FastifyBaseLogger, 'error'>): WarmUp {
  const traffic = openTraffic(versionCount)
  const queue = openQueue(compilers, log)
  let timer: NodeJS.Timeout | undefined
  let pairs: readonly Pair[] | null = null
  let listPairs = (): readonly Pair[] => []
  let sortedAtMs = -Infinity

  // not at ready: no route waits for it
  function listed (): readonly Pair[] {
    pairs ??= listPairs()
    return pairs
  }

  function goOn (): void {
    if (performance.now() - sortedAtMs >= SORT_EVERY_MS) {
      queue.sort()
      sortedAtMs = performance.now()
    }
    const { cpuMs, isDone } = runSlice(queue)
    timer = isDone ? undefined : setTimeout(goOnUnlessBusy, cpuMs * PAUSE_PER_SLICE, cpuMs, performance.eventLoopUtilization()).unref()
  }

  function goOnUnlessBusy (cpuMs: number, atSlice: EventLoopUtilization): void {
    if (performance.eventLoopUtilization(atSlice).utilization < BUSY_SHARE) return goOn()
    timer = setTimeout(goOn, cpuMs * (PAUSE_PER_SLICE_BUSY - PAUSE_PER_SLICE)).unref()
  }

  return {
    traffic,
    plan (routes, contracts) {
      pairs = null
      listPairs = () => pairsOf(routes, contracts, traffic)
    },
    start () {
      if (timer !== undefined) return
      queue.fill(listed())
      timer = setTimeout(goOn, 0).unref()
    },
    stop () {
      clearTimeout(timer)
      queue.clear()
    },
    get pairCount () { return listed().length }
  }
}

/** Takes steps until the slice is over. */
function runSlice (queue: WarmUpQueue): { readonly cpuMs: number, readonly isDone: boolean } {
  const [beganMs, began] = [performance.now(), process.cpuUsage()]
  let step = queue.next()
  while (step !== undefined) {
    step()
    if (performance.now() - beganMs >= SLICE_MS) break
    step = queue.next()
  }
  const { user, system } = process.cpuUsage(began)
  return { cpuMs: (user + system) / 1000, isDone: step === undefined }
}
