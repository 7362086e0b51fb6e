import knexFactory, { type Knex } from 'knex'
import { InvalidOptionError } from '../../errors.js'
import { FleetInstance } from '../fleet/instance.js'
import { openRegistry, type InstanceName } from '../fleet/registry.js'
import { loadTransitions, type ImportModule, type TransitionSource } from '../load-transitions.js'
import { openShadowReads } from '../shadow/open-shadow-reads.js'
import { ShadowCounts } from '../shadow/shadow-counts.js'
import { spanningClient } from './client.js'

/** Options of `spanning()` and of the plugin `vintageKnex`. */
export interface SpanningOptions {
  /** options of knex, with `client: 'pg'` */
  readonly knex: Knex.Config
  /**
   * for a knex on a streaming replica: how its primary is reached, where this process registers and acknowledges what
   * the replica has replayed; `knex.connection` must lead to the same replica each time @default the knex's own server
   */
  readonly primary?: NonNullable<Knex.Config['connection']>
  /** the folder `versions/`, whose `transitions/` is read, or a record of name → definition */
  readonly versions: TransitionSource
  /** how files of `versions/transitions/` are loaded @default the native `import()` */
  readonly importModule?: ImportModule
  /** how this process shows in `vintage status` @default host and pid, no build */
  readonly instance?: InstanceName
  /** between two looks at the phases @default 250 */
  readonly pollMs?: number
  /** after which a silent process counts as gone; at least twice `pollMs` @default 10_000 */
  readonly leaseMs?: number
  /**
   * share of the SELECTs, 0 to 1, that are run once more in the background while the columns that they read are filled
   * and not read yet: as they are served, and as they will be from `read-new` on. What is compared and what differs is
   * counted, see `vintage status`. It takes a connection of its own @default 0
   */
  readonly shadowReads?: number
}

/** A knex that speaks head columns in every phase, and the process's place in the fleet. */
export interface Spanning {
  readonly knex: Knex
  /**
   * Joins the fleet; the first statement does so too.
   *
   * @throws FST_ERR_VINTAGE_REFUSED_NOT_READY, FST_ERR_VINTAGE_REFUSED_UNKNOWN_TRANSITION when build and database do not fit
   */
  start (): Promise<void>
  /** Ends the pool, then leaves the fleet; a second call waits for the first. */
  stop (): Promise<void>
}

/**
 * Makes a knex whose statements name head columns only, whatever phase the tables are in. Nothing is sent before
 * `start()` or the first statement. `*` over a table in transition is written out with the columns of the last look at
 * the phases: until the next one it lacks a column that was just added, and fails with 42703 for one that was just dropped.
 *
 * @param onError told when the phases cannot be read for a while, the database cannot be told that this process leaves, or no
 *   shadow read can be made
 * @throws FST_ERR_VINTAGE_INVALID_OPTION, FST_ERR_VINTAGE_INVALID_TRANSITION
 * @example
 * const { knex, stop } = await spanning({ knex: { client: 'pg', connection }, versions: new URL('./versions/', import.meta.url) })
 * await knex('users').where({ full_name: 'Ada Lovelace' }).first()
 * await stop()
 */
export async function spanning (options: SpanningOptions, onError: (error: unknown) => void = () => {}): Promise<Spanning> {
  const { pollMs = 250, leaseMs = 10_000, shadowReads = 0, versions, importModule, instance, primary } = options
  checkDurations(pollMs, leaseMs)
  checkShare(shadowReads)
  const transitions = await loadTransitions(versions, importModule === undefined ? {} : { importModule })
  const config = registryConfig(options.knex, leaseMs)
  const servers = { served: knexFactory(config), ...primary === undefined ? {} : { primary: knexFactory({ ...config, connection: primary }) } }
  const registry = openRegistry(servers, transitions.map(({ name }) => name), leaseMs, instance)
  const shadowCounts = shadowReads > 0 ? new ShadowCounts() : undefined
  const fleet = new FleetInstance({ registry, transitions, pollMs, leaseMs, shadowCounts, onError })
  const shadows = shadowCounts && openShadowReads(config, leaseMs, { share: shadowReads, transitions, counts: shadowCounts, isLatest: (era) => fleet.latest === era, onError })
  const knex = knexFactory({ ...options.knex, client: spanningClient(options.knex.client, fleet, shadows?.reads) })
  let stopped: Promise<void> | undefined
  return {
    knex,
    start: async () => await fleet.start(),
    stop: async () => await (stopped ??= knex.destroy().finally(async () => await shadows?.stop()).finally(async () => await fleet.stop()))
  }
}

function checkDurations (pollMs: number, leaseMs: number): void {
  if (!(pollMs > 0)) throw new InvalidOptionError('pollMs', `must be a number of milliseconds above 0, got ${pollMs}`)
  if (!(leaseMs >= 2 * pollMs)) throw new InvalidOptionError('leaseMs', `must be at least twice pollMs (${pollMs}), got ${leaseMs}`)
}

function checkShare (shadowReads: number): void {
  if (!(shadowReads >= 0 && shadowReads <= 1)) throw new InvalidOptionError('shadowReads', `must be a share from 0 to 1, got ${shadowReads}`)
}

/** A connection of its own, made like those of the application: the search_path decides what a bare table name means. */
function registryConfig (config: Knex.Config, leaseMs: number): Knex.Config {
  // what goes wrong here is told to onError; knex would print it on top
  const log = { ...config.log, warn: () => {} }
  return { ...config, pool: { ...config.pool, min: 0, max: 1 }, acquireConnectionTimeout: leaseMs, log }
}
