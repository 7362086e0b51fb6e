import type { Knex } from 'knex'
import t from 'tap'
import { createGround, createUsers } from './fixtures.js'

const PENDING = 'vintage_users_full_name_pending'

async function read (knex: Knex, id: number): Promise<unknown> {
  return await knex('users').where({ id }).first('first_name', 'last_name', 'full_name', `${PENDING} as pending`)
}

t.test('D21 a trigger of the user that changes the old side while rows are filled leaves both sides in sync', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => {
    await createUsers(knex, 3)
    await knex.raw("create function shout() returns trigger language plpgsql as 'begin NEW.first_name := upper(NEW.first_name); return NEW; end'")
    await knex.raw('create trigger a_shout before update on users for each row execute function shout()')
  }, { fireTriggers: true })
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  t.match(await read(knex, 1), { first_name: 'FIRST1', full_name: 'FIRST1 Last1', pending: false })
  t.match(await operator.verify(), { mismatchedRows: 0 })
})

t.test('D2 who clears the marker by hand gets what the write itself means', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 5))
  await operator.migrate()
  await knex.raw(`update users set ${PENDING} = false where id = 1`)
  t.same(await read(knex, 1), { first_name: 'First1', last_name: 'Last1', full_name: 'First1 Last1', pending: false })
  await knex.raw(`update users set ${PENDING} = false, full_name = 'Ada Byron' where id = 2`)
  t.same(await read(knex, 2), { first_name: 'Ada', last_name: 'Byron', full_name: 'Ada Byron', pending: false })
  await knex.raw(`update users set ${PENDING} = false, first_name = 'Ada' where id = 3`)
  t.same(await read(knex, 3), { first_name: 'Ada', last_name: 'Last3', full_name: 'Ada Last3', pending: false })
  await knex.raw(`update users set ${PENDING} = false, first_name = 'Ada', full_name = 'Grace Hopper' where id = 4`)
  t.same(await read(knex, 4), { first_name: 'Grace', last_name: 'Hopper', full_name: 'Grace Hopper', pending: false })
  await knex.raw(`update users set ${PENDING} = false, first_name = 'Ada', full_name = 'First5 Last5' where id = 5`)
  t.same(await read(knex, 5), { first_name: 'Ada', last_name: 'Last5', full_name: 'Ada Last5', pending: false }, 'the new side was saved as it was read')
})
