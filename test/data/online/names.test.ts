import { setTimeout as sleep } from 'node:timers/promises'
import type { QueryResultRow } from 'pg'
import t from 'tap'
import { online } from '../../../src/data/online/online.js'
import { addForeignKey } from '../../../src/data/online/add-foreign-key.js'
import { addNotNull } from '../../../src/data/online/add-not-null.js'
import { knexSessions } from '../../../src/data/online/knex-sessions.js'
import { runOperation } from '../../../src/data/online/run-operation.js'
import { watchProgress } from '../../../src/data/online/watch-progress.js'
import type { OnlineEvent, OnlineNews } from '../../../src/data/online/events.js'
import { openDatabase } from '../../../src/data/database.js'
import { constraintsOf, createOnlineGround, openKnex, statementsOf, until } from './fixtures.js'

const ODD = 'a "quoted" Tablé; drop'
const COLUMN = 'order by "x"'

t.test('names of every kind: quotes, capitals, reserved words, a dot, 63 bytes', async (t) => {
  const { knex, open } = await createOnlineGround(t)
  const long = 'x'.repeat(63)
  await knex.raw('create schema "Shop.1"; create table "Shop.1".?? (id integer primary key, ?? integer, ?? integer)', [ODD, COLUMN, long])
  const table = { schema: 'Shop.1', table: ODD }
  const online = open()
  t.equal(await online.addIndex(table, [COLUMN]), 'done')
  t.equal(await online.addUnique(table, [COLUMN, long]), 'done')
  t.equal(await online.addNotNull(table, long), 'done')
  t.equal(await online.addNotNull(table, COLUMN), 'done')
  t.equal(await online.addCheck(table, '"order by ""x""" > 0', { name: 'it\'s "positive"' }), 'done')
  t.equal(await online.addForeignKey(table, [COLUMN], { references: { table, columns: ['id'] }, onDelete: 'set null' }), 'done')
  t.equal(await online.addForeignKey(table, [COLUMN], { references: { table, columns: ['id'] }, onDelete: 'set null' }), 'present')
  t.equal(await online.addColumn(table, 'select', '"Shop.1".mood', {}).catch((error: Error) => /must be a type/.test(error.message)), true)
  await knex.raw("create type \"Shop.1\".mood as enum ('good')")
  t.equal(await online.addColumn(table, 'select', '"Shop.1".mood', { default: "'good'" }), 'done')
  t.equal(await online.addColumn(table, 'select', '"Shop.1".mood', { default: "'good'" }), 'present')
  t.equal(await online.dropColumn(table, 'select'), 'done')
})

t.test('a table without a schema is found as the knex at hand finds it: its search_path, its role', async (t) => {
  const { knex, url } = await createOnlineGround(t)
  await knex.raw('create schema shop; create table shop.users (id integer primary key, email text)')
  const elsewhere = openKnex(t, url, { searchPath: ['shop', 'public'] })
  t.equal(await online(elsewhere).addIndex('users', ['email']), 'done')
  t.equal(await online(elsewhere).addIndex('orders', ['user_id']), 'done')
  t.strictSame((await knex.raw("select schemaname || '.' || indexname as name from pg_indexes where indexname like '%_index' and schemaname in ('shop', 'public') order by 1")).rows, [{ name: 'public.orders_user_id_index' }, { name: 'shop.users_email_index' }])
})

t.test('an owner who is not a superuser needs nothing more', async (t) => {
  const { knex, url } = await createOnlineGround(t)
  const role = `owner_${Math.random().toString(36).slice(2)}`
  await knex.raw(`create role ${role}; alter table users owner to ${role}; alter table orders owner to ${role}; grant create, usage on schema public to ${role}`)
  const owner = openKnex(t, url, {
    pool: { min: 0, max: 3, afterCreate: (connection: { query (sql: string, done: (error?: Error) => void): void }, done: (error?: Error) => void) => connection.query(`set role ${role}`, done) }
  })
  const table = online(owner)
  t.equal(await table.addUnique('users', ['email']), 'done')
  t.equal(await table.addNotNull('users', 'email'), 'done')
  t.equal(await table.addForeignKey('orders', ['user_id'], { references: { table: 'users', columns: ['id'] } }), 'done')
  t.equal(await table.addCheck('orders', 'amount > 0', { name: 'positive' }), 'done')
  t.equal(await table.addColumn('users', 'nickname', 'text'), 'done')
  t.equal(await table.dropColumn('users', 'nickname'), 'done')
  await owner.destroy()
  await knex.raw(`drop table users, orders; drop owned by ${role}; drop role ${role}`)
})

