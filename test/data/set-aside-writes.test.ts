import { loadModule } from 'libpg-query'
import t from 'tap'
import { readExpressionOf } from '../../src/data/knex/read-expression.js'
import { transition } from '../../src/data/transition.js'
import { createGround, named } from './fixtures.js'
import { ASIDE, createOrders, DEFINITION, PENDING, read } from './orders-aside.js'

t.test('D6 `set-aside` lets a bad write of the old side through and keeps the marker; who reads the row meets the error, never a null', async (t) => {
  const ground = await createOrders(t)
  const { operator, knex } = ground
  await operator.advance({ to: 'backfill' })
  await knex.raw('update orders set amount = 1e30 where id in (1, 2)')
  await knex.raw('insert into orders values (11, 1e30), (12, 12)')
  t.same(await read(knex, 1), ASIDE)
  t.same(await read(knex, 11), ASIDE)
  await loadModule()
  await t.rejects(knex.raw(`select ${readExpressionOf({ ...DEFINITION, name: 'orders.total' }, 'total')('orders')} from orders where id = 1`), { code: '22003' })
  t.match(await read(knex, 12), { total: 1200, pending: false })
  await knex.raw("update orders set note = 'seen' where id = 1")
  t.match(await operator.listSetAside(), { setAsideRows: 3, rows: [{ times: 1 }, {}, {}] }, 'a write to another column is no try')
  await knex.raw('update orders set amount = 2e30 where id = 1')
  t.match(await operator.listSetAside(), { rows: [{ key: { id: '1' }, times: 2 }] })
  await knex.raw('insert into orders values (2, 1e30) on conflict (id) do update set amount = 2')
  t.match(await read(knex, 2), { total: 200, pending: false })
  t.match(await operator.verify(), { mismatchedRows: 0, pendingRows: 2 })
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_SET_ASIDE' })
})

t.test('D6 a bad write that is rolled back leaves no note, and one that cannot be noted fails', async (t) => {
  const { operator, knex } = await createOrders(t)
  await operator.advance({ to: 'backfill' })
  const undone = await knex.transaction()
  await undone.raw('update orders set amount = 1e30 where id = 1')
  await undone.rollback()
  t.match(await operator.listSetAside(), { setAsideRows: 0, rows: [] })
  await knex.raw('drop function vintage.orders_total_set_aside')
  await t.rejects(knex.raw('update orders set amount = 1e30 where id = 1'), { code: '42883' })
})

t.test('D6 errors of the server itself are not taken for bad values', async (t) => {
  const transitions = await named({ 'orders.total': transition<string, string>({ ...DEFINITION, upgrade: { total: 'public.total_of(amount)', currency: "'EUR'" } }) })
  const { operator, knex } = await createGround(t, async (knex) => {
    await knex.raw('create table orders (id integer primary key, amount numeric, note text)')
    await knex.raw("create function total_of (amount numeric) returns bigint immutable language plpgsql as $$ begin if amount < 0 then raise exception using errcode = case amount when -1 then '40001' else 'P0001' end; end if; return amount * 100; end $$")
    await knex.raw('insert into orders values (1, 1)')
  }, { transitions })
  await operator.migrate()
  await t.rejects(knex.raw('update orders set amount = -1 where id = 1'), { code: '40001' })
  await knex.raw('update orders set amount = -2 where id = 1')
  t.match(await operator.listSetAside(), { rows: [{ sqlstate: 'P0001' }] })
})

t.test('D6 a bad write of the new side is refused, since readers of the old side would see what is stale', async (t) => {
  const { operator, knex } = await createOrders(t, { change: { downgrade: { amount: 'total / (total - 13)' } } })
  await operator.advance({ to: 'backfill' })
  await t.rejects(knex.raw('update orders set total = 13 where id = 1'), { code: '22012' })
  await t.rejects(knex.raw("insert into orders (id, total, currency) values (11, 13, 'EUR')"), { code: '22012' })
})

