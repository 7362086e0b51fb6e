import { loadModule } from 'libpg-query'
import { StoppedError } from '../../errors.js'
import { Era } from '../knex/era.js'
import type { EraSource } from '../knex/held-eras.js'
import type { TableStates } from '../knex/table-state.js'
import type { ShadowCounts } from '../shadow/shadow-counts.js'
import type { Transition } from '../transition.js'
import { awaitReplay } from './await-replay.js'
import { createLatencies } from './latency.js'
import { Lease } from './lease.js'
import { OtherRelations } from './other-relations.js'
import type { PhaseRow } from './phase-rows.js'
import { refuseUnready } from './readiness.js'
import type { Registry } from './registry.js'
import { spanTables } from './span-tables.js'

/** Counters are for people, who look once in a while. */
const SHADOWS_EVERY_MS = 1000

/** A backfill that gives way to this process has to learn soon how it fares. */
const LATENCY_EVERY_MS = 1000

/** What one process of the fleet needs. */
export interface InstanceOptions {
  readonly registry: Registry
  readonly transitions: readonly Transition[]
  readonly pollMs: number
  readonly leaseMs: number
  /** after which columns of other tables are looked at again @default 5_000 */
  readonly namesakesEveryMs?: number
  /** what is told with the signs of life @default nothing */
  readonly shadowCounts?: ShadowCounts | undefined
  /** told of polls that fail, where the next one tries again, and of a leave that fails */
  onError (error: unknown): void
}

