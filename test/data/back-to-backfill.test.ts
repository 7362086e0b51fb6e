import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import { spanning } from '../../src/data/knex/spanning.js'
import { transition } from '../../src/data/transition.js'
import { CENTS, createGround, named, type Ground } from './fixtures.js'

const DEFINITION = transition<string, string>({ ...CENTS, notNull: ['total'], checks: { orders_total_small: 'total < 1000000' } })

/** `orders` at read-new, and an instance that has seen it and looks at the phases no more unless it is told to. */
async function createLateReader (t: Test): Promise<Ground & { live: Knex, stop: () => Promise<void>, write: (amount: string | null) => Promise<unknown> }> {
  const ground = await createGround(t, async (knex) => {
    await knex.raw('create table orders (id integer primary key, amount numeric)')
    await knex.raw('insert into orders select i, i from generate_series(1, 5) i')
  }, { transitions: await named({ 'orders.total': DEFINITION }), waitMs: 250 })
  await ground.operator.migrate()
  await ground.operator.advance({ to: 'read-new' })
  const { knex: live, start, stop } = await spanning({ knex: { client: 'pg', connection: ground.url }, versions: { 'orders.total': DEFINITION }, pollMs: 600_000, leaseMs: 1_200_000 })
  t.teardown(stop)
  await start()
  return { ...ground, live, stop, write: async (amount) => await ground.knex.raw('update orders set amount = ? where id = 1', [amount]) }
}

const FLEET = { code: 'FST_ERR_VINTAGE_REFUSED_FLEET', message: /is at `backfill`, epoch 5, .* is at epoch 4/ }

t.test('D15 on the way back to backfill no row is set aside before every instance goes by the marker', async (t) => {
  const { operator, live, stop, write } = await createLateReader(t)
  await t.rejects(operator.rollback({ to: 'backfill' }), FLEET)
  t.match(await operator.status(), { transitions: [{ phase: 'backfill' }] })
  await t.rejects(operator.advance(), FLEET, 'nor does an advance that fails take away what instances go by')
  for (const [amount, code] of [['1e30', '22003'], ['1e5', '23514'], [null, '23502']] as const) {
    await t.rejects(write(amount), { code }, 'as at read-new')
  }
  t.same(await live('orders').where({ id: 1 }).pluck('total'), ['100'], 'who reads the column itself sees no null')
  await stop()
  await operator.rollback({ to: 'backfill' })
  await write('1e30')
  t.match(await operator.listSetAside(), { setAsideRows: 1 })
})

t.test('D15 a way back to backfill that stopped half way goes on with the next command, forward, back or on the spot', async (t) => {
  const { operator, stop, write } = await createLateReader(t)
  const stopHalfWay = async (): Promise<unknown> => await t.rejects(operator.rollback({ to: 'backfill' }), { code: 'FST_ERR_VINTAGE_REFUSED_FLEET' })
  await stopHalfWay()
  await t.rejects(operator.rollback({ to: 'dual-write' }), FLEET, 'nor may it go further back')
  await stop()
  t.match(await operator.advance(), { phase: 'read-new', epoch: 6 })
  await t.rejects(write('1e5'), { code: '23514' })
  t.match(await operator.rollback({ to: 'backfill' }), { phase: 'backfill', epoch: 7 })
  await write('1e5')
  await write('1')
  t.match(await operator.advance({ to: 'backfill' }), { steps: [] })
  t.match(await operator.rollback({ to: 'dual-write' }), { phase: 'dual-write', epoch: 8 })
  await write(null)
  t.match(await operator.listSetAside(), { rows: [{ key: { id: '1' }, sqlstate: '23502' }] })
})
