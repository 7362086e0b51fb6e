import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import { transition, type TransitionDefinition } from '../../src/data/transition.js'
import { majorOf } from '../database.js'
import { until, untilWaiting } from '../until.js'
import { createGround, createUsers, FULL_NAME, named, type Ground } from './fixtures.js'

const INDEX = 'users_full_name_index'

/** `users` with ten filled rows at `backfill`, so that the next step is read-new. */
async function createFilled (t: Test, definition: TransitionDefinition = FULL_NAME): Promise<Ground> {
  const ground = await createGround(t, async (knex) => await createUsers(knex, 10), { transitions: await named({ 'users.full_name': definition }) })
  await ground.operator.migrate()
  await ground.operator.advance()
  // what is told of the twins is another matter
  ground.events.length = 0
  return ground
}

async function indexIsValid (knex: Knex): Promise<boolean | undefined> {
  return (await knex.raw('select indisvalid from pg_index where indexrelid = to_regclass(?)', [INDEX])).rows[0]?.indisvalid
}

t.test('D25 an index that a cancelled build of ours has left invalid is dropped and built again', async (t) => {
  const { operator, open, knex, events } = await createFilled(t)
  const holder = await knex.transaction()
  await holder.raw("insert into users (full_name) values ('In the way')")
  const stop = new AbortController()
  const stopped = t.rejects((await open({ signal: stop.signal, report: () => {} })).advance(), { code: 'FST_ERR_VINTAGE_ABORTED' })
  await until('an index that is not valid yet', async () => await indexIsValid(knex) === false)
  stop.abort()
  await stopped
  t.equal(await indexIsValid(knex), false)
  await holder.rollback()
  await operator.advance()
  t.equal(await indexIsValid(knex), true)
  t.match(events.filter((event) => event.type === 'index').map(({ state }) => state), ['dropping what a killed build left', 'building', 'built'])
})

t.test('D25 an index that the server is still building for a client that is gone is waited for, not dropped', async (t) => {
  const { operator, knex, events } = await createFilled(t)
  const holder = await knex.transaction()
  await holder.raw("insert into users (full_name) values ('In the way')")
  const building = knex.raw(`create index concurrently ${INDEX} on users (full_name)`).then(() => {})
  await until('the index', async () => await indexIsValid(knex) !== undefined)
  const advancing = operator.advance()
  await until('news of the index', () => events.some((event) => event.type === 'index'))
  await sleep(600)
  await holder.rollback()
  await advancing
  await building
  t.match(events.filter((event) => event.type === 'index').map(({ state }) => state), ['waiting for another builder', 'present'])
})

t.test('D25 the build of an index waits for a reader of another table, however short the timeouts of the database are', async (t) => {
  const { knex, open, url } = await createFilled(t)
  await knex.raw(`alter database "${new URL(url).pathname.slice(1)}" set lock_timeout = '30ms'; create table others (id integer)`)
  const operator = await open()
  const reader = await knex.transaction({ isolationLevel: 'repeatable read' })
  await reader.raw('set local lock_timeout = 0; select * from others')
  const advancing = operator.advance()
  await untilWaiting(knex, 'create index%')
  await sleep(150)
  await reader.commit()
  t.match(await advancing, { phase: 'read-new' })
})

t.test('D25 an index of the same name that is not ours is left alone', async (t) => {
  const { operator, knex } = await createFilled(t)
  await knex.raw('create table others (full_name text)')
  const others = ['users (note)', 'users (full_name, note)', 'users (full_name) include (note)', 'users using hash (full_name)', 'users (full_name desc)', 'users (full_name text_pattern_ops)',
    'users (full_name collate "C")', 'users (full_name) nulls not distinct', "users (full_name) where note = ''", 'others (full_name)']
  for (const other of others) {
    await knex.raw(`create index ${INDEX} on ${other}`)
    await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_INDEX', message: /is taken by something else/ }, other)
    await knex.raw(`drop index ${INDEX}`)
  }
  await knex.raw(`alter table users add constraint ${INDEX} exclude using btree (full_name with =)`)
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_INDEX', message: /is taken by something else/ })
  await knex.raw(`alter table users drop constraint ${INDEX}; create index ${INDEX} on users (full_name)`)
  await knex.raw('update pg_index set indisvalid = false where indexrelid = to_regclass(?)', [INDEX])
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_INDEX', message: /an invalid index that this transition has not built/ })
  t.equal(await indexIsValid(knex), false)
})

