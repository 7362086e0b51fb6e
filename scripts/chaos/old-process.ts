import pg from 'pg'
import { runTraffic } from './traffic.js'

// A build of before: plain SQL that knows the old columns only. Arguments: database, name, log file, seed.
const [url = '', name = '', file = '', seed = ''] = process.argv.slice(2)
process.once('disconnect', () => process.exit(1))
const pool = new pg.Pool({ connectionString: url, max: 2, application_name: name, connectionTimeoutMillis: 3_000 })
// a connection that breaks while nobody waits for an answer
pool.on('error', () => {}).on('connect', (client) => client.on('error', () => {}))

await runTraffic({
  async write (writes) {
    const client = await pool.connect()
    let problem: Error | undefined
    try {
      await client.query('begin')
      const versions: number[] = []
      for (const { id, first, last } of writes) {
        const { rows } = await client.query<{ ver: number }>('update people set first_name = $2, last_name = $3, ver = ver + 1 where id = $1 returning ver', [id, first, last])
        versions.push(rows[0]?.ver ?? -1)
      }
      await client.query('commit')
      return versions
    } catch (error) {
      problem = error instanceof Error ? error : new Error(String(error))
      throw error
    } finally {
      client.release(problem)
    }
  },
  async read (ids) {
    const { rows } = await pool.query<{ id: number, first_name: string, last_name: string, ver: number }>('select id, first_name, last_name, ver from people where id = any ($1)', [ids])
    return rows.map(({ id, first_name: first, last_name: last, ver }) => ({ id, full: `${first} ${last}`.trim(), ver }))
  }
}, { name, file, seed: Number(seed) })
await pool.end()
process.exit()
