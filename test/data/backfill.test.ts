import type { Knex } from 'knex'
import t from 'tap'
import { transition } from '../../src/data/transition.js'
import { createGround, createUsers, FULL_NAME, named } from './fixtures.js'

const PENDING = 'vintage_users_full_name_pending'

async function countWrong (knex: Knex): Promise<number> {
  const { rows: [{ wrong }] } = await knex.raw(`select count(*)::int as wrong from users where ${PENDING} or full_name is distinct from trim(coalesce(first_name, '') || ' ' || coalesce(last_name, ''))`)
  return wrong
}

t.test('D18 a whole batch deleted, rows inserted and keys moved both ways while it runs: ends, and skips none', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => {
    await createUsers(knex, 2_000)
    await knex.raw('delete from users where id % 3 = 0')
  }, { batchRows: 20 })
  await operator.migrate()
  const disturbance = { going: true }
  const disturb = async (): Promise<void> => {
    await knex('users').whereBetween('id', [1_000, 1_100]).del()
    for (let count = 0; disturbance.going; count++) {
      const low = count % 900
      await knex.raw('update users set id = id + 100000 where id = ?', [low])
      await knex.raw('update users set id = -id where id = ?', [2_000 - low])
      await knex('users').insert({ first_name: 'New', last_name: `${count}` })
    }
  }
  const disturbing = disturb()
  await operator.advance({ to: 'backfill' })
  disturbance.going = false
  await disturbing
  t.equal(await countWrong(knex), 0)
})

const KEYS: Readonly<Record<string, { key: string, values: string }>> = {
  uuid: { key: 'id uuid default gen_random_uuid(), primary key (id)', values: '(first_name) select i::text' },
  'text in another collation': { key: 'id text collate "en-x-icu", primary key (id)', values: "(id, first_name) select (array['a','A','ä','Z','z','-','_', ' '])[1 + i % 8] || i, i::text" },
  composite: { key: 'tenant text, "order" bigint, primary key (tenant, "order")', values: "(tenant, \"order\", first_name) select 'tenant ' || i % 7, i::bigint * 1000000007, i::text" },
  timestamptz: { key: 'at timestamptz, primary key (at)', values: "(at, first_name) select timestamptz '2026-01-01' + i * interval '1.000001 s', i::text" },
  'enum and bytea': { key: 'mood mood, raw bytea, primary key (mood, raw)', values: "(mood, raw, first_name) select (array['sad','glad']::mood[])[1 + i % 2], decode(lpad(to_hex(i), 8, '0'), 'hex'), i::text" },
  'citext of an extension': { key: 'id public.citext, primary key (id)', values: "(id, first_name) select (array['a','B','c','D'])[1 + i % 4] || i, i::text" }
}

for (const [kind, { key, values }] of Object.entries(KEYS)) {
  t.test(`D18 D22 a primary key of type ${kind}: every row is filled in ranges by several workers, and verified`, async (t) => {
    const { operator, knex, events } = await createGround(t, async (knex) => {
      await knex.raw("create extension if not exists citext; create type mood as enum ('sad', 'glad')")
      await knex.raw(`create table users (first_name text, last_name text, ${key})`)
      await knex.raw(`insert into users ${values} from generate_series(1, 100) i`)
    }, { batchRows: 3, workers: 3 })
    await operator.migrate()
    await operator.advance({ to: 'read-new' })
    t.equal(await countWrong(knex), 0)
    const batches = events.filter((event) => event.type === 'backfill')
    t.ok(batches.length > 5, `${batches.length} batches`)
    t.match(batches.at(-1), { doneRows: 100, totalRows: 100, finished: true })
    const ranges = await knex('vintage.backfill_ranges')
    t.ok(ranges.length > 1, `${ranges.length} ranges`)
    t.equal(ranges.reduce((sum, range) => sum + Number(range.rows_filled), 0), 100)
  })
}

t.test('an empty table has nothing to fill', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => {
    await createUsers(knex, 0)
    await knex.raw('create view names as select first_name from users')
  })
  t.match(await operator.migrate(), { transitions: [{ phase: 'dual-write', fresh: false }] }, 'the view forbids the short way')
  t.match(await operator.advance({ to: 'read-new' }), { phase: 'read-new' })
  await knex('users').insert({ full_name: 'Ada Byron' })
  t.match(await knex('names').first(), { first_name: 'Ada' })
})

t.test('a row that cannot be filled is named; the rows before it are filled, and the rest once it is mended', async (t) => {
  const transitions = await named({ 'users.full_name': transition({ ...FULL_NAME, after: { full_name: 'integer' }, upgrade: { full_name: 'first_name::integer' }, downgrade: { first_name: 'full_name::text', last_name: "''" }, notNull: [], indexes: [] }) })
  const { operator, knex } = await createGround(t, async (knex) => {
    await createUsers(knex, 0)
    await knex.raw("insert into users (first_name, last_name) select case i when 33 then 'no number' else i::text end, '' from generate_series(1, 50) i")
  }, { transitions })
  await operator.migrate()
  await t.rejects(operator.advance({ to: 'read-new' }), { code: 'FST_ERR_VINTAGE_BACKFILL', message: /id = 33 cannot be filled: invalid input syntax.*no number/, cause: { code: '22P02' } })
  t.equal((await operator.status()).transitions[0]?.pendingRows, 18)
  await knex('users').where({ id: 33 }).update({ first_name: '33' })
  await operator.advance({ to: 'read-new' })
  t.match(await operator.verify(), { ok: true, checkedRows: 50 })
})

