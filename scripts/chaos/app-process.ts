import { spanning } from 'fastify-vintage/knex'
import { FULL_NAME, NAME } from './people.js'
import { runTraffic } from './traffic.js'

// A build that speaks head columns in every phase. Arguments: database, name, log file, seed, milliseconds of lease.
const [url = '', name = '', file = '', seed = '', leaseMs = ''] = process.argv.slice(2)
process.once('disconnect', () => process.exit(1))
const { knex, start, stop } = await spanning({
  knex: { client: 'pg', connection: { connectionString: url, application_name: name, connectionTimeoutMillis: 3_000 }, pool: { min: 0, max: 3 }, acquireConnectionTimeout: 5_000 },
  versions: { [NAME]: FULL_NAME },
  instance: { name },
  pollMs: 100,
  leaseMs: Number(leaseMs)
})
await start()
process.send?.('ready')

await runTraffic({
  async write (writes) {
    const [only, ...more] = writes
    if (only !== undefined && more.length === 0) {
      const [row] = await knex('people').where({ id: only.id }).update({ full_name: only.full, ver: knex.raw('ver + 1') }).returning('ver')
      return [row.ver]
    }
    return await knex.transaction(async (trx) => {
      const versions: number[] = []
      for (const { id, full } of writes) {
        const [row] = await trx('people').where({ id }).update({ full_name: full, ver: trx.raw('ver + 1') }).returning('ver')
        versions.push(row.ver)
      }
      return versions
    })
  },
  async read (ids) {
    const rows = await knex('people').whereIn('id', [...ids]).select('*')
    return rows.map(({ id, full_name: full, ver }) => ({ id, full, ver }))
  }
}, { name, file, seed: Number(seed) })
await stop()
process.exit()
