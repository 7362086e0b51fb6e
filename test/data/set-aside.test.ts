import t from 'tap'
import { createGround, named, type Ground } from './fixtures.js'
import { ASIDE, createOrders, DEFINITION, read } from './orders-aside.js'

async function keysOf ({ operator }: Ground): Promise<unknown[]> {
  return (await operator.listSetAside()).rows.map(({ key }) => key)
}

t.test('D19 the backfill sets bad rows aside and fills all others; read-new waits until they are mended and retried', async (t) => {
  const ground = await createOrders(t, { rows: 50, bad: [1, 7, 8, 23, 50] })
  const { operator, knex, events } = ground
  await operator.advance({ to: 'backfill' })
  t.match(events.filter(({ type }) => type === 'set-aside'), [{ transition: 'orders.total', rows: 5 }])
  t.match((await operator.status()).transitions, [{ phase: 'backfill', setAsideRows: 5, pendingRows: 5, backfill: { filledRows: 45, percent: 100 } }])
  t.match(await operator.listSetAside({ limit: 2 }), {
    transition: 'orders.total',
    setAsideRows: 5,
    rows: [{ key: { id: '1' }, direction: 'upgrade', sqlstate: '22003', message: 'bigint out of range', times: 1, firstAt: /^2/ }, { key: { id: '7' } }]
  })
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_SET_ASIDE', message: /set aside \(5\): id = 1: 22003 bigint out of range; id = 7:.*id = 50: [^;]*\. Mend them/ })
  t.match(await operator.retrySetAside(), { filledRows: 0, releasedRows: 0, setAsideRows: 5 }, 'each row is tried once')
  t.match(await operator.listSetAside({ limit: 1 }), { rows: [{ times: 2 }] })
  await knex('orders').where({ id: 7 }).update({ amount: 7 })
  t.same(await keysOf(ground), [1, 8, 23, 50].map((id) => ({ id: `${id}` })), 'a good write takes a row off the list')
  await knex('orders').where({ id: 8 }).del()
  t.same(await keysOf(ground), [1, 23, 50].map((id) => ({ id: `${id}` })), 'and so does a delete')
  await knex('orders').where({ id: 23 }).update({ total: 2300, currency: 'EUR' })
  t.match(await read(knex, 23), { amount: 23, total: 2300, pending: false }, 'a writer of the new side mends a row too')
  await knex('orders').where({ id: 50 }).update({ id: 60 })
  t.same(await keysOf(ground), [{ id: '1' }], 'a row that got another key is found when it is next looked for')
  await operator.advance({ to: 'backfill' })
  t.same(await keysOf(ground), [{ id: '1' }, { id: '60' }])
  await knex('orders').whereIn('id', [1, 60]).update({ amount: 1 })
  t.match(await operator.retrySetAside(), { filledRows: 0, setAsideRows: 0 })
  t.same((await knex.raw('select 1 from vintage.set_aside')).rows, [], 'what is settled is forgotten')
  t.match(await operator.advance({ to: 'drop' }), { phase: 'drop' })
  t.match(await operator.retrySetAside({ transition: 'orders.total' }), { filledRows: 0, setAsideRows: 0 })
  t.same(await operator.listSetAside({ transition: 'orders.total' }), { transition: 'orders.total', setAsideRows: 0, rows: [] })
})

t.test('D19 retry fills rows that were mended behind the triggers, all or those that are named', async (t) => {
  const { operator, knex } = await createOrders(t, { bad: [1, 2, 3, 4, 5, 6, 7] })
  await operator.advance({ to: 'backfill' })
  await knex.raw('alter table orders disable trigger user')
  await knex.raw('update orders set amount = id where id < 7')
  await knex.raw('alter table orders enable always trigger zz_vintage_orders_total_update, enable always trigger zz_vintage_orders_total_insert')
  t.match(await operator.retrySetAside({ rows: [{ id: '2' }, { id: '7' }, { id: '99' }] }), { filledRows: 1, setAsideRows: 6 })
  t.match(await operator.retrySetAside(), { filledRows: 5, setAsideRows: 1 })
  t.match(await read(knex, 3), { total: 300, pending: false })
  await knex('orders').where('id', '<', 7).update({ amount: '1e30' })
  await t.rejects(operator.advance(), { message: /set aside \(7\):.*; …\. Mend them/ })
  for (const row of [{}, { id: '1', more: '2' }, { no: '1' }]) {
    await t.rejects(operator.retrySetAside({ rows: [row] }), { code: 'FST_ERR_VINTAGE_USAGE', message: /named by its primary key, \{"id":"…"\}/ })
  }
})