t.test('partitioned tables: columns, NOT NULL and CHECK are changed with all partitions; indexes, and foreign keys before Postgres 18, are refused with the way round', async (t) => {
  const { knex, open } = await createOnlineGround(t)
  await knex.raw('create table events (id integer not null, at integer, note text) partition by range (id); create table events_1 partition of events for values from (0) to (10); insert into events values (1, 1, null)')
  const table = open()
  const { rows: [{ major }] } = await knex.raw("select current_setting('server_version_num')::int / 10000 as major")
  t.equal(await table.addColumn('events', 'kind', 'text', { default: "'x'", notNull: true }), 'done')
  t.equal(await table.addNotNull('events', 'at'), 'done')
  t.equal(await table.addNotNull('events', 'at'), 'present')
  t.equal(await table.addCheck('events', 'at > 0', { name: 'positive' }), 'done')
  t.equal(await table.dropColumn('events', 'note'), 'done')
  t.match((await knex.raw("select column_name, is_nullable from information_schema.columns where table_name = 'events_1' order by 1")).rows, [{ column_name: 'at', is_nullable: 'NO' }, { column_name: 'id' }, { column_name: 'kind', is_nullable: 'NO' }])
  await t.rejects(table.addIndex('events', ['at']), { code: 'FST_ERR_VINTAGE_REFUSED_TABLE', message: /"events" is partitioned, .*: create the index on ONLY the parent/ })
  await t.rejects(table.addUnique('events', ['id']), { code: 'FST_ERR_VINTAGE_REFUSED_TABLE', message: /add the constraint to each partition/ })
  t.equal(await table.addIndex('events_1', ['at']), 'done', 'a partition is a table')
  const key = async (): Promise<unknown> => await table.addForeignKey('events', ['at'], { references: { table: 'users', columns: ['id'] } })
  if (major < 18) await t.rejects(key(), { code: 'FST_ERR_VINTAGE_REFUSED_TABLE', message: /or upgrade to Postgres 18/ })
  else t.equal(await key(), 'done')
})

t.test('the form of NOT NULL is that of the server, and its catalogue that of SET NOT NULL', async (t) => {
  const { knex, open, events } = await createOnlineGround(t)
  const { rows: [{ major }] } = await knex.raw("select current_setting('server_version_num')::int / 10000 as major")
  const notNulls = async (): Promise<unknown> => (await knex.raw("select attname, (select json_agg((conname, convalidated)::text order by conname) from pg_constraint where conrelid = attrelid) as constraints from pg_attribute where attrelid = 'users'::regclass and attnotnull order by attname")).rows
  await knex.raw('alter table users alter email set not null')
  const expected = await notNulls()
  await knex.raw('alter table users alter email drop not null')
  await open().addNotNull('users', 'email')
  t.strictSame(await notNulls(), expected)
  t.match(statementsOf(events), major >= 18
    ? [/add not null "email" not valid/, /validate constraint "users_email_not_null"/]
    : [/check \("email" is not null\n\) not valid/, /validate constraint "vintage_users_email_not_null"/, /set not null/, /drop constraint/])
  if (major >= 18) {
    await knex.raw('alter table users alter email drop not null, add constraint mine not null email not valid')
    events.length = 0
    t.equal(await open().addNotNull('users', 'email'), 'done')
    t.strictSame(statementsOf(events), ['alter table "public"."users" validate constraint "mine"'], 'one that is NOT VALID is validated')
    await knex.raw("alter table users add kind text default 'x', add constraint later not null kind not valid")
    await t.rejects(open().addColumn('users', 'kind', 'text', { default: "'x'", notNull: true }), { code: 'FST_ERR_VINTAGE_REFUSED_NAME_TAKEN', message: /"unproven" : "later"/ }, 'and does not pass for one of all rows')
  }
})

