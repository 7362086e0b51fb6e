import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import type { OnlineEvent } from '../../../src/data/online/events.js'
import { addNotNull } from '../../../src/data/online/add-not-null.js'
import { knexSessions } from '../../../src/data/online/knex-sessions.js'
import { online } from '../../../src/data/online/online.js'
import { runOperation } from '../../../src/data/online/run-operation.js'
import { openOperator, type Operator } from '../../../src/data/operator.js'
import { copyDatabase, majorOf } from '../../database.js'
import { recordDdl } from '../ddl-recorder.js'
import { createRoles, urlAs } from '../roles.js'
import { createOnlineGround, openKnex, until, type OnlineGround } from './fixtures.js'

const BUILDING = 'select 1 from pg_stat_progress_create_index where datname = current_database()'
/** Before Postgres 18 NOT NULL comes by a CHECK with a name of ours. */
const notNullOf = async (knex: Knex): Promise<string> => await majorOf(knex) >= 18 ? 'orders_amount_not_null' : 'vintage_orders_amount_not_null'
const REFERENCES = { references: { table: 'users', columns: ['id'] } }

/** Tables, and schema `vintage` beside them. */
async function createGround (t: Test): Promise<OnlineGround & { readonly operator: Operator }> {
  const ground = await createOnlineGround(t)
  const operator = await openOperator({ connection: ground.url, transitions: [] })
  t.teardown(async () => await operator.close().catch(() => {}))
  await operator.migrate()
  return { ...ground, operator }
}

/** Throws before the statement that matches, as a process that is killed there does no more. */
function dieBefore (pattern: RegExp): (event: OnlineEvent) => void {
  return (event) => { if (event.type === 'statement' && pattern.test(event.statement)) throw new Error('killed') }
}

/** NOT NULL as before Postgres 18. */
async function addNotNullByCheck (knex: Knex, column: string, report: (event: OnlineEvent) => void = () => {}): Promise<string> {
  const governed = { database: knexSessions(knex), signal: new AbortController().signal, lockDeadlineMs: 500, lockAttempts: 20, blockers: 'wait' as const, report }
  return await runOperation(governed, 'addNotNull', 'users', async (operation) => await addNotNull({ ...operation, serverMajor: 15 }, column))
}

/** Kills each of the calls at its worst moment. */
async function killAll (t: Test, { knex, open }: OnlineGround): Promise<void> {
  const holder = await knex.transaction()
  await holder.raw("update users set note = 'y' where id = 1")
  const stop = new AbortController()
  const stopped = t.rejects(open({ signal: stop.signal }).addIndex('users', ['email'], { unique: true }), { code: 'FST_ERR_VINTAGE_ABORTED' })
  await until(knex, BUILDING)
  stop.abort()
  await stopped
  await holder.rollback()
  const dying = open({ report: dieBefore(/validate/) })
  await t.rejects(dying.addCheck('orders', 'amount > 0', { name: 'positive' }), { message: 'killed' })
  await t.rejects(dying.addForeignKey('orders', ['user_id'], REFERENCES), { message: 'killed' })
  await t.rejects(dying.addNotNull('orders', 'amount'), { message: 'killed' })
  await t.rejects(addNotNullByCheck(knex, 'email', dieBefore(/set not null/)), { message: 'killed' })
}

const aMinuteAgo = async (knex: Knex): Promise<void> => await knex.raw("update vintage.online_work set at = at - interval '2 minutes'")

async function listed (operator: Operator): Promise<string[]> {
  return (await operator.sweep({ dryRun: true })).objects.map(({ statement }) => statement)
}

/** What is not valid, or judges new rows on the way to something else. */
async function unfinishedOf (knex: Knex): Promise<string[]> {
  const { rows } = await knex.raw(`
    select conname as name from pg_constraint where conrelid in ('users'::regclass, 'orders'::regclass) and (not convalidated or conname like 'vintage%')
    union all select indexrelid::regclass::text from pg_index where not indisvalid order by 1`)
  return rows.map(({ name }: { name: string }) => name)
}

