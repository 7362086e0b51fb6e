import t from 'tap'
import type { Operator } from '../../src/data/operator.js'
import { CENTS, createGround, named } from './fixtures.js'

t.test('D15 the way back to expand is open however many rows have been set aside: their notes go before its locks', async (t) => {
  const { operator, knex, open } = await createGround(t, async (knex) => {
    await knex.raw('create table orders (id integer primary key, amount numeric)')
  }, { transitions: await named({ 'orders.total': CENTS }) })
  await knex.raw('insert into orders values (1, 1)')
  await operator.migrate()
  // what a wrong upgrade leaves of a large table
  await knex.raw("insert into vintage.set_aside (transition, key, direction, sqlstate, message) select 'orders.total', jsonb_build_object('id', i::text), 'upgrade', '22003', repeat('x', 100) from generate_series(1, 120000) i")
  const hurried = await open({ lockDeadlineMs: 300, lockAttempts: 4 })
  t.match(await hurried.rollback({ to: 'expand' }), { phase: 'expand' })
  t.same((await knex.raw('select 1 from vintage.set_aside')).rows, [])
})

t.test('D15 the notes of released rows go before the locks too, both at drop and on the way back to expand, and not unless these go through', async (t) => {
  for (const to of ['expand', 'drop'] as const) {
    const { operator, knex, open } = await createGround(t, async (knex) => {
      await knex.raw('create table orders (id integer primary key, amount numeric); insert into orders values (1, 1)')
    }, { transitions: await named({ 'orders.total': CENTS }) })
    await operator.migrate()
    if (to === 'drop') await operator.advance({ to: 'hide' })
    await knex.raw("insert into vintage.set_aside (transition, key, direction, sqlstate, message, released_by, released_at) select 'orders.total', jsonb_build_array(i::text), 'upgrade', '22003', 'x', 'Ada', now() from generate_series(1, 30) i")
    await knex.raw(`create function judge () returns trigger language plpgsql as $$ begin
      if exists (select from gone) and exists (select from pg_locks where pid = pg_backend_pid() and relation = 'public.orders'::regclass and mode = 'AccessExclusiveLock') then raise 'under the lock'; end if;
      return null; end $$; create trigger judge after delete on vintage.set_aside referencing old table as gone for each statement execute function judge()`)
    if (to === 'drop') {
      const [drop] = (await operator.plan()).steps
      t.match(drop?.statements.find(({ statement }) => statement.startsWith('delete from vintage.set_aside')), { lock: null, holdsUp: 'nothing' })
    }
    const step = async (operator: Operator): Promise<unknown> => to === 'drop' ? await operator.advance({ to }) : await operator.rollback({ to })
    const reader = await knex.transaction()
    await reader.raw('select 1 from orders')
    await t.rejects(step(await open({ lockDeadlineMs: 100, lockAttempts: 1 })), { code: 'FST_ERR_VINTAGE_REFUSED_LOCK' })
    await reader.rollback()
    t.match((await knex.raw('select count(*)::int as notes from vintage.set_aside')).rows, [{ notes: 30 }])
    t.match(await step(operator), { phase: to })
    t.same((await knex.raw('select 1 from vintage.set_aside')).rows, [])
  }
})

t.test('D15 the way back to expand forgets the notes that there are when it begins, and does not run after those that writers add meanwhile', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => {
    await knex.raw('create table orders (id integer primary key, amount numeric); insert into orders values (1, 1e30)')
  }, { transitions: await named({ 'orders.total': CENTS }) })
  await operator.migrate()
  await operator.advance()
  await knex.raw("create function add_note() returns trigger language plpgsql as $$ begin insert into vintage.set_aside (transition, key, direction, sqlstate, message) values ('orders.total', '[\"1\"]', 'upgrade', '22003', 'noted meanwhile'); return null; end $$; create trigger add_note after delete on vintage.set_aside execute function add_note()")
  t.match(await operator.rollback({ to: 'expand' }), { phase: 'expand' })
})

t.test('D15 a way back to expand that is refused has forgotten the notes: who was released stays known, and who is set aside is noted again', async (t) => {
  const { operator, knex, open } = await createGround(t, async (knex) => {
    await knex.raw('create table orders (id integer primary key, amount numeric); insert into orders select i, case when i < 3 then 1e30 else i end from generate_series(1, 5) i')
  }, { transitions: await named({ 'orders.total': CENTS }) })
  const notes = async (): Promise<unknown[]> => (await knex.raw('select key ->> 0 as id, released_at is not null as released from vintage.set_aside order by 1')).rows
  await operator.migrate()
  await operator.advance()
  await operator.releaseSetAside({ rows: [{ id: '1' }] })
  t.strictSame(await notes(), [{ id: '1', released: true }, { id: '2', released: false }])
  await operator.rollback({ to: 'dual-write' })
  const reader = await knex.transaction()
  await reader.raw('select count(*) from orders')
  // younger than the phase, so that only the lock is in the way
  const hurried = await open({ lockDeadlineMs: 50, lockAttempts: 1 })
  await t.rejects(hurried.rollback({ to: 'expand' }), { code: 'FST_ERR_VINTAGE_REFUSED_LOCK' })
  await reader.rollback()
  t.strictSame(await notes(), [{ id: '1', released: true }], 'what takes long is done before the locks')
  await operator.advance()
  t.strictSame(await notes(), [{ id: '1', released: true }, { id: '2', released: false }])
  t.match(await operator.listSetAside(), { setAsideRows: 1, rows: [{ key: { id: '2' } }] })
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_SET_ASIDE', message: /id = 2/ })
  await knex('orders').where({ id: 2 }).update({ amount: 2 })
  t.match(await operator.advance(), { phase: 'read-new' }, 'the released one goes on as a null')
  t.match(await knex('orders').orderBy('id').pluck('total'), [null, '200', '300', '400', '500'])
})

t.test('the function that notes rows goes with the triggers in all its forms, also where the type of the key was changed meanwhile', async (t) => {
  for (const to of ['expand', 'drop'] as const) {
    const { operator, knex } = await createGround(t, async (knex) => {
      await knex.raw('create table orders (id integer primary key, amount numeric); insert into orders values (1, 1)')
    }, { transitions: await named({ 'orders.total': CENTS }) })
    const functions = async (): Promise<string[]> => (await knex.raw("select oid::regprocedure::text as name from pg_proc where pronamespace = 'vintage'::regnamespace and proname like 'orders%' order by 1")).rows.map(({ name }: { name: string }) => name)
    await operator.migrate()
    await operator.advance({ to: 'read-new' })
    await knex.raw('alter table orders alter column id type bigint')
    await operator.rollback({ to: 'backfill' })
    t.match(await functions(), ['vintage.orders_total_insert()', 'vintage.orders_total_set_aside(bigint,text,text)', 'vintage.orders_total_set_aside(integer,text,text)', 'vintage.orders_total_update()'])
    t.match(to === 'drop' ? await operator.advance({ to }) : await operator.rollback({ to }), { phase: to })
    t.strictSame(await functions(), [], to)
  }
})
