import t from 'tap'
import { transition } from '../../src/data/transition.js'
import { createGround, createUsers, FULL_NAME, named } from './fixtures.js'

t.test('D15 the way back to expand takes nothing along that others have made on the new columns', async (t) => {
  const whole = transition<string, string>({ ...FULL_NAME, unique: [['full_name']], checks: { users_full_name_short: 'length(full_name) < 99' } })
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 3), { transitions: await named({ 'users.full_name': whole }) })
  await operator.migrate()
  await operator.advance({ to: 'read-new' })
  await knex.raw('alter table users add constraint of_theirs unique (id, full_name); create index theirs_too on users (lower(full_name)); create statistics their_numbers on id, full_name from users')
  await t.rejects(operator.rollback({ to: 'expand' }), {
    code: 'FST_ERR_VINTAGE_REFUSED_DEPENDENTS',
    message: /would go with them: constraint of_theirs on table users; index theirs_too; statistics object their_numbers\. Drop them/
  })
  t.match((await operator.status()).transitions, [{ phase: 'dual-write' }])
  await knex.raw('alter table users drop constraint of_theirs; drop index theirs_too; drop statistics their_numbers')
  await knex('vintage.shadow_reads').insert({ instance: '00000000-0000-4000-8000-000000000001', name: 'api-1', transition: 'users.full_name', compared: 1, different: 0 })
  t.match(await operator.rollback({ to: 'expand' }), { phase: 'expand' })
  t.strictSame(await knex('vintage.shadow_reads'), [], 'what was compared is not there any more')
  t.match(await operator.advance({ to: 'read-new' }), { phase: 'read-new' })
})