t.test('D4 one statement that sets both sides, the old one badly: the new side wins', async (t) => {
  const { knex } = await createOrders(t)
  await knex.raw("update orders set amount = 1e30, total = 700, currency = 'EUR' where id = 1")
  t.same(await read(knex, 1), { amount: 7, total: 700, currency: 'EUR', pending: false })
  await knex.raw("insert into orders (id, amount, total, currency) values (11, 1e30, 700, 'EUR')")
  t.same(await read(knex, 11), { amount: 7, total: 700, currency: 'EUR', pending: false })
})

t.test('a row that is set aside is mended by a writer that sets all of the new side; one that sets a part fails as readers do', async (t) => {
  const { operator, knex } = await createOrders(t, { bad: [1] })
  await operator.advance({ to: 'backfill' })
  await t.rejects(knex.raw('update orders set total = 700 where id = 1'), { code: '22003' })
  t.same(await read(knex, 1), ASIDE)
  await knex.raw("update orders set total = 700, currency = 'USD' where id = 1")
  t.same(await read(knex, 1), { amount: 7, total: 700, currency: 'USD', pending: false })
  t.match(await operator.listSetAside(), { setAsideRows: 0 })
})

t.test('D6 the known limit holds for a row that is set aside too: a new-only writer that sets null changes nothing, and the row stays on the list', async (t) => {
  const { operator, knex } = await createOrders(t, { bad: [1] })
  await operator.advance({ to: 'backfill' })
  await knex.raw('update orders set total = null, currency = null where id = 1')
  t.same(await read(knex, 1), ASIDE)
  t.match(await operator.listSetAside(), { setAsideRows: 1, rows: [{ times: 1 }] })
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_SET_ASIDE' })
  t.match(await operator.releaseSetAside(), { releasedRows: 1 }, 'a release does what was meant')
  t.match(await operator.advance(), { phase: 'read-new' })
  t.same(await knex('orders').where({ id: 1 }).first('total', 'currency'), { total: null, currency: null })
})

t.test('a value that the new side refuses sets the row aside: too long, or null where it becomes NOT NULL', async (t) => {
  const { operator, knex } = await createOrders(t, {
    rows: 3,
    change: { after: { total: 'bigint', currency: 'varchar(3)' }, upgrade: { total: '(amount * 100)::bigint', currency: 'repeat(\'x\', amount::int)' }, notNull: ['total'] }
  })
  await knex.raw('insert into orders values (4, null), (5, 5)')
  await knex.raw('update orders set amount = null where id = 2')
  t.match((await operator.listSetAside()).rows, [
    { key: { id: '4' }, sqlstate: '23502', message: 'upgrade gives null for total, which is to be NOT NULL' },
    { key: { id: '5' }, sqlstate: '22001' },
    { key: { id: '2' }, sqlstate: '23502' }
  ])
  await knex.raw('update orders set amount = 2 where amount is null or amount > 3')
  t.match(await operator.advance({ to: 'read-new' }), { phase: 'read-new' })
})

t.test('writers that set the same rows aside at once wait for nothing but the rows', async (t) => {
  const { operator, knex } = await createOrders(t)
  await operator.advance({ to: 'backfill' })
  let failed = 0
  await Promise.all(Array.from({ length: 6 }, async (_, writer) => {
    for (let round = 0; round < 15; round++) {
      const id = 1 + (writer + round) % 3
      await knex.raw(`update orders set amount = ${round % 2 === 0 ? '1e30' : id} where id = ?`, [id]).catch(() => { failed++ })
    }
  }))
  t.equal(failed, 0)
  const { rows } = await knex.raw(`select id::text from orders where ${PENDING} order by id`)
  t.same((await operator.listSetAside()).rows.map(({ key }) => key.id).sort(), rows.map(({ id }: { id: string }) => id))
})
