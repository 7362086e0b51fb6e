import t from 'tap'
import { constraintsOf, createOnlineGround, statementsOf, until } from './fixtures.js'

t.test('D26 a CHECK or FOREIGN KEY that a killed run has left NOT VALID is validated', async (t) => {
  const { knex, open, events } = await createOnlineGround(t)
  await knex.raw('alter table orders add constraint positive check (amount > 0) not valid; alter table orders add constraint orders_user_id_foreign foreign key (user_id) references users not valid')
  t.equal(await open().addCheck('orders', 'amount > 0', { name: 'positive' }), 'done')
  t.equal(await open().addForeignKey('orders', ['user_id'], { references: { table: 'public.users', columns: ['id'] } }), 'done')
  t.strictSame(statementsOf(events), ['alter table "public"."orders" validate constraint "positive"', 'alter table "public"."orders" validate constraint "orders_user_id_foreign"'])
  t.match(await constraintsOf(knex, 'orders'), { positive: /0\)\)$/, orders_user_id_foreign: /\(id\)$/ })
})

t.test('D26 rows that do not satisfy a constraint are counted, and it is taken back', async (t) => {
  const { knex, open } = await createOnlineGround(t)
  await knex('orders').whereIn('id', [1, 2]).update({ user_id: 77, amount: -1 })
  await knex('users').whereIn('id', [1, 2]).update({ email: null })
  const code = 'FST_ERR_VINTAGE_REFUSED_ROWS'
  await t.rejects(open().addCheck('orders', 'amount > 0', { name: 'positive' }), { code, message: /2 rows do not satisfy `positive` .*The constraint was taken back$/, cause: { code: '23514' } })
  await t.rejects(open().addForeignKey('orders', ['user_id'], { references: { table: 'users', columns: ['id'] } }), { code, message: /2 rows do not satisfy .*Key \(user_id\)=\(77\) is not present/, cause: { code: '23503' } })
  await t.rejects(open().addNotNull('users', 'email'), { code, message: /2 rows do not satisfy .*taken back$/ })
  t.strictSame(Object.keys({ ...await constraintsOf(knex, 'orders'), ...await constraintsOf(knex, 'users') }), ['orders_pkey', 'users_pkey'])
  await knex('users').where({ id: 3 }).update({ email: null })
  await knex.raw('alter table orders add constraint positive check (amount > 0) not valid')
  await t.rejects(open().addCheck('orders', 'amount > 0', { name: 'positive' }), { message: /was there before and stays.*drop constraint if exists "positive"$/ })
  t.match(await constraintsOf(knex, 'orders'), { positive: /NOT VALID/ })
})

t.test('D26 a constraint that could not be taken back is named with the statement that does so', async (t) => {
  const { knex, open } = await createOnlineGround(t)
  await knex('orders').where({ id: 1 }).update({ amount: -1 })
  const holder = await knex.transaction()
  const stop = new AbortController()
  const table = open({
    lockAttempts: 1,
    lockDeadlineMs: 200,
    signal: stop.signal,
    report: (event) => { if (event.type === 'statement' && event.statement.includes('validate')) holder.raw('select 1 from orders').catch(t.fail) }
  })
  const refused = t.rejects(table.addCheck('orders', 'amount > 0', { name: 'positive' }), { code: 'FST_ERR_VINTAGE_REFUSED_ROWS', message: /could not be taken back.*gave up after 1 attempts.*AccessShareLock.*alter table "public"\."orders" drop constraint if exists "positive"$/ })
  await refused
  await holder.rollback()
  await knex('orders').where({ id: 1 }).update({ amount: 1 })
  t.equal(await open().addCheck('orders', 'amount > 0', { name: 'positive' }), 'done')
})

t.test('what bears the name of a constraint and is another one is refused, with its definition', async (t) => {
  const { knex, open } = await createOnlineGround(t)
  const taken = async (call: () => Promise<unknown>, message: RegExp): Promise<unknown> => await t.rejects(call(), { code: 'FST_ERR_VINTAGE_REFUSED_NAME_TAKEN', message })
  const table = open()
  await knex.raw('alter table orders add constraint one check (amount > 0), add constraint two foreign key (user_id) references users on delete cascade, add constraint three unique (user_id)')
  await taken(async () => await table.addCheck('orders', 'amount > 1', { name: 'one' }), /name `one` is taken by another constraint \(CHECK \(\(amount > 0\)\)\)/)
  await taken(async () => await table.addCheck('orders', 'amount > 1', { name: 'two' }), /FOREIGN KEY/)
  const references = { table: 'users', columns: ['id'] }
  for (const options of [{}, { onDelete: 'cascade', onUpdate: 'cascade' }, { onDelete: 'cascade', deferrable: 'initially deferred' }] as const) {
    await taken(async () => await table.addForeignKey('orders', ['user_id'], { references, name: 'two', ...options }), /ON DELETE CASCADE/)
  }
  await taken(async () => await table.addForeignKey('orders', ['amount'], { references, name: 'two', onDelete: 'cascade' }), /user_id/)
  await taken(async () => await table.addForeignKey('orders', ['user_id'], { references: { table: 'orders', columns: ['id'] }, name: 'two', onDelete: 'cascade' }), /users/)
  await taken(async () => await table.addForeignKey('orders', ['user_id'], { references, name: 'one' }), /CHECK/)
  t.equal(await table.addForeignKey('orders', ['user_id'], { references, name: 'two', onDelete: 'cascade' }), 'present')
  for (const [columns, options] of [[['amount'], {}], [['user_id'], { nullsNotDistinct: true }], [['user_id'], { deferrable: 'initially immediate' }]] as const) {
    await taken(async () => await table.addUnique('orders', columns, { name: 'three', ...options }), /UNIQUE \(user_id\)/)
  }
  await taken(async () => await table.addUnique('orders', ['user_id'], { name: 'one' }), /CHECK/)
  t.equal(await table.addUnique('orders', ['user_id'], { name: 'three' }), 'present')
})

t.test('two who add one constraint at once: both end, and it is there once', async (t) => {
  const { knex, open } = await createOnlineGround(t)
  const references = { table: 'users', columns: ['id'] }
  // both come to the constraint, not only one of them
  await knex.raw('create unique index orders_user_id_unique on orders (user_id)')
  const calls = [
    async () => await open().addCheck('orders', 'amount > 0', { name: 'positive' }),
    async () => await open().addForeignKey('orders', ['user_id'], { references }),
    async () => await open().addUnique('orders', ['user_id']),
    async () => await open().addNotNull('orders', 'amount'),
    async () => await open().addColumn('orders', 'note', 'text'),
    async () => await open().dropColumn('orders', 'amount')
  ]
  for (const call of calls) {
    const holder = await knex.transaction()
    await holder.raw('lock table orders in share update exclusive mode')
    const both = Promise.all([call(), call()])
    await until(knex, "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' having count(*) = 2")
    await holder.rollback()
    t.match(await both, [/done|present/, /done|present/])
  }
  t.strictSame(Object.keys(await constraintsOf(knex, 'orders')), ['orders_pkey', 'orders_user_id_foreign', 'orders_user_id_unique'])
})
