import type { Knex } from 'knex'
import pg from 'pg'

/** One connection, in a transaction or not. Statements are `$1`-style, untouched by a query builder. */
export interface Session {
  query<Row extends pg.QueryResultRow = pg.QueryResultRow> (sql: string, values?: readonly unknown[]): Promise<Row[]>
}

/** Connections on demand, of whatever pool; what is not in one `work` may run on different ones. */
export interface Sessions extends Session {
  /** Runs `work` in one transaction without limits of time; whatever it throws rolls back. */
  transaction<T> (work: (session: Session) => Promise<T>, characteristics?: string): Promise<T>
  /** Runs `work` on one connection outside a transaction (CREATE INDEX CONCURRENTLY, VALIDATE). */
  session<T> (work: (session: Session, pid: number) => Promise<T>): Promise<T>
}

/** The operator's own connections; separate from the application's pool, so that neither can starve the other. */
export interface Database extends Sessions {
  /** Backends of the connections that are open now. */
  pids (): number[]
  close (): Promise<void>
}

/** Batches and DDL count on rows being looked at again after a wait, whatever the role's default says. */
const READ_COMMITTED = 'isolation level read committed, read write'

/** Limits that the role or the database has for everybody; a long read is no mistake here. The newest is of Postgres 17. */
const UNLIMITED = `
select set_config(name, '0', true) from pg_catalog.pg_settings
where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'transaction_timeout')`

/** Opens up to four connections, and one for each worker beyond the first, each on first use. */
export async function openDatabase (connection: NonNullable<Knex.Config['connection']>, workers = 1): Promise<Database> {
  const pool = new pg.Pool({ ...await poolConfigOf(connection), max: 3 + workers, application_name: 'vintage operator' })
  // a connection that the server closes while nobody uses it is replaced by the pool
  pool.on('error', ignore)
  const clients = new Set<pg.PoolClient>()
  pool.on('connect', (client) => clients.add(client)).on('remove', (client) => clients.delete(client))
  return {
    ...sessionsOver(async (work) => await onSession(pool, work)),
    pids: () => [...clients].flatMap(pidsOf),
    close: async () => await pool.end()
  }
}

/**
 * Sessions over any pool.
 *
 * @param borrow runs its argument on one connection, which nobody else has meanwhile
 */
export function sessionsOver (borrow: <T>(work: (session: Session) => Promise<T>) => Promise<T>): Sessions {
  return {
    query: async (sql, values) => await borrow(async (session) => await session.query(sql, values)),
    transaction: async (work, characteristics = READ_COMMITTED) => await borrow(async (session) => {
      await session.query(`begin ${characteristics};${UNLIMITED}`)
      try {
        const result = await work(session)
        await session.query('commit')
        return result
      } catch (error) {
        await session.query('rollback').catch(ignore)
        throw error
      }
    }),
    session: async (work) => await borrow(async (session) => {
      const [row] = await session.query<{ pid: number }>('select pg_backend_pid() as pid')
      return await work(session, Number(row?.pid))
    })
  }
}

async function onSession<T> (pool: pg.Pool, work: (session: Session) => Promise<T>): Promise<T> {
  const client = await pool.connect()
  let lost = false
  const onError = (): void => { lost = true }
  client.on('error', onError)
  try {
    return await work({
      query: async (sql, values) => {
        try {
          return (await client.query(sql, values === undefined ? undefined : [...values])).rows
        } catch (error) {
          // the server's farewell comes before its socket closes: nobody may be given this connection in between
          if (Reflect.get(Object(error), 'severity') === 'FATAL') lost = true
          throw error
        }
      }
    })
  } finally {
    client.off('error', onError)
    client.release(lost)
  }
}

/** The backend of a connection of the pg driver; none where the driver does not tell. */
export function pidsOf (connection: unknown): number[] {
  return [Reflect.get(Object(connection), 'processID')].filter((pid) => typeof pid === 'number')
}

async function poolConfigOf (connection: NonNullable<Knex.Config['connection']>): Promise<pg.PoolConfig> {
  const given: unknown = typeof connection === 'function' ? await connection() : connection
  return typeof given === 'string' ? { connectionString: given } : Object.assign({}, given)
}

function ignore (): void {}
