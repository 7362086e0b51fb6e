import knexFactory, { type Knex } from 'knex'
import { within } from '../fleet/fleet-connection.js'
import { poolSessions } from '../online/knex-sessions.js'
import { ShadowReads, type ShadowOptions } from './shadow-reads.js'

/** Shadow reads with their own connection. */
export interface OpenShadowReads {
  readonly reads: ShadowReads
  /** Waits for the comparison in hand, and ends the connection; what takes longer ends by itself, at its own limit. */
  stop (): Promise<void>
}

/**
 * @param config of a pool of one connection, opened on first use, where the application's statements run
 * @param limitMs for the answer to each statement, and for stopping
 */
export function openShadowReads (config: Knex.Config, limitMs: number, options: Omit<ShadowOptions, 'sessions'>): OpenShadowReads {
  const knex = knexFactory(config)
  const reads = new ShadowReads({ ...options, sessions: poolSessions(knex.client, async (answer) => await within(limitMs, answer)) })
  return {
    reads,
    stop: async () => await within(limitMs, reads.stop().then(async () => await knex.destroy())).catch(() => {})
  }
}
