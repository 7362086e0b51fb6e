import knexFactory, { type Knex } from 'knex'
import { poolSessions } from '../online/knex-sessions.js'
import { ShadowReads, type ShadowOptions } from './shadow-reads.js'

/** Shadow reads with their own connection. */
export interface OpenShadowReads {
  readonly reads: ShadowReads
  /** Waits for the comparison in hand, and ends the connection. */
  stop (): Promise<void>
}

/** @param config of a pool of one connection, opened on first use, where the application's statements run */
export function openShadowReads (config: Knex.Config, options: Omit<ShadowOptions, 'sessions'>): OpenShadowReads {
  const knex = knexFactory(config)
  const reads = new ShadowReads({ ...options, sessions: poolSessions(knex.client) })
  return {
    reads,
    stop: async () => {
      await reads.stop()
      await knex.destroy()
    }
  }
}