t.test('a row that cannot be filled is named in the final sweep as well', async (t) => {
  const transitions = await named({ 'users.full_name': transition({ ...FULL_NAME, after: { full_name: 'integer' }, upgrade: { full_name: 'first_name::integer' }, downgrade: { first_name: 'full_name::text', last_name: "''" }, notNull: [], indexes: [] }) })
  const { operator, knex } = await createGround(t, async (knex) => {
    await createUsers(knex, 0)
    await knex.raw("insert into users (first_name, last_name) values ('1', '')")
  }, { transitions })
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  await knex.raw('alter table users disable trigger user')
  await knex('users').insert({ id: 7, first_name: 'no number' })
  await knex.raw('alter table users enable always trigger zz_vintage_users_full_name_insert, enable always trigger zz_vintage_users_full_name_update')
  await t.rejects(operator.advance({ to: 'read-new' }), { code: 'FST_ERR_VINTAGE_BACKFILL', message: /id = 7 cannot be filled/ })
})

t.test('D20 a row that another session holds is waited for in short turns, told each time, and given up after a bounded number', async (t) => {
  const { operator, knex, events } = await createGround(t, async (knex) => await createUsers(knex, 10), { lockAttempts: 2 })
  await operator.migrate()
  const holder = await knex.transaction()
  await holder.raw('select 1 from users where id = 5 for update')
  // the holder's transaction is younger than the phase
  await t.rejects(operator.advance({ to: 'backfill' }), { code: 'FST_ERR_VINTAGE_BACKFILL', message: /failed 2 times in a row \(a lock was not to be had in time\)/ })
  await holder.rollback()
  t.match(events.filter((event) => event.type === 'backfill-retry'), [{ attempt: 1, attempts: 2, batchRows: 500 }])
  await operator.advance({ to: 'backfill' })
  t.equal(await countWrong(knex), 0)
})

t.test('an operator that is told to stop does so after the batch in hand, and the next run goes on from there', async (t) => {
  const stop = new AbortController()
  const { operator, open, knex } = await createGround(t, async (knex) => await createUsers(knex, 500))
  await operator.migrate()
  const stopping = await open({ batchRows: 10, signal: stop.signal, report: (event) => { if (event.type === 'backfill') stop.abort() } })
  await t.rejects(stopping.advance({ to: 'backfill' }), { code: 'FST_ERR_VINTAGE_ABORTED' })
  t.match((await operator.status()).transitions[0], { phase: 'backfill', operator: null, backfill: { filledRows: 10, finishedAt: null, percent: 2 }, pendingRows: 490 })
  await operator.advance({ to: 'backfill' })
  t.equal(await countWrong(knex), 0)
})

t.test('an error that is neither of the data nor passing comes through as it is', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 10))
  await operator.migrate()
  await operator.advance()
  await knex.raw('drop table vintage.backfills cascade')
  await t.rejects(operator.advance({ to: 'backfill' }), { code: '42P01' })
})

t.test('the progress of a large table counts on the planner\'s estimate', async (t) => {
  const { operator, knex, events } = await createGround(t, async (knex) => {
    await createUsers(knex, 10)
    await knex.raw('analyze users')
  })
  await operator.migrate()
  await knex.raw("update pg_class set reltuples = 123456 where oid = 'users'::regclass")
  await operator.advance({ to: 'backfill' })
  t.match(events.find((event) => event.type === 'backfill'), { totalRows: 123_456, doneRows: 10 })
})

t.test('the last look at a table goes through it range by range, and fills what is left in any of them', async (t) => {
  const { operator, knex, events } = await createGround(t, async (knex) => {
    await knex.raw('create table users (id integer primary key, first_name text, last_name text, note text) with (fillfactor = 10, autovacuum_enabled = false)')
    await knex.raw("insert into users select i, 'First' || i, 'Last' || i, repeat('x', 800) from generate_series(1, 4500) i")
  })
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  // as a key that moved backwards past the checkpoint would have left them
  await knex.raw(`alter table users disable trigger user; update users set ${PENDING} = true, full_name = null where id in (5, 2500, 4400); alter table users enable always trigger zz_vintage_users_full_name_insert, enable always trigger zz_vintage_users_full_name_update`)
  const { rows: [{ pages }] } = await knex.raw("select pg_relation_size('users') / 8192 as pages")
  const ranges = Math.ceil(Number(pages) / 2048)
  t.ok(ranges >= 3, `${ranges} ranges`)
  events.length = 0
  await operator.advance({ to: 'backfill' })
  t.equal(await countWrong(knex), 0)
  const told = events.filter((event) => event.type === 'backfill')
  t.ok(told.length >= 3 * ranges, `${told.length} signs of life`)
  t.match(told.at(-1), { finished: true })
})

t.test('limits that the database has for everybody do not end the long reads of a step', async (t) => {
  const slow = transition<string, string>({ ...FULL_NAME, upgrade: { full_name: `public.slow(${FULL_NAME.upgrade.full_name})` } })
  const { url, knex, open } = await createGround(t, async (knex) => {
    await createUsers(knex, 300)
    await knex.raw("create function slow(name text) returns text language plpgsql immutable as 'begin perform pg_sleep(0.002); return name; end'")
  }, { transitions: await named({ 'users.full_name': slow }) })
  const database = new URL(url).pathname.slice(1)
  for (const limit of ['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout']) await knex.raw(`alter database ?? set ${limit} = 300`, [database])
  const operator = await open()
  await operator.migrate()
  t.match(await operator.advance({ to: 'read-new' }), { phase: 'read-new' })
  t.match(await operator.verify(), { ok: true, checkedRows: 300 })
})
