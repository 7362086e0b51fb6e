import t from 'tap'
import { transition } from '../../src/data/transition.js'
import { createGround, named } from './fixtures.js'

t.test('D6 a value too long for the other side raises as an assignment would, and nothing is cut off', async (t) => {
  const transitions = await named({
    'users.codes': transition({
      table: 'users',
      before: { code: 'text', tags: 'text[]', flags: 'varbit' },
      after: { short: 'varchar(3)', labels: 'varchar(3)[]', mask: 'varbit(3)' },
      upgrade: { short: 'code', labels: 'tags', mask: 'flags' },
      downgrade: { code: 'short', tags: 'labels', flags: 'mask' }
    })
  })
  const { operator, knex } = await createGround(t, async (knex) => {
    await knex.raw('create table users (id integer primary key, code text, tags text[], flags varbit)')
    await knex.raw("insert into users values (1, 'abc', '{abc}', '101'), (2, 'abcdef', '{}', '1')")
  }, { transitions })
  await operator.migrate()
  for (const set of ["code = 'wxyz'", "tags = '{a,wxyz}'", "flags = '1111'"]) {
    await t.rejects(knex.raw(`update users set ${set} where id = 1`), { code: '22001' }, set)
  }
  await knex.raw("update users set code = 'xyz', tags = '{xyz,z}', flags = '11' where id = 1")
  t.match(await knex('users').first().where({ id: 1 }), { short: 'xyz', labels: ['xyz', 'z'], mask: '11', vintage_users_codes_pending: false })
  await t.rejects(operator.advance({ to: 'backfill' }), { code: 'FST_ERR_VINTAGE_BACKFILL', message: /id = 2 cannot be filled: value too long/ })
  await knex.raw("update users set code = 'def' where id = 2")
  await operator.advance({ to: 'read-new' })
  t.match(await operator.verify(), { mismatchedRows: 0 })
})
