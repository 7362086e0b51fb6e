import type { Knex } from 'knex'
import { InvalidOptionError, SilentDatabaseError } from '../../errors.js'
import { sessionsOver, type Session, type Sessions } from '../database.js'

/** What is used of a connection of the pg driver. */
interface Connection {
  query (sql: string, values?: unknown[]): Promise<{ rows: never[] }>
  __knex__disposed?: unknown
}

/**
 * Sessions on the connections of a knex, so that its role, its search_path and what `afterCreate` does hold here too;
 * past its query builder, its hooks and what a spanning knex does with statements.
 *
 * @throws FST_ERR_VINTAGE_INVALID_OPTION for another database, or a pool of one connection
 */
export function knexSessions (knex: Knex): Sessions {
  const client: Knex.Client = knex.client
  if (!['pg', 'pgnative'].includes(client.driverName)) throw new InvalidOptionError('knex', `must be a knex for Postgres (\`client: 'pg'\`), got ${client.driverName}`)
  const max: unknown = client.config.pool?.max
  if (typeof max === 'number' && max < 2) throw new InvalidOptionError('knex', 'must have a pool of at least two connections (`pool: { max: 2 }`): one works, one looks after it')
  return poolSessions(client)
}

/**
 * As `knexSessions`, whatever the pool.
 *
 * @param bounded gives an answer up that comes too late, and its connection with it @default waits for each
 */
export function poolSessions (client: Knex.Client, bounded: <T>(answer: Promise<T>) => Promise<T> = async (answer) => await answer): Sessions {
  return sessionsOver(async (work) => {
    const connection: Connection = await client.acquireConnection()
    try {
      return await work(sessionOn(connection, bounded))
    } finally {
      await client.releaseConnection(connection)
    }
  })
}

function sessionOn (connection: Connection, bounded: <T>(answer: Promise<T>) => Promise<T>): Session {
  return {
    query: async (sql, values) => {
      // what has been given up would keep the next statement waiting too
      if (connection.__knex__disposed !== undefined) throw connection.__knex__disposed
      try {
        return (await bounded(connection.query(sql, values === undefined ? undefined : [...values]))).rows
      } catch (error) {
        // the server's farewell comes before its socket closes: knex shall give this connection to nobody in between
        if (Reflect.get(Object(error), 'severity') === 'FATAL' || error instanceof SilentDatabaseError) connection.__knex__disposed = error
        throw error
      }
    }
  }
}
