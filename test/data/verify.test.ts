import t from 'tap'
import { createGround, createUsers } from './fixtures.js'

t.test('D23 one row out of sync among many is found, blocks, is listed, and can be mended', async (t) => {
  const { operator, knex, events } = await createGround(t, async (knex) => await createUsers(knex, 30_000))
  await operator.migrate()
  await operator.advance()
  await knex.raw("alter table users disable trigger user; update users set full_name = 'Somebody Else' where id = 29999; alter table users enable always trigger zz_vintage_users_full_name_insert, enable always trigger zz_vintage_users_full_name_update")
  t.match(await operator.verify(), { ok: false, checkedRows: 30_000, pendingRows: 0, mismatchedRows: 1, mismatches: [{ id: '29999' }] })
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_MISMATCH', message: /`read-new` .*1 rows are out of sync: {"id":"29999"}\. Write/ })
  await knex('users').where({ id: 29_999 }).update({ last_name: 'Mended' })
  t.match(await operator.advance(), { phase: 'read-new' })
  t.match(events.filter((event) => event.type === 'verify').at(-1), { finished: true, mismatchedRows: 0 })
  await operator.advance()
  await knex.raw("alter table users disable trigger user; update users set full_name = 'Else' where id <= 25; alter table users enable always trigger zz_vintage_users_full_name_insert, enable always trigger zz_vintage_users_full_name_update")
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_MISMATCH', message: /`drop` .*25 rows are out of sync: .*, …/ })
  const listed = await operator.verify()
  t.equal(listed.mismatches.length, 20)
  const { rows } = await knex.raw("select details from vintage.events where event = 'verified' order by id desc limit 1")
  t.match(rows[0].details, { mismatchedRows: 25 }, 'the history has it')
})

t.test('rows still to be filled are counted apart and are no mismatch', async (t) => {
  const { operator } = await createGround(t, async (knex) => await createUsers(knex, 5))
  await operator.migrate()
  t.same(await operator.verify(), { transition: 'users.full_name', checkedRows: 5, pendingRows: 5, mismatchedRows: 0, mismatches: [], ok: false })
})

t.test('an operator that is told to stop does so between two ranges', async (t) => {
  const stop = new AbortController()
  const { operator, open } = await createGround(t, async (knex) => await createUsers(knex, 5))
  await operator.migrate()
  const stopping = await open({ signal: stop.signal })
  stop.abort()
  await t.rejects(stopping.verify(), { code: 'FST_ERR_VINTAGE_ABORTED' })
})

t.test('a row that is unfilled again blocks the drop, though none is out of sync', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 5))
  await operator.migrate()
  await operator.advance({ to: 'hide' })
  await knex.raw('alter table users disable trigger user; update users set vintage_users_full_name_pending = true where id = 2; alter table users enable always trigger zz_vintage_users_full_name_insert, enable always trigger zz_vintage_users_full_name_update')
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_MISMATCH', message: /1 rows are still to be filled$/ })
})

t.test('D22 rows that a policy hides from the operator make the verification fail, they do not pass for verified', async (t) => {
  const { knex, url, open } = await createGround(t, async (knex) => {
    await createUsers(knex, 5)
    await knex.raw("do $$ begin create role vintage_owner login password 'owner'; exception when duplicate_object or unique_violation then null; end $$")
    await knex.raw('grant create on database ?? to vintage_owner', [(await knex.raw('select current_database() as db')).rows[0].db])
    await knex.raw('grant create on schema public to vintage_owner; alter table users owner to vintage_owner')
  })
  const connection = Object.assign(new URL(url), { username: 'vintage_owner', password: 'owner' }).href
  const owner = await open({ connection })
  await owner.migrate()
  await owner.advance()
  t.match(await owner.verify(), { ok: true, checkedRows: 5 })
  await knex.raw('create policy few on users using (id < 3); alter table users enable row level security, force row level security')
  await t.rejects(owner.verify(), { code: '42501', message: /row-level security/ })
  await knex.raw('drop schema vintage cascade; drop table users')
})