t.test('before Postgres 18 NOT NULL goes by a CHECK, which a killed run may have left at any point', async (t) => {
  const { knex } = await createOnlineGround(t)
  const events: OnlineEvent[] = []
  const governed = { database: knexSessions(knex), signal: new AbortController().signal, lockDeadlineMs: 500, lockAttempts: 20, blockers: 'wait' as const, report: (event: OnlineEvent) => events.push(event) }
  const older = async (): Promise<string> => await runOperation(governed, 'addNotNull', 'users', async (operation) => await addNotNull({ ...operation, serverMajor: 15 }, 'email'))
  for (const left of ['select 1', 'alter table users add constraint vintage_users_email_not_null check (email is not null) not valid', 'alter table users add constraint vintage_users_email_not_null check (email is not null)']) {
    await knex.raw(left)
    events.length = 0
    t.equal(await older(), 'done')
    t.match(statementsOf(events).slice(-2), [/alter column "email" set not null$/, /drop constraint "vintage_users_email_not_null"$/])
    t.strictSame(await constraintsOf(knex, 'users'), { users_pkey: 'PRIMARY KEY (id)' })
    t.equal(await older(), 'present')
    await knex.raw('alter table users alter email drop not null')
  }
  const holder = await knex.transaction()
  await holder.raw('alter table users add constraint vintage_users_email_not_null check (email is not null)')
  await holder.commit()
  const waiting = await knex.transaction()
  await waiting.raw('lock table users in share update exclusive mode')
  const both = Promise.all([older(), older()])
  await until(knex, "select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' having count(*) = 2")
  await waiting.rollback()
  t.strictSame(await both, ['done', 'done'])
  await knex.raw('create table parts (id integer) partition by range (id)')
  await t.rejects(runOperation(governed, 'addForeignKey', 'parts', async (operation) => await addForeignKey({ ...operation, serverMajor: 17 }, ['id'], { references: { table: 'users', columns: ['id'] } })), { message: /or upgrade to Postgres 18/ })
})

async function untilTrue (holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1_000 && !holds(); tries++) await sleep(5)
}

t.test('how far the build of an index is can be heard', async (t) => {
  const { knex, open, url } = await createOnlineGround(t)
  const holder = await knex.transaction()
  await holder.raw("update users set note = 'y' where id = 1")
  const building = open().addIndex('users', ['email'])
  await until(knex, "select 1 from pg_stat_progress_create_index where relid = 'users'::regclass")
  const database = await openDatabase(url)
  const heard: OnlineNews[] = []
  const table = { schema: 'public', name: 'users', quoted: '"public"."users"', partitioned: false }
  await new Promise<void>((resolve) => {
    const stop = watchProgress({ database, table, tell: (news) => { heard.push(news); stop(); resolve() } }, 20)
  })
  const [asked, asking] = [{ times: 0 }, { now: 0, most: 0 }]
  const slow = {
    ...database,
    query: async <Row extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]> => {
      asked.times++
      asking.most = Math.max(asking.most, ++asking.now)
      await database.query('select pg_sleep(0.03)')
      return await database.query<Row>(sql, values).finally(() => asking.now--)
    }
  }
  const impatient = watchProgress({ database: slow, table, tell: () => { throw new Error('not to be told') } }, 5)
  await untilTrue(() => asked.times > 3)
  impatient()
  t.equal(asking.most, 1, 'one question at a time, and who throws when told stops nothing')
  await untilTrue(() => asking.now === 0)
  t.match(heard[0], { type: 'progress', stage: /^waiting for writers/, done: Number, total: Number })
  await database.close()
  const stop = watchProgress({ database, table, tell: t.fail }, 5)
  await holder.rollback()
  t.equal(await building, 'done')
  stop()
})