/** One process of the fleet: keeps its lease, follows the phases, and acknowledges an epoch once all before it has ended. */
export class FleetInstance implements EraSource {
  readonly #options: InstanceOptions
  readonly #lease: Lease
  /** eras before the latest with statements still under way */
  readonly #ending = new Set<Era>()
  #latest: { readonly era: Era, readonly key: string, readonly rows: readonly PhaseRow[] } | undefined
  readonly #others: OtherRelations
  #acknowledged = ''
  readonly #latencies = createLatencies()
  #isFilling = false
  #reportedAt = 0
  #countedAt = 0
  #starting: Promise<void> | undefined
  #isReady = false
  #isFailing = false
  #polling: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor (options: InstanceOptions) {
    this.#options = options
    this.#lease = new Lease(options.leaseMs)
    this.#others = new OtherRelations(options.registry.readNamesakes, options.namesakesEveryMs)
  }

  get latest (): Era | undefined {
    return this.#latest?.era
  }

  get current (): Era | undefined {
    return this.#isReady && !this.#stopped && this.#lease.holds ? this.latest : undefined
  }

  /** Statements are measured while a table is being filled, and cost nothing else. */
  get measure (): ((ms: number) => void) | undefined {
    return this.#isFilling ? this.#latencies.note : undefined
  }

  /**
   * Registers, reads the phases and begins to follow them; a second call waits for the first.
   *
   * @throws FST_ERR_VINTAGE_REFUSED_NOT_READY, FST_ERR_VINTAGE_REFUSED_UNKNOWN_TRANSITION
   */
  async start (): Promise<void> {
    if (this.#stopped) throw new StoppedError()
    this.#starting ??= this.#begin().catch((error: unknown) => {
      this.#starting = undefined
      throw error
    })
    await this.#starting
  }

  async refresh (): Promise<void> {
    const wasReady = this.#isReady
    await this.start()
    if (wasReady) await this.#poll()
  }

  /**
   * Leaves the fleet; to be called when the application's own pool has ended. A database that cannot be told is
   * reported only: the lease runs out by itself.
   */
  async stop (): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await Promise.allSettled([this.#starting, this.#polling])
    await this.#leave()
    await this.#options.registry.close()
  }

  async #begin (): Promise<void> {
    await loadModule()
    await this.#poll()
    try {
      refuseUnready(this.#options.transitions, this.#latest?.rows)
    } catch (error) {
      this.#lease.renew(undefined)
      await this.#leave()
      throw error
    }
    this.#isReady = true
    this.#schedule(this.#options.pollMs)
  }

  async #leave (): Promise<void> {
    await this.#reportShadowReads()
    await this.#options.registry.leave().catch((error: unknown) => this.#options.onError(error))
  }

  #schedule (delayMs: number): void {
    clearTimeout(this.#timer)
    if (this.#stopped) return
    this.#timer = setTimeout(() => {
      this.#poll().then(() => { this.#isFailing = false }, (error: unknown) => this.#report(error)).finally(() => this.#schedule(this.#options.pollMs))
    }, delayMs)
    this.#timer.unref()
  }

  /** Of polls that fail one after the other, the first is told. */
  #report (error: unknown): void {
    if (!this.#isFailing && !this.#stopped) this.#options.onError(error)
    this.#isFailing = true
  }

  /** Polls never overlap: what an earlier one has read must not replace what a later one has. */
  async #poll (): Promise<void> {
    this.#polling ??= this.#look().finally(() => { this.#polling = undefined })
    await this.#polling
  }

  async #look (): Promise<void> {
    const { registry } = this.#options
    const now = this.#lease.now()
    const renews = this.#lease.isDue
    if (renews) {
      const outcome = await registry.keepLease()
      // it may be gone: with this instance's row, or in a failover that has lost the last of what was written
      this.#acknowledged = ''
      // nobody has waited for this instance: a replica may be any number of steps behind
      if (outcome === 'joined' || !this.#lease.holds) await awaitReplay(registry, this.#options.leaseMs / 2, () => this.#stopped)
    }
    const rows = await registry.readPhases() ?? []
    const tables = spanTables(this.#options.transitions, rows)
    this.#follow(rows, { tables, others: await this.#others.besides(tables) })
    if (renews) this.#lease.renew(now)
    await this.#acknowledge(rows)
    await this.#reportLatency(rows)
    if (performance.now() - this.#countedAt >= SHADOWS_EVERY_MS) await this.#reportShadowReads()
  }

  async #reportShadowReads (): Promise<void> {
    const { registry, shadowCounts } = this.#options
    this.#countedAt = performance.now()
    // as with the latency
    await shadowCounts?.report(registry.reportShadowReads).catch(() => {})
  }

  async #reportLatency (rows: readonly PhaseRow[]): Promise<void> {
    this.#isFilling = rows.some(({ phase }) => phase === 'backfill')
    if (!this.#isFilling || performance.now() - this.#reportedAt < LATENCY_EVERY_MS) return
    this.#reportedAt = performance.now()
    // nobody's statement depends on it; and a schema of an older build has no place for it
    await this.#options.registry.reportLatency(this.#latencies.take()).catch(() => {})
  }

  /** New statements are served in the new phases from here on. */
  #follow (rows: readonly PhaseRow[], states: TableStates): void {
    const key = JSON.stringify(rows)
    const before = this.#latest
    if (before?.key === key && before.era.states.others === states.others) return
    const eras = [...this.#ending, ...(before === undefined ? [] : [before.era])]
    if (!this.#lease.holds) for (const era of eras) era.overtake()
    this.#latest = { era: new Era(states), key, rows }
    if (before !== undefined && !before.era.isIdle) this.#awaitEnd(before.era)
  }

  #awaitEnd (era: Era): void {
    this.#ending.add(era)
    era.onIdle(() => {
      this.#ending.delete(era)
      this.#schedule(0)
    })
  }

  async #acknowledge (rows: readonly PhaseRow[]): Promise<void> {
    const known = new Set(this.#options.transitions.map(({ name }) => name))
    const mine = rows.filter(({ name }) => known.has(name))
    const epochs = JSON.stringify(mine.map(({ name, epoch }) => [name, epoch]))
    if (this.#ending.size > 0 || epochs === this.#acknowledged || mine.length === 0) return
    await this.#options.registry.acknowledge(mine)
    this.#acknowledged = epochs
  }
}
