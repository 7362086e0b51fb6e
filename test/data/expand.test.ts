import t from 'tap'
import { createGround, createUsers } from './fixtures.js'

const PENDING = 'vintage_users_full_name_pending'

t.test('D15 a row read before the way back to expand and saved after it cannot pass for filled', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 3))
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  const stale = await knex('users').where({ id: 1 }).first()
  await operator.rollback({ to: 'expand' })
  await knex('users').where({ id: 1 }).update({ first_name: 'Ada' })
  await t.rejects(knex('users').where({ id: 1 }).update(stale), { code: '23514' })
  await t.rejects(knex('users').where({ id: 1 }).update({ full_name: 'Grace Hopper' }), { code: '23514' })
  await t.rejects(knex('users').insert({ id: 7, [PENDING]: false }), { code: '23514' })
  await operator.advance({ to: 'read-new' })
  t.match(await knex('users').where({ id: 1 }).first(), { first_name: 'Ada', full_name: 'Ada Last1' })
  t.match(await operator.verify(), { mismatchedRows: 0 })
  t.same((await knex.raw("select conname from pg_constraint where conrelid = 'users'::regclass and contype = 'c'")).rows, [])
})
