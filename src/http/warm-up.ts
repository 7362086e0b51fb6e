import type { FastifyBaseLogger } from 'fastify'
import type { Contracts } from '../versioning/contracts.js'
import type { Compilers } from './compilers.js'
import { pairsOf, type Pair } from './pairs.js'
import type { RoutePlaces } from './places.js'
import { openTraffic, type Traffic } from './traffic.js'
import type { VersionedRoute } from './versioned-route.js'

/** A slice of the warm-up goes on for so long; a schema that has been begun is finished, whatever it takes. */
const SLICE_MS = 3
/** Slices and pauses have this ratio: the warm-up takes a tenth of one processor. */
const PAUSE_PER_SLICE = 9
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
  let pending: Pair[] = []
  let steps: Array<() => unknown> = []
  let timer: NodeJS.Timeout | undefined
  let pairCount = 0
  let sortedAt = -Infinity

  function nextStep (): (() => unknown) | undefined {
    for (;;) {
      const step = steps.shift()
      if (step !== undefined) return step
      const pair = pending.pop()
      if (pair === undefined) return undefined
      steps = compilers.warm(pair.shape, pair.role).map((take) => () => attempt(pair, take))
    }
  }

  // what ajv refuses is told here and to the request that needs it; the others go on
  function attempt ({ place, shape }: Pair, take: () => unknown): void {
    try {
      take()
    } catch (err) {
      steps = []
      log.error({ err, vintage: { version: shape.version, place } }, `fastify-vintage: the schema of ${place} in version ${shape.version} cannot be compiled`)
    }
  }

  function runSlice (): void {
    const [began, cpuBegan] = [performance.now(), process.cpuUsage()]
    if (began - sortedAt >= SORT_EVERY_MS) {
      pending = sortByHeat(pending)
      sortedAt = began
    }
    let step = nextStep()
    while (step !== undefined) {
      step()
      step = performance.now() - began < SLICE_MS ? nextStep() : undefined
    }
    const { user, system } = process.cpuUsage(cpuBegan)
    timer = pending.length + steps.length === 0 ? undefined : setTimeout(runSlice, (user + system) / 1000 * PAUSE_PER_SLICE).unref()
  }

  return {
    traffic,
    plan (routes, contracts) {
      pending = pairsOf(routes, contracts, traffic)
      pairCount = pending.length
    },
    start () { timer ??= setTimeout(runSlice, 0).unref() },
    stop () {
      clearTimeout(timer)
      pending = []
      steps = []
    },
    get pairCount () { return pairCount }
  }
}

/** The one that is used most comes last, from where it is taken; those that nobody has used stay in their order. */
function sortByHeat (pairs: readonly Pair[]): Pair[] {
  return pairs.map((pair) => ({ pair, heat: pair.heat() })).sort((a, b) => a.heat - b.heat).map(({ pair }) => pair)
}