t.test('D19 a released row goes on with nulls, is right for verification, and its old side stays; others are not released', async (t) => {
  const { operator, knex } = await createOrders(t, { bad: [1, 2] })
  await operator.advance({ to: 'backfill' })
  t.match(await operator.releaseSetAside({ rows: [{ id: '1' }] }), { filledRows: 0, releasedRows: 1, setAsideRows: 1 })
  t.same(await read(knex, 1), { ...ASIDE, pending: false })
  await knex('orders').where({ id: 2 }).update({ amount: 2 })
  t.match(await operator.advance(), { phase: 'read-new' })
  t.match(await operator.verify(), { ok: true, checkedRows: 10 })
  await operator.rollback({ to: 'backfill' })
  await knex('orders').where({ id: 1 }).update({ amount: '2e30' })
  t.match(await operator.listSetAside(), { setAsideRows: 1, rows: [{ key: { id: '1' }, times: 2 }] }, 'a later bad write sets it aside again')
  t.match(await operator.releaseSetAside(), { releasedRows: 1, setAsideRows: 0 })
  t.match(await operator.advance({ to: 'hide' }), { phase: 'hide' })
  t.match(await operator.verify(), { ok: true })
  await knex('orders').where({ id: 1 }).update({ total: 500 })
  t.match(await operator.advance(), { phase: 'drop' })
  t.same((await knex.raw('select 1 from vintage.set_aside')).rows, [])
})

t.test('D19 a release is refused where it would leave null in a column that becomes NOT NULL', async (t) => {
  const { operator } = await createOrders(t, { bad: [1], change: { notNull: ['currency'] } })
  await operator.advance({ to: 'backfill' })
  await t.rejects(operator.releaseSetAside(), { code: 'FST_ERR_VINTAGE_REFUSED_SET_ASIDE', message: /would be null in `currency`/ })
})

for (const [type, value] of Object.entries({ timestamptz: "timestamptz '2026-03-01 12:00:00.000001+02'", bytea: "'\\xdeadbeef'::bytea", float8: '0.1::float8 + 0.2', 'public.citext': "'Ada'::public.citext" })) {
  t.test(`D19 a row is named by a key of type ${type} alike, whatever the settings of its writer`, async (t) => {
    const transitions = await named({ 'orders.total': DEFINITION })
    const { operator, knex } = await createGround(t, async (knex) => {
      await knex.raw('create extension citext')
      await knex.raw(`create table orders (tenant integer, key ${type}, amount numeric, primary key (tenant, key))`)
      await knex.raw(`insert into orders values (1, ${value}, 1e30), (2, ${value}, 1)`)
    }, { transitions })
    await operator.migrate()
    await operator.advance({ to: 'backfill' })
    await knex.transaction(async (trx) => {
      await trx.raw("set local datestyle = 'SQL, DMY'; set local timezone = 'Asia/Tokyo'; set local bytea_output = 'escape'; set local extra_float_digits = -10")
      await trx.raw('update orders set amount = 2e30')
    })
    const { rows } = await operator.listSetAside()
    t.match(rows.map(({ key, times }) => [key.tenant, times]), [['1', 2], ['2', 1]])
    t.equal(rows[0]?.key.key, rows[1]?.key.key)
    await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_SET_ASIDE' })
    t.match(await operator.releaseSetAside({ rows: rows.map(({ key }) => key) }), { releasedRows: 2, setAsideRows: 0 })
    t.match(await operator.verify(), { ok: true })
  })
}

t.test('a bad row that cannot be written for another reason stops a retry, and is named', async (t) => {
  const { operator, open, knex } = await createOrders(t, { bad: [1, 2] })
  await operator.advance({ to: 'backfill' })
  await knex.raw("create function refuse () returns trigger language plpgsql as $$ begin if new.id = 2 then raise exception 'not this one'; end if; return new; end $$")
  await knex.raw('create trigger refuse before update on orders for each row execute function refuse()')
  await t.rejects((await open({ fireTriggers: true })).retrySetAside(), { code: 'FST_ERR_VINTAGE_BACKFILL', message: /row with id = [12] cannot be filled: not this one/ })
})

t.test('nothing is retried while a trigger of ours does not run, since it is the trigger that fills', async (t) => {
  const { operator, knex } = await createOrders(t, { rows: 5, bad: [2] })
  await operator.advance({ to: 'backfill' })
  await knex.raw('alter table orders disable trigger user')
  await knex.raw('update orders set amount = 2 where id = 2')
  await t.rejects(operator.retrySetAside(), { code: 'FST_ERR_VINTAGE_REFUSED_TRIGGERS' })
  t.match(await read(knex, 2), { pending: true }, 'so that no reader takes the null for a value')
})
