import t from 'tap'
import { CENTS, createGround, named } from './fixtures.js'

t.test('D15 the way back to expand is open however many rows have been set aside: their notes go before its locks', async (t) => {
  const { operator, knex, open } = await createGround(t, async (knex) => {
    await knex.raw('create table orders (id integer primary key, amount numeric)')
  }, { transitions: await named({ 'orders.total': CENTS }) })
  await knex.raw('insert into orders values (1, 1)')
  await operator.migrate()
  // what a wrong upgrade leaves of a large table
  await knex.raw("insert into vintage.set_aside (transition, key, direction, sqlstate, message) select 'orders.total', jsonb_build_object('id', i::text), 'upgrade', '22003', repeat('x', 100) from generate_series(1, 120000) i")
  const hurried = await open({ lockDeadlineMs: 100, lockAttempts: 2 })
  t.match(await hurried.rollback({ to: 'expand' }), { phase: 'expand' })
  t.same((await knex.raw('select 1 from vintage.set_aside')).rows, [])
})
