import type { Knex } from 'knex'
import { spanning, type Spanning } from 'fastify-vintage/knex'
import { awaitOrders } from './orders.js'
import { TRANSITIONS } from './people.js'
import { isFragile, ROWS } from './rows.js'
import { runTraffic, type Order, type Shown, type Speaker, type Write } from './traffic.js'

// A build that speaks head columns in every phase. `begin …` lets it join the fleet, `leave` leave it; then it waits to begin again.
awaitOrders(begin)

async function begin (order: Order, messages: string[]): Promise<void> {
  const { knex, start, stop } = await open(order)
  await start()
  process.send?.(`ready ${order.life}`)
  await runTraffic(speakerOf(knex), order, messages)
  await stop()
  process.send?.(`left ${order.life}`)
}

async function open ({ url, name, leaseMs, pollMs }: Order): Promise<Spanning> {
  return await spanning({
    knex: { client: 'pg', connection: { connectionString: url, application_name: name, connectionTimeoutMillis: 3_000 }, pool: { min: 0, max: 3 }, acquireConnectionTimeout: 5_000 },
    versions: TRANSITIONS,
    instance: { name },
    pollMs,
    leaseMs
  })
}

function speakerOf (knex: Knex): Speaker {
  return {
    async write (writes) {
      const [only, ...more] = writes
      if (only !== undefined && more.length === 0) return [await write(knex, only)]
      return await knex.transaction(async (trx) => {
        const versions = []
        for (const one of writes) versions.push(await write(trx, one))
        return versions
      })
    },
    async read (uids, cell) {
      // whole rows, as most do, where all can be shown
      if (!uids.some(isFragile)) {
        const rows = await knex('people').whereIn('uid', [...uids]).select('*')
        return rows.flatMap(({ uid, full_name: full, ver, points, pver }): Shown[] => [{ cell: 'name', uid, value: full, ver }, { cell: 'points', uid, value: String(points), ver: pver }])
      }
      const rows = await knex('people').whereIn('uid', [...uids]).select(cell === 'name' ? { uid: 'uid', value: 'full_name', ver: 'ver' } : { uid: 'uid', value: 'points', ver: 'pver' })
      return rows.map(({ uid, value, ver }) => ({ cell, uid, value: String(value), ver }))
    },
    async readNewest () {
      return await knex('people').where('uid', '>', ROWS).whereNotNull('full_name').orderBy('id', 'desc').limit(10).pluck('uid')
    },
    async insert ({ uid, full, score }) { await knex('people').insert({ uid, full_name: full, points: Number(score) }) },
    remove: async (uid) => await knex('people').where({ uid }).del() > 0,
    move: async (uid) => await knex('people').where({ uid }).update({ id: knex.raw('-id'), moved: knex.raw('moved + 1') }) > 0
  }
}

async function write (db: Knex, { uid, cells, full, score }: Write): Promise<{ ver: number, pver: number } | undefined> {
  const [row] = await db('people').where({ uid }).update({
    ...cells.includes('name') ? { full_name: full, ver: db.raw('ver + 1') } : {},
    ...cells.includes('points') ? { points: Number(score), pver: db.raw('pver + 1') } : {}
  }).returning(['ver', 'pver'])
  return row
}