t.test('D25 values that are not unique are named, and nothing invalid stays to refuse writes', async (t) => {
  const { operator, knex } = await createFilled(t, transition<string, string>({ ...FULL_NAME, indexes: [{ columns: ['full_name'], unique: true, name: INDEX }] }))
  await knex('users').whereIn('id', [3, 4]).update({ full_name: 'Twice Named' })
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_INDEX', message: /Key \(full_name\)=\(Twice Named\) is duplicated/, cause: { code: '23505' } })
  t.equal(await indexIsValid(knex), undefined)
  await knex('users').where({ id: 4 }).update({ full_name: 'Once Named' })
  t.match(await operator.advance(), { phase: 'read-new' })
})

t.test('a value that is too long for an index is told before anything is filled, and nothing invalid stays to refuse writes', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 10))
  const long = async (): Promise<number> => await knex('users').where({ id: 3 }).update({ first_name: Array.from({ length: 9_000 }, () => Math.random().toString(36)).join(' ') })
  await long()
  await t.rejects(operator.migrate(), { code: 'FST_ERR_VINTAGE_REFUSED_INDEX', message: /twin_users_full_name_index` cannot be built: index row requires .* bytes.*Mend the value, or the definition/, cause: { code: '54000' } })
  await long()
  await knex('users').where({ id: 3 }).update({ first_name: 'Short' })
  await operator.migrate()
  t.match(await operator.advance({ to: 'read-new' }), { phase: 'read-new' })
})

t.test('D26 NOT NULL is refused while a value is null, and nothing of it stays behind', async (t) => {
  const nullable = transition<string, string>({ ...FULL_NAME, upgrade: { full_name: "first_name || ' ' || last_name" }, indexes: [] })
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 10), { transitions: await named({ 'users.full_name': nullable }) })
  await operator.migrate()
  await knex('users').where({ id: 3 }).update({ first_name: null })
  await t.rejects(operator.advance({ to: 'read-new' }), { code: 'FST_ERR_VINTAGE_REFUSED_MISMATCH', message: /`full_name`, which is null in 1 rows/ })
  await knex('users').where({ id: 3 }).update({ first_name: 'Ada' })
  t.match(await operator.advance(), { phase: 'read-new' })
  await t.rejects(knex('users').where({ id: 3 }).update({ first_name: null }), { code: '23502' })
  t.match(await operator.rollback({ to: 'backfill' }), { phase: 'backfill' })
  await knex('users').where({ id: 3 }).update({ first_name: null })
})

t.test('D26 a null that comes between the look and the constraint is refused, and the constraint is taken back', async (t) => {
  const nullable = transition<string, string>({ ...FULL_NAME, upgrade: { full_name: "first_name || ' ' || last_name" }, indexes: [] })
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 10), { transitions: await named({ 'users.full_name': nullable }), lockDeadlineMs: 10_000 })
  await operator.migrate()
  await operator.advance()
  const holder = await knex.transaction()
  await holder('users').where({ id: 3 }).update({ first_name: null })
  const refused = t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_MISMATCH', message: /null in 1 rows/ })
  await untilWaiting(knex, 'alter table%')
  await holder.commit()
  await refused
  t.same((await knex.raw("select conname from pg_constraint where conrelid = 'users'::regclass and (contype = 'c' or conname = 'users_full_name_not_null')")).rows, [])
})

t.test('D26 while NOT NULL is set, the table is not read under an exclusive lock', async (t) => {
  const { operator, knex } = await createFilled(t)
  await operator.advance()
  const { rows } = await knex.raw("select attnotnull from pg_attribute where attrelid = 'users'::regclass and attname = 'full_name'")
  t.same(rows, [{ attnotnull: true }])
  t.match(await operator.rollback({ to: 'backfill' }), { phase: 'backfill' })
  t.match(await operator.advance(), { phase: 'read-new' }, 'and again, with the index already present')
  await operator.rollback({ to: 'backfill' })
  await knex.raw('alter table users alter column full_name set not null')
  t.match(await operator.advance(), { phase: 'read-new' }, 'and with NOT NULL in place since a run that was killed')
})

t.test('D26 a NOT NULL that judges new rows only is not taken for one of all rows: its old rows are read, and it goes with a rollback', async (t) => {
  const nullable = transition<string, string>({ ...FULL_NAME, upgrade: { full_name: "first_name || ' ' || last_name" }, indexes: [] })
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 10), { transitions: await named({ 'users.full_name': nullable }) })
  await operator.migrate()
  await knex('users').where({ id: 3 }).update({ first_name: null })
  await operator.advance({ to: 'backfill' })
  // before Postgres 18 there is none but by a CHECK, which does not show in the column
  const native = await majorOf(knex) >= 18
  const byHand = async (): Promise<void> => await knex.raw(`alter table users add constraint by_hand ${native ? 'not null full_name' : 'check (full_name is not null)'} not valid`)
  const unproven = async (): Promise<string[]> => (await knex.raw("select conname from pg_constraint where conrelid = 'users'::regclass and not convalidated")).rows.map(({ conname }: { conname: string }) => conname)
  await byHand()
  t.match((await operator.plan()).steps.flatMap(({ statements }) => statements.map(({ statement }) => statement)).join('; '), native ? /users" validate constraint "by_hand";|users" validate constraint "by_hand"$/ : /alter column "full_name" set not null/)
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_MISMATCH', message: /null in 1 rows/ })
  await knex('users').where({ id: 3 }).update({ first_name: 'Ada' })
  t.strictSame(await unproven(), native ? [] : ['by_hand'], 'what refuses nulls goes with the step that fails')
  if (native) await byHand()
  t.match(await operator.advance(), { phase: 'read-new' })
  t.strictSame(await unproven(), native ? [] : ['by_hand'])
  await t.rejects(knex('users').where({ id: 3 }).update({ first_name: null }), { code: '23502' })
  await operator.rollback({ to: 'backfill' })
  await operator.rollback({ to: 'dual-write' })
  if (!native) await knex.raw('alter table users drop constraint by_hand')
  await byHand()
  await operator.advance({ to: 'backfill' })
  await operator.rollback({ to: 'dual-write' })
  t.strictSame(await unproven(), native ? [] : ['by_hand'])
})

t.test('D27 a NOT NULL on the way that is called off, or that a killed run has left, does not stay to refuse writes', async (t) => {
  const { open, operator, knex } = await createFilled(t)
  const left = async (): Promise<unknown[]> => (await knex.raw("select conname from pg_constraint where conrelid = 'users'::regclass and (contype = 'c' or conname = 'users_full_name_not_null')")).rows
  const stop = new AbortController()
  const stopping = await open({ signal: stop.signal, lockDeadlineMs: 10_000 })
  const reader = await knex.transaction()
  await reader.raw('select 1 from users')
  const aborted = t.rejects(stopping.advance(), { code: 'FST_ERR_VINTAGE_ABORTED' })
  // the CHECK waits for the reader; whoever queues up behind it comes before its validation
  await untilWaiting(knex, 'alter table%')
  const holder = await knex.transaction()
  const held = holder.raw('lock table users in share mode').then(() => {})
  await untilWaiting(knex, 'lock table%')
  await reader.rollback()
  await held
  await untilWaiting(knex, '%validate constraint%')
  stop.abort()
  await untilWaiting(knex, 'lock table%share update exclusive%')
  await holder.rollback()
  await aborted
  t.same(await left(), [])
  await knex.raw('alter table users add constraint vintage_users_full_name_not_null check (full_name is not null) not valid')
  await operator.rollback({ to: 'dual-write' })
  t.same(await left(), [])
})

for (const given of [true, false]) {
  t.test(`D26 a constraint whose last lock is refused ${given ? 'is taken back, and the NOT NULL before it' : 'is named with the NOT NULL before it when they could not be taken back'}`, async (t) => {
    const definition = transition<string, string>({ ...FULL_NAME, indexes: [], unique: [['full_name']] })
    const { open, knex } = await createFilled(t, definition)
    const reader = await knex.transaction()
    // the NOT NULL is there, and the build of the index, which has no deadline, lasts until the reader has a lock that the last step cannot have
    await knex.raw(`create function wait_for_reader() returns event_trigger language plpgsql as $$ begin
      while current_query() ilike '%create unique index%' and not exists (select from pg_locks where relation = 'public.users'::regclass and mode = 'AccessShareLock' and granted and pid <> pg_backend_pid())
        loop perform pg_sleep(0.005); end loop; end $$; create event trigger wait_for_reader on ddl_command_start execute function wait_for_reader()`)
    const refused = await open({
      lockAttempts: 3,
      lockDeadlineMs: 1_000,
      report: (event) => {
        if (event.type === 'lock-retry' && event.step === 'taking constraints back' && given) reader.rollback().catch(t.fail)
      }
    })
    const message = given ? /gave up after 3 attempts/ : /could not be taken back .*alter table "public"."users" alter column "full_name" drop not null; drop index "public"."users_full_name_unique"/
    const advancing = t.rejects(refused.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_LOCK', message })
    await untilWaiting(knex, '%create unique index%', { kind: 'Timeout' })
    await reader.raw('select 1 from users')
    await advancing
    if (!given) await reader.rollback()
    await knex.raw('drop event trigger wait_for_reader')
    const { rows } = await knex.raw("select attnotnull as required, to_regclass('users_full_name_unique') is not null as built from pg_attribute where attrelid = 'users'::regclass and attname = 'full_name'")
    t.strictSame(rows, [{ required: !given, built: !given }])
    t.match(await (await open()).advance(), { phase: 'read-new' }, 'and the same command goes on')
  })
}
