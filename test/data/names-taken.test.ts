import t from 'tap'
import { transition } from '../../src/data/transition.js'
import { createGround, createUsers, FULL_NAME, named } from './fixtures.js'

t.test('D9 a transition whose objects would bear the names of another one\'s, begun from another checkout, is refused', async (t) => {
  const { operator, open, knex } = await createGround(t, async (knex) => {
    await createUsers(knex, 1)
    await knex.raw('create table guests as select * from users; alter table guests add primary key (id)')
  })
  await operator.migrate()
  const other = await open({ transitions: await named({ 'users-full_name': transition({ ...FULL_NAME, table: 'guests' }) }) })
  await t.rejects(other.migrate(), { code: 'FST_ERR_VINTAGE_REFUSED_DEFINITION', message: /`users-full_name`.*the same names as those of `users\.full_name`/ })
  await knex.raw("insert into users (id, first_name, last_name) values (9, 'Ada', 'Byron')")
  t.match(await knex('users').where({ id: 9 }).first(), { full_name: 'Ada Byron' })
})

t.test('D9 a function that is there already is not replaced at dual-write', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 1))
  await operator.migrate()
  await operator.rollback({ to: 'expand' })
  await knex.raw("create function vintage.users_full_name_insert() returns trigger language plpgsql as 'begin return NEW; end'")
  await t.rejects(operator.advance(), { code: '42723' })
  t.match(await knex('vintage.transitions').first(), { phase: 'expand' })
})
