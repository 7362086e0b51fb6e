import type { ConnectionSettings } from '../../config.js'
import type { Database } from '../../data/database.js'

const CONNECT_LIMIT_MS = 5000

/** In a transaction of these nothing can be written. */
export const READ_ONLY = 'isolation level read committed, read only'

/** Gives connections to the database of the config, which is reached for once: whoever asks after a failure is told the same at once. */
export type Reach = () => Promise<Database>

/** Runs `work`, and closes the connections that it has asked for. */
export async function inDatabase<T> (connection: () => Promise<ConnectionSettings>, work: (reach: Reach) => Promise<T>): Promise<T> {
  const opened: { database?: Promise<Database> } = {}
  try {
    return await work(async () => await (opened.database ??= open(connection)))
  } finally {
    await opened.database?.then(async (database) => await database.close(), () => {})
  }
}

async function open (connection: () => Promise<ConnectionSettings>): Promise<Database> {
  // pg and knex are optional peers, so they are looked for only here
  const { openDatabase } = await import('../../data/database.js')
  const settings = await connection()
  const database = await openDatabase({ ...typeof settings === 'string' ? { connectionString: settings } : settings, connectionTimeoutMillis: CONNECT_LIMIT_MS })
  try {
    await database.query('select 1')
    return database
  } catch (error) {
    await database.close()
    throw error
  }
}
