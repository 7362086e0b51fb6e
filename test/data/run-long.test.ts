import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t, { type Test } from 'tap'
import { sessionsOver, type Session, type Sessions } from '../../src/data/database.js'
import { runLong } from '../../src/data/governor/run-long.js'
import { createDatabase } from '../database.js'
import { until } from '../until.js'

const STATEMENT = 'select pg_sleep(0.5)'

interface Interception {
  /** the text of a query, before it is sent */
  readonly before?: (sql: string) => Promise<void> | void
  /** after it was answered */
  readonly after?: (sql: string) => void
  /** before the second connection is lent */
  readonly lend?: () => Promise<void>
}

/** Sessions over two connections: the first one is lent until it is given back, the other one to whoever comes meanwhile. */
async function createTwo (t: Test, { before = () => {}, after = () => {}, lend = async () => {} }: Interception): Promise<{ database: Sessions, first: pg.Client }> {
  const { url } = await createDatabase(t)
  const open = async (): Promise<pg.Client> => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    t.teardown(async () => await client.end())
    return client
  }
  const first = await open()
  const free = [first, await open()]
  const sessionOf = (client: pg.Client): Session => ({
    query: async (sql, values) => {
      await before(sql)
      const { rows } = await client.query(sql, values === undefined ? undefined : [...values])
      after(sql)
      return rows
    }
  })
  const database = sessionsOver(async (work) => {
    const client = free.shift()
    if (client === undefined) throw new Error('no connection is left')
    if (client !== first) await lend()
    return await work(sessionOf(client)).finally(() => free.unshift(client))
  })
  return { database, first }
}

t.test('a cancel that comes late hits nothing that is run on the connection afterwards', async (t) => {
  const stop = new AbortController()
  let ended = false
  const { database, first } = await createTwo(t, {
    before: async (sql) => {
      if (sql === STATEMENT) stop.abort()
      if (sql.includes('pg_cancel_backend')) await until('the end', () => ended).then(async () => await sleep(100))
    },
    after: (sql) => { if (sql === STATEMENT) ended = true }
  })
  await first.query("set statement_timeout = '7s'")
  await runLong({ database, signal: stop.signal }, STATEMENT)
  t.strictSame((await first.query('show statement_timeout')).rows, [{ statement_timeout: '7s' }])
  await first.query('select pg_sleep(0.3)')
})

t.test('nothing is cancelled over a connection that comes after the end', async (t) => {
  const stop = new AbortController()
  const sent: string[] = []
  const ends = { long: false, lent: false }
  const { database } = await createTwo(t, {
    before: (sql) => {
      sent.push(sql)
      if (sql === STATEMENT) stop.abort()
    },
    lend: async () => {
      await until('the end', () => ends.long)
      ends.lent = true
    }
  })
  await runLong({ database, signal: stop.signal }, STATEMENT)
  ends.long = true
  await until('the connection', () => ends.lent)
  await until('its first query', () => sent.at(-1) === 'select pg_backend_pid() as pid')
  await sleep(50)
  t.notOk(sent.some((sql) => sql.includes('pg_cancel_backend')))
})

t.test('a cancel that comes before the statement has begun, or cannot be sent, is sent again', async (t) => {
  const stop = new AbortController()
  let cancelled = false
  let tries = 0
  const { database, first } = await createTwo(t, {
    before: async (sql) => {
      if (sql.includes('pg_cancel_backend') && ++tries === 1) throw new Error('not sent')
      if (sql !== STATEMENT) return
      stop.abort()
      await until('the cancel', () => cancelled)
    },
    after: (sql) => { if (sql.includes('pg_cancel_backend')) cancelled = true }
  })
  await t.rejects(runLong({ database, signal: stop.signal }, STATEMENT), { code: 'FST_ERR_VINTAGE_ABORTED' })
  t.strictSame((await first.query('show statement_timeout')).rows, [{ statement_timeout: '0' }])
})

t.test('who is called off while it looks whether a statement is wanted still does not begin it', async (t) => {
  const stop = new AbortController()
  const sent: string[] = []
  const { database } = await createTwo(t, { before: (sql) => { sent.push(sql) } })
  const wanted = async (session: Session): Promise<boolean> => {
    stop.abort()
    await session.query('select pg_sleep(0.2)').catch(() => {})
    return true
  }
  await t.rejects(runLong({ database, signal: stop.signal }, STATEMENT, { turn: { key: 'one', wanted } }), { code: 'FST_ERR_VINTAGE_ABORTED' })
  t.notOk(sent.includes(STATEMENT))
})