t.test('D27 what killed calls of online have left is listed once nobody is at work on it, and swept', async (t) => {
  const ground = await createGround(t)
  const { operator, knex, open } = ground
  await killAll(t, ground)
  t.equal((await unfinishedOf(knex)).length, 5)
  t.strictSame(await listed(operator), [], 'it may be at work still')
  await aMinuteAgo(knex)
  const holder = await knex.transaction()
  await holder.raw('lock table orders in share update exclusive mode')
  const ofUsers = ['drop index "public"."users_email_index"', 'alter table "public"."users" drop constraint "vintage_users_email_not_null"']
  t.strictSame(await listed(operator), ofUsers, 'somebody is at work on the other table')
  await holder.rollback()
  t.strictSame((await listed(operator)).sort(), [
    ...ofUsers,
    ...['positive', 'orders_user_id_foreign', await notNullOf(knex)].map((name) => `alter table "public"."orders" drop constraint "${name}"`)
  ].sort())
  t.match(await operator.sweep(), { swept: true, objects: { length: 5 } })
  t.strictSame(await unfinishedOf(knex), [])
  t.strictSame(await knex('vintage.online_work'), [])
  t.strictSame(await listed(operator), [])
  t.equal(await open().addCheck('orders', 'amount > 0', { name: 'positive' }), 'done', 'the same call begins anew')
})

t.test('D27 a call that takes up what a killed one has left, and any that ends, leaves nothing to sweep', async (t) => {
  const ground = await createGround(t)
  const { operator, knex, open } = ground
  await killAll(t, ground)
  t.equal(await open().addIndex('users', ['email'], { unique: true }), 'done')
  t.equal(await open().addCheck('orders', 'amount > 0', { name: 'positive' }), 'done')
  t.equal(await open().addForeignKey('orders', ['user_id'], REFERENCES), 'done')
  t.equal(await open().addNotNull('orders', 'amount'), 'done')
  t.equal(await addNotNullByCheck(knex, 'email'), 'done')
  t.strictSame(await knex('vintage.online_work'), [])
  await knex('users').update({ note: 'same' })
  await t.rejects(open().addUnique('users', ['note']), { code: 'FST_ERR_VINTAGE_REFUSED_ROWS' })
  t.strictSame(await knex('vintage.online_work'), [], 'nor one that was refused')
  await t.rejects(open().addCheck('orders', 'amount > 10', { name: 'large' }), { code: 'FST_ERR_VINTAGE_REFUSED_ROWS' })
  await aMinuteAgo(knex)
  t.strictSame(await listed(operator), [])
})

t.test('D27 a CHECK on the way to NOT NULL that is taken away while its call waits for a reader is made again: no row is read under the lock', async (t) => {
  const { knex } = await createOnlineGround(t)
  await t.rejects(addNotNullByCheck(knex, 'email', dieBefore(/set not null/)), { message: 'killed' })
  const read = await recordDdl(knex, ['public.users'])
  const reader = await knex.transaction()
  await reader.raw('select from users')
  let taking: Promise<void> | undefined
  const takeAway = async (): Promise<void> => {
    await reader.raw('alter table users drop constraint vintage_users_email_not_null')
    await reader.commit()
  }
  t.equal(await addNotNullByCheck(knex, 'email', ({ type }) => { if (type === 'retry') taking ??= takeAway() }), 'done')
  await taking
  t.ok(taking)
  t.match((await knex.raw("select attnotnull from pg_attribute where attrelid = 'users'::regclass and attname = 'email'")).rows, [{ attnotnull: true }])
  const settings = (await read()).filter(({ statement }) => statement.includes('set not null'))
  t.match(settings, [{ rows_read: 0 }])
})

