import t from 'tap'
import { transition } from '../../src/data/transition.js'
import { CENTS, createGround, createUsers, FULL_NAME, named } from './fixtures.js'
import { until } from './online/fixtures.js'

const TWIN = 'vintage_users_full_name_twin_users_full_name_index'

t.test('D27 indexes of ours go when their transition is gone: twins, the one of pending rows, what a killed build has left; those of others stay', async (t) => {
  const { operator, knex, events } = await createGround(t, async (knex) => {
    await createUsers(knex, 3)
    await knex.raw('create table orders (id integer primary key, amount numeric); insert into orders values (1, 1)')
  }, { transitions: await named({ 'users.full_name': FULL_NAME, 'orders.total': transition<string, string>({ ...CENTS, indexes: [['total']] }) }) })
  await operator.migrate()
  for (const name of ['users.full_name', 'orders.total']) await operator.advance({ transition: name, to: 'backfill' })
  await operator.advance({ transition: 'orders.total' })
  await operator.rollback({ transition: 'orders.total', to: 'backfill' })
  await knex.raw('create schema shop; create table shop.users (full_name text, note text)')
  await knex.raw("insert into shop.users values ('same', 'same'), ('same', 'same'); update users set note = 'same'")
  // one that the transition was building when it was killed, on its table; another of that name elsewhere; and one of somebody else
  await knex.raw("insert into vintage.events (transition, event, details) values ('users.full_name', 'index', ?)", [JSON.stringify({ index: 'users_full_name_index', table: '"public"."users"' })])
  for (const [name, table] of [['users_full_name_index', 'users'], ['users_full_name_index', 'shop.users'], ['users_of_theirs', 'users']]) await t.rejects(knex.raw(`create unique index concurrently ${name} on ${table} (note)`))
  await knex.raw('create index marked_by_others on orders (vintage_orders_total_pending) where amount > 0')
  await knex.raw('create index orders_by_others on orders (amount)')
  t.strictSame((await operator.sweep({ dryRun: true })).objects.map(({ name }) => name), ['users_full_name_index'], 'while they are there')
  await knex('vintage.transitions').del()
  const { objects } = await operator.sweep({ dryRun: true })
  t.strictSame(objects.filter(({ kind }) => kind === 'index').map(({ name, table, statement }) => [name, table, statement]), [
    ['vintage_orders_total_pending_rows', '"public"."orders"', 'drop index "public"."vintage_orders_total_pending_rows"'],
    ['users_full_name_index', '"public"."users"', 'drop index "public"."users_full_name_index"'],
    [TWIN, '"public"."users"', `drop index "public"."${TWIN}"`]
  ])
  await operator.sweep()
  const { rows } = await knex.raw("select i.indexrelid::regclass::text as name from pg_index i where i.indrelid in ('users'::regclass, 'orders'::regclass, 'shop.users'::regclass) and not i.indisprimary order by 1")
  t.strictSame(rows.map(({ name }: { name: string }) => name), ['marked_by_others', 'orders_by_others', 'orders_total_index', 'shop.users_full_name_index', 'users_of_theirs'])
  t.strictSame((await operator.sweep()).objects, [])
  const told = { type: 'kept-marker', marker: 'vintage_orders_total_pending', table: '"public"."orders"', objects: ['index marked_by_others'] }
  t.strictSame(events.filter(({ type }) => type === 'kept-marker'), [told, told, told], 'each time')
  await knex.raw('drop index marked_by_others; create view pending_by_others as select id from orders where vintage_orders_total_pending')
  t.strictSame((await operator.sweep()).objects, [])
  t.match(events.at(-1), { type: 'kept-marker', objects: [/view pending_by_others/] })
  await knex.raw('drop view pending_by_others')
  t.match((await operator.sweep()).objects, [{ kind: 'marker', name: 'vintage_orders_total_pending' }])
  t.strictSame((await operator.sweep()).objects, [])
  t.ok(await knex.schema.hasColumn('users', 'full_name') && await knex.schema.hasColumn('users', 'first_name'), 'no column is dropped')
})

t.test('D27 an index of a transition that is gone is not swept while the server goes on building it', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 3), { lockAttempts: 1 })
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  const holder = await knex.transaction()
  await holder.raw("insert into users (full_name) values ('In the way')")
  await knex.raw("insert into vintage.events (transition, event, details) values ('users.full_name', 'index', ?)", [JSON.stringify({ index: 'users_full_name_index', table: '"public"."users"' })])
  const building = knex.raw('create index concurrently users_full_name_index on users (full_name)').then(() => {})
  await until(knex, "select 1 from pg_stat_progress_create_index where index_relid = to_regclass('users_full_name_index')")
  await knex('vintage.transitions').del()
  t.notOk((await operator.sweep({ dryRun: true })).objects.some(({ name }) => name === 'users_full_name_index'))
  await holder.rollback()
  await building
  t.notOk((await operator.sweep()).objects.some(({ name }) => name === 'users_full_name_index'), 'nor when it is valid, since it may be wanted')
})
