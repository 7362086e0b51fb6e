import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import { loadModule } from 'libpg-query'
import t, { type Test } from 'tap'
import { readExpressionOf } from '../../src/data/knex/read-expression.js'
import type { Operator } from '../../src/data/operator.js'
import { transition, type TransitionDefinition } from '../../src/data/transition.js'
import { createGround, named, type Ground } from './fixtures.js'

const PENDING = 'vintage_orders_total_pending'

const PENDING_INDEX = 'vintage_orders_total_pending_rows'

const DEFINITION = transition({
  table: 'orders',
  before: { amount: 'numeric' },
  after: { total: 'bigint', currency: 'text' },
  upgrade: { total: '(amount * 100)::bigint', currency: "'EUR'" },
  downgrade: { amount: 'total / 100' },
  onError: 'set-aside'
})

/** `orders` at dual-write, with amounts 1, 2, 3, …; those of `bad` do not fit into a bigint. */
async function createOrders (t: Test, { rows = 10, bad = [], change = {}, }: {
  rows?: number, bad?: readonly number[], change?: Partial<TransitionDefinition>
} = {}): Promise<Ground> {
  const transitions = await named({ 'orders.total': transition<string, string>({ ...DEFINITION, ...change }) })
  const ground = await createGround(t, async (knex) => {
    await knex.raw('create table orders (id integer primary key, amount numeric, note text)')
    await knex.raw('insert into orders (id, amount) select i, i from generate_series(1, ?::int) i', [rows])
    await knex('orders').whereIn('id', bad).update({ amount: '1e30' })
  }, { transitions, batchRows: 4 })
  await ground.operator.migrate()
  return ground
}

async function read (knex: Knex, id: number): Promise<unknown> {
  return (await knex.raw(`select amount::float8, total::int, currency, ${PENDING} as pending from orders where id = ?`, [id])).rows[0]
}

async function keysOf ({ operator }: Ground): Promise<unknown[]> {
  return (await operator.listSetAside()).rows.map(({ key }) => key)
}

const ASIDE = { amount: 1e30, total: null, currency: null, pending: true }

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

t.test('from read-new on a bad write fails, since the column itself is read; after a rollback it is set aside again', async (t) => {
  const { operator, knex } = await createOrders(t, { change: { notNull: ['total'] } })
  await operator.advance({ to: 'read-new' })
  const write = async (): Promise<unknown> => await knex.raw('update orders set amount = 1e30 where id = 1')
  await t.rejects(write(), { code: '22003' })
  await operator.advance({ to: 'hide' })
  await operator.rollback({ to: 'read-new' })
  await t.rejects(write(), { code: '22003' })
  t.match(await operator.rollback({ to: 'backfill' }), { phase: 'backfill' })
  await write()
  t.match(await operator.listSetAside(), { setAsideRows: 1 })
  await operator.rollback({ to: 'expand' })
  t.same((await knex.raw('select 1 from vintage.set_aside')).rows, [])
  t.same((await knex.raw("select proname from pg_proc where pronamespace = 'vintage'::regnamespace")).rows, [])
  await operator.advance({ to: 'backfill' })
  t.match(await operator.listSetAside(), { setAsideRows: 1, rows: [{ times: 1 }] })
})

/** An `advance` to read-new that is refused; `write` is done when all rows have been looked at, and commits when the step waits for it. The index of pending rows is there already, or its build would wait. */
async function advanceBeside ({ knex, events }: Ground, operator: Operator, write: (writer: Knex.Transaction) => Promise<unknown>, message: RegExp, t: Test): Promise<void> {
  const writer = await knex.transaction()
  await writer.raw('lock table orders in row exclusive mode')
  events.length = 0
  const advancing = t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_SET_ASIDE', message })
  while (!events.some((event) => event.type === 'verify' && event.finished)) await sleep(5)
  await write(writer)
  for (let waiting = false; !waiting; await sleep(5)) {
    const { rows } = await knex.raw("select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'lock table%'")
    waiting = rows.length > 0
  }
  await writer.commit()
  await advancing
}

t.test('a bad write that commits while read-new is being entered is waited for, and found by its marker, whatever its key has become', async (t) => {
  const ground = await createOrders(t)
  const { knex, open } = ground
  const patient = await open({ lockDeadlineMs: 10_000 })
  await patient.advance({ to: 'read-new' })
  await patient.rollback({ to: 'backfill' })
  await advanceBeside(ground, patient, async (writer) => await writer.raw('update orders set amount = 1e30 where id = 1'), /set aside \(1\): id = 1: 22003 bigint out of range\. Mend/, t)
  t.same(await read(knex, 1), ASIDE)
  await knex.raw('update orders set amount = 1 where id = 1')
  await advanceBeside(ground, patient, async (writer) => {
    await writer.raw('update orders set amount = 1e30 where id = 2')
    await writer.raw('update orders set id = 20 where id = 2')
  }, /set aside \(1\): id = 20: its key has changed since it was noted\. Mend/, t)
  await t.rejects(patient.advance(), { message: /id = 20: 22003/ }, 'and then it is noted')
  await knex.raw('update orders set amount = 1 where id = 20')
  await advanceBeside(ground, patient, async (writer) => await writer.raw('update orders set amount = 1e30 where id between 3 and 8'), /set aside \(more than 5\): id = 3: 22003.*; …\. Mend/, t)
  await knex.raw('update orders set amount = 1 where id between 3 and 8')
  t.match(await patient.advance(), { phase: 'read-new' })
  t.same((await knex.raw('select 1 from vintage.set_aside')).rows, [], 'what is settled is forgotten before the last look')
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

t.test('an index of the new side has no twin where rows may be set aside, and is built for read-new', async (t) => {
  const { operator, knex } = await createOrders(t, { bad: [1], change: { indexes: [['total']] } })
  const indexes = async (): Promise<string[]> => (await knex.raw("select indexname from pg_indexes where tablename = 'orders' order by 1")).rows.map(({ indexname: name }: { indexname: string }) => name)
  await operator.advance({ to: 'backfill' })
  t.same(await indexes(), ['orders_pkey'])
  await knex.raw('update orders set amount = 1 where id = 1')
  await operator.advance({ to: 'read-new' })
  t.same(await indexes(), ['orders_pkey', 'orders_total_index', PENDING_INDEX])
  await operator.advance({ to: 'drop' })
  t.same(await indexes(), ['orders_pkey', 'orders_total_index'])
})

t.test('nothing is retried while a trigger of ours does not run, since it is the trigger that fills', async (t) => {
  const { operator, knex } = await createOrders(t, { rows: 5, bad: [2] })
  await operator.advance({ to: 'backfill' })
  await knex.raw('alter table orders disable trigger user')
  await knex.raw('update orders set amount = 2 where id = 2')
  await t.rejects(operator.retrySetAside(), { code: 'FST_ERR_VINTAGE_REFUSED_TRIGGERS' })
  t.match(await read(knex, 2), { pending: true }, 'so that no reader takes the null for a value')
})
