import t from 'tap'
import { transition } from '../../src/data/transition.js'
import { createGround, createUsers, named } from './fixtures.js'

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

t.test('D23 a row on which the expression of one side raises is in sync by the other, or is counted and named', async (t) => {
  const ages = transition<string, string>({
    table: 'people',
    before: { age: 'text' },
    after: { years: 'integer' },
    upgrade: { years: 'age::integer' },
    downgrade: { age: "coalesce(years::text, '')" },
    lossy: 'both'
  })
  const { operator, knex } = await createGround(t, async (knex) => {
    await knex.raw('create table people (id integer, house text, age text, gone text, primary key (house, id)); alter table people drop column gone')
    await knex.raw("insert into people select i, 'a', i::text from generate_series(1, 30) i")
  }, { transitions: await named({ 'people.years': ages }) })
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  await knex('people').where({ id: 7 }).update({ years: null })
  t.match(await knex('people').where({ id: 7 }).first(), { age: '', years: null })
  t.match(await operator.verify(), { ok: true, checkedRows: 30 })
  const disturb = async (sql: string): Promise<void> => {
    await knex.raw(`alter table people disable trigger user; ${sql}; alter table people enable always trigger zz_vintage_people_years_insert, enable always trigger zz_vintage_people_years_update`)
  }
  await disturb("update people set age = 'x' where id = 3; update people set age = '99' where id = 4; update people set age = 'y', vintage_people_years_pending = true where id = 5")
  t.match(await operator.verify(), { ok: false, checkedRows: 30, pendingRows: 1, mismatchedRows: 2, mismatches: [{ house: 'a', id: '3' }, { house: 'a', id: '4' }] })
  await disturb("update people set age = 'x'")
  t.match((await operator.verify()).mismatches.length, 20)
  await disturb('update people set age = years, vintage_people_years_pending = false where id <> 7')
  await knex('people').where({ id: 7 }).update({ years: 7 })
  await knex('people').where({ id: 7 }).update({ years: null })
  t.match(await operator.advance({ to: 'drop' }), { phase: 'drop' })
})

t.test('D23 expressions are verified with the functions by which the triggers have computed them, whatever the type of the key brings', async (t) => {
  const slugs = transition<string, string>({ table: 'notes', before: { note: 'public.citext' }, after: { slug: 'text' }, upgrade: { slug: "replace(note, 'A', '-')" }, downgrade: { note: 'slug' }, lossy: 'both', onError: 'set-aside' })
  const { operator } = await createGround(t, async (knex) => {
    // which brings a `replace` of its own
    await knex.raw('create extension citext; create table notes (id citext primary key, note citext)')
    await knex.raw("insert into notes values ('a', 'AdA Lovelace'), ('b', 'bob')")
  }, { transitions: await named({ 'notes.slug': slugs }) })
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  t.match(await operator.verify(), { ok: true, checkedRows: 2 })
})

t.test('what goes wrong in an expression and has nothing to do with a value ends the verification', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => {
    await createUsers(knex, 3)
    await knex.raw("create function give (note text) returns text immutable language sql as 'select note'")
  }, { transitions: await named({ 'users.given': transition<string, string>({ table: 'users', before: { note: 'text' }, after: { given: 'text' }, upgrade: { given: 'public.give(note)' }, downgrade: { note: 'given' } }) }) })
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  await knex.raw("create or replace function give (note text) returns text immutable language plpgsql as $$ begin raise exception 'not now' using errcode = '0A000'; end $$")
  await t.rejects(operator.verify(), { code: '0A000', message: 'not now' })
})

t.test('a hidden column that somebody has dropped is named as it is called in the table', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 3))
  await operator.migrate()
  await operator.advance({ to: 'hide' })
  await knex.raw('alter table users rename column vintage_users_full_name_hidden_last_name to elsewhere')
  await t.rejects(operator.verify(), { message: /^column "vintage_users_full_name_hidden_last_name" of "public"."users" is not there any more/ })
})