t.test('D27 what others have made under the name of something unfinished is not swept', async (t) => {
  const ground = await createGround(t)
  const { operator, knex } = ground
  await killAll(t, ground)
  await aMinuteAgo(knex)
  await knex.raw('alter table orders drop constraint positive, add constraint positive check (amount > 0) not valid')
  await knex.raw('alter table orders validate constraint orders_user_id_foreign')
  await knex.raw("drop index users_email_index; update users set note = 'same'")
  await t.rejects(knex.raw('create unique index concurrently users_email_index on users (note)'), { code: '23505' })
  const left = ['alter table "public"."users" drop constraint "vintage_users_email_not_null"', `alter table "public"."orders" drop constraint "${await notNullOf(knex)}"`]
  t.strictSame((await listed(operator)).sort(), left.sort())
  await knex.raw('drop index users_email_index; create unique index users_email_index on users (email); alter table orders drop column amount')
  t.strictSame(await listed(operator), left.filter((statement) => statement.includes('users')), 'nor an index that is valid, nor what is gone')
  await knex.raw('drop table orders')
  await operator.sweep()
  t.equal((await knex('vintage.online_work')).length, 4, 'what it has not swept is not forgotten')
})

t.test('a role that does not own schema `vintage` notes nothing, and its calls do their work', async (t) => {
  const { knex, url } = await createGround(t)
  const role = `stranger_${Math.random().toString(36).slice(2)}`
  await knex.raw(`create role ${role}; alter table users owner to ${role}; grant create, usage on schema public to ${role}; grant usage on schema vintage to ${role}; grant select on vintage.transitions to ${role}`)
  const stranger = openKnex(t, url, {
    pool: { min: 0, max: 3, afterCreate: (connection: { query (sql: string, done: (error?: Error) => void): void }, done: (error?: Error) => void) => connection.query(`set role ${role}`, done) }
  })
  t.equal(await online(stranger).addColumn('users', 'nickname', 'text'), 'done')
  t.equal(await online(stranger).addIndex('users', ['email']), 'done')
  t.equal(await online(stranger).addCheck('users', 'id > 0', { name: 'positive' }), 'done')
  t.strictSame(await knex('vintage.online_work'), [])
  await stranger.destroy()
  await knex.raw(`drop table users cascade; drop owned by ${role}; drop role ${role}`)
})

t.test('an operator who does not own a table has nothing to sweep there, and the rest is swept', async (t) => {
  const { knex, url, open } = await createGround(t)
  await createRoles(knex)
  await knex.raw('alter table users owner to vintage_moves')
  await knex.raw("do $$ declare found record; begin alter schema vintage owner to vintage_moves; for found in select tablename from pg_tables where schemaname = 'vintage' loop execute format('alter table vintage.%I owner to vintage_moves', found.tablename); end loop; end $$")
  const dying = open({ report: dieBefore(/validate/) })
  for (const table of ['users', 'orders']) await t.rejects(dying.addCheck(table, 'id > 0', { name: 'positive' }), { message: 'killed' })
  await aMinuteAgo(knex)
  const operator = await openOperator({ connection: urlAs('vintage_moves', url), transitions: [] })
  t.match(await operator.sweep(), { objects: [{ kind: 'constraint', name: 'positive', table: '"public"."users"', transition: null }] })
  await operator.close()
  t.strictSame(await unfinishedOf(knex), ['positive'])
  await knex.raw('drop table users, orders; drop schema vintage cascade')
})

t.test('D29 whoever adopts a copy forgets the constraints that calls of online had begun in the origin, where their numbers are others', async (t) => {
  const { operator, knex, url, open } = await createGround(t)
  const dying = open({ report: dieBefore(/validate/) })
  for (const table of ['users', 'orders']) await t.rejects(dying.addCheck(table, 'id > 0', { name: 'positive' }), { message: 'killed' })
  await aMinuteAgo(knex)
  await knex('vintage.online_work').insert({ kind: 'index', table_schema: 'public', table_name: 'users', name: 'users_email_index', known_by: 'in words' })
  await Promise.all([operator.close(), knex.destroy()])
  const copyUrl = await copyDatabase(t, url)
  const copy = openKnex(t, copyUrl)
  // what pg_restore does
  await copy.raw('alter table users drop constraint positive, add constraint positive check (id > 0) not valid')
  const adopting = await openOperator({ connection: copyUrl, transitions: [] })
  await adopting.adopt()
  t.strictSame(await copy('vintage.online_work').orderBy('id').select('kind', 'table_name'), [{ kind: 'constraint', table_name: 'orders' }, { kind: 'index', table_name: 'users' }])
  t.strictSame(await listed(adopting), ['alter table "public"."orders" drop constraint "positive"'])
  await adopting.close()
})
