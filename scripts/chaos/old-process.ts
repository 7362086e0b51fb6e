import pg from 'pg'
import { awaitOrders } from './orders.js'
import { ROWS } from './rows.js'
import { runTraffic, type Order, type Shown, type Speaker, type Write } from './traffic.js'

// A build of before: plain SQL that knows the old columns only. `begin …` lets it begin, `leave` end.
awaitOrders(begin)

async function begin (order: Order, messages: string[]): Promise<void> {
  const pool = new pg.Pool({ connectionString: order.url, max: 2, application_name: order.name, connectionTimeoutMillis: 3_000 })
  // a connection that breaks while nobody waits for an answer
  pool.on('error', () => {}).on('connect', (client) => client.on('error', () => {}))
  process.send?.(`ready ${order.life}`)
  await runTraffic(speakerOf(pool), order, messages)
  await pool.end()
  process.send?.(`left ${order.life}`)
}

function speakerOf (pool: pg.Pool): Speaker {
  return {
    async write (writes) {
      const client = await pool.connect()
      let problem: Error | undefined
      try {
        await client.query('begin')
        const versions = []
        for (const one of writes) versions.push(await write(client, one))
        await client.query('commit')
        return versions
      } catch (error) {
        problem = error instanceof Error ? error : new Error(String(error))
        throw error
      } finally {
        client.release(problem)
      }
    },
    async read (uids, cell) {
      const shown = cell === 'name' ? "first_name || ' ' || last_name as value, ver" : 'score as value, pver as ver'
      const { rows } = await pool.query<{ uid: number, value: string, ver: number }>(`select uid, ${shown} from people where uid = any ($1)`, [uids])
      return rows.map((row): Shown => ({ ...row, cell, value: row.value.trim() }))
    },
    async readNewest () {
      return (await pool.query<{ uid: number }>('select uid from people where uid > $1 order by id desc limit 10', [ROWS])).rows.map(({ uid }) => uid)
    },
    async insert ({ uid, first, last, score }) {
      await pool.query('insert into people (uid, first_name, last_name, score) values ($1, $2, $3, $4)', [uid, first, last, score])
    },
    remove: async (uid) => (await pool.query('delete from people where uid = $1', [uid])).rowCount === 1,
    move: async (uid) => (await pool.query('update people set id = -id, moved = moved + 1 where uid = $1', [uid])).rowCount === 1
  }
}

async function write (client: pg.PoolClient, { uid, cells, first, last, score }: Write): Promise<{ ver: number, pver: number } | undefined> {
  const [names, points] = [cells.includes('name'), cells.includes('points')]
  const sets = [...names ? ['first_name = $2, last_name = $3, ver = ver + 1'] : [], ...points ? [`score = $${names ? 4 : 2}, pver = pver + 1`] : []]
  const values = [uid, ...names ? [first, last] : [], ...points ? [score] : []]
  return (await client.query<{ ver: number, pver: number }>(`update people set ${sets.join(', ')} where uid = $1 returning ver, pver`, values)).rows[0]
}
