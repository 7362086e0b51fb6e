import type { ConnectionSettings } from '../../config.js'
import type { Database } from '../../data/database.js'

const CONNECT_LIMIT_MS = 5000

/** In a transaction of these nothing can be written. */
export const READ_ONLY = 'isolation level read committed, read only'

/** Runs `work` with connections to the database of the config. */
export async function inDatabase<T> (connection: () => Promise<ConnectionSettings>, work: (database: Database) => Promise<T>): Promise<T> {
  // pg and knex are optional peers, so they are looked for only here
  const { openDatabase } = await import('../../data/database.js')
  const settings = await connection()
  const database = await openDatabase({ ...typeof settings === 'string' ? { connectionString: settings } : settings, connectionTimeoutMillis: CONNECT_LIMIT_MS })
  try {
    return await work(database)
  } finally {
    await database.close()
  }
}
