import type { Knex } from 'knex'
import { SilentDatabaseError } from '../../errors.js'
import { isRecord } from '../knex/syntax.js'
import { HAS_PHASES } from './sql/read-phases.js'

/** A connection to schema `vintage` of one server. */
export interface FleetConnection {
  query (sql: string, values?: readonly unknown[]): Promise<unknown[]>
  /** Whether `vintage migrate` has ever run there. */
  isPresent (): Promise<boolean>
}

/** Of the pg driver: statements here have `$1`, which knex would take for text. */
interface Connection {
  query (sql: string, values: readonly unknown[]): Promise<{ rows: unknown[] }>
  __knex__disposed?: unknown
}

/**
 * @param knex a plain one with a connection of its own, so that an exhausted pool of the application cannot cost the lease
 * @param limitMs for one statement; FST_ERR_VINTAGE_SILENT_DATABASE after it
 */
export function connectFleet (knex: Knex, limitMs: number): FleetConnection {
  let present = false

  async function query (sql: string, values: readonly unknown[] = []): Promise<unknown[]> {
    const connection: Connection = await knex.client.acquireConnection()
    return await within(limitMs, connection.query(sql, values)).then(({ rows }) => rows, (error: unknown) => {
      // knex closes such a connection instead of lending it out again
      connection.__knex__disposed = error
      throw error
    }).finally(() => knex.client.releaseConnection(connection))
  }

  return {
    query,
    async isPresent () {
      if (present) return true
      const [row] = await query(HAS_PHASES)
      present = isRecord(row) && row.present === true
      return present
    }
  }
}

/**
 * A connection that hears nothing any more would keep every statement waiting.
 *
 * @throws FST_ERR_VINTAGE_SILENT_DATABASE after `limitMs`
 */
export async function within<T> (limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    // one turn later: after a halt of this process timers come before the answers that have arrived meanwhile
    timer = setTimeout(() => setImmediate(() => reject(new SilentDatabaseError(limitMs))), limitMs)
  })
  return await Promise.race([work, late]).finally(() => clearTimeout(timer))
}
