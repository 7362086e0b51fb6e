import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import pg from 'pg'
import t, { type Test } from 'tap'
import { createFresh } from '../../src/data/sql/create-fresh.js'
import { openDatabase } from '../../src/data/database.js'
import { isFresh } from '../../src/data/steps/is-fresh.js'
import { transition } from '../../src/data/transition.js'
import { serverUrl } from '../database.js'
import { createGround, createUsers, FULL_NAME, named } from './fixtures.js'

const MIGRATIONS: Readonly<Record<string, string>> = {
  '01_users.mjs': "export const up = (knex) => knex.raw('create table users (id integer primary key, first_name text, last_name text)')\nexport const down = () => {}",
  '02_seed.mjs': "export default { up: (knex) => knex('users').insert([{ id: 1, first_name: 'Ada', last_name: 'Byron' }]), down: () => {} }",
  '03_view.mjs': "export const config = { transaction: false }\nexport const up = (knex) => knex.raw('create view names as select full_name from users')\nexport const down = () => {}",
  'notes.txt': ''
}

async function createFolder (t: Test, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vintage-migrations-'))
  t.teardown(async () => await rm(folder, { recursive: true }))
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text)
  return folder
}

const NICKNAME = transition({ table: 'users', before: { note: 'text' }, after: { nickname: 'text' }, upgrade: { nickname: 'note' }, downgrade: { note: 'nickname' } })

const AFTER = { 'users.full_name': transition<string, string>({ ...FULL_NAME, after_migration: '02_seed' }) }

t.test('D29 migrations and transitions run in one order, and a later migration can use the new column', async (t) => {
  const migrations = await createFolder(t, MIGRATIONS)
  const { operator, knex, events } = await createGround(t, async () => {}, { migrations, transitions: await named(AFTER) })
  t.same(await operator.migrate(), {
    migrations: ['01_users', '02_seed', '03_view'],
    transitions: [{ transition: 'users.full_name', phase: 'dual-write', fresh: false }]
  })
  t.same(events.map((event) => event.type === 'migration' ? event.migration : event.type), ['01_users', '02_seed', 'phase', 'phase', 'index', 'index', '03_view'])
  t.same(await operator.migrate(), { migrations: [], transitions: [] }, 'a second run does nothing')
  await operator.advance({ to: 'drop' })
  t.same(await knex('names'), [{ full_name: 'Ada Byron' }])
})

t.test('D29 a fresh database takes all phases at once where the table is empty', async (t) => {
  const { '02_seed.mjs': _, ...files } = MIGRATIONS
  const migrations = pathToFileURL(await createFolder(t, { ...files, '02_seed.mjs': 'export const up = async () => {}\nexport const down = up' }))
  const { operator, knex } = await createGround(t, async () => {}, { migrations, transitions: await named(AFTER) })
  t.match(await operator.migrate(), { transitions: [{ phase: 'drop', fresh: true }] })
  await knex('users').insert({ id: 1, full_name: 'Ada' })
  t.same(await knex('names'), [{ full_name: 'Ada' }])
})

t.test('D29 a client that comes between the look and the lock is seen: not all phases are taken at once', async (t) => {
  const { knex, url } = await createGround(t, async (knex) => await createUsers(knex, 0))
  const { rows: [{ oid }] } = await knex.raw("select 'users'::regclass::oid::text as oid")
  const database = await openDatabase(url)
  t.teardown(async () => await database.close())
  const looked = await database.transaction(async (session) => await isFresh(session, session.query, { ...FULL_NAME, name: 'users.full_name' }, 'public.users', { tablesBefore: [oid], ownPids: () => [] }))
  t.equal(looked, false)
})

for (const [who, statement] of [['a writer', "update roles set name = 'x'"], ['a reader', 'select from roles']] as const) {
  t.test(`D24 all phases at once, beside ${who} of the table that a foreign key refers to`, async (t) => {
    const migrations = await createFolder(t, { '01_users.mjs': "export const up = (knex) => knex.raw('create table users (id integer primary key, role_name text)')\nexport const down = () => {}" })
    const roles = transition({ table: 'users', before: { role_name: 'text' }, after: { role: 'text' }, upgrade: { role: 'role_name' }, downgrade: { role_name: 'role' }, foreignKeys: [{ columns: ['role'], references: { table: 'roles', columns: ['code'] } }] })
    const { operator, knex } = await createGround(t, async (knex) => await knex.raw("create table roles (code text primary key, name text); insert into roles values ('boss')"), { migrations, transitions: await named({ 'users.role': roles }), lockAttempts: 2, lockDeadlineMs: 100 })
    const holder = await knex.transaction()
    const { rows: [{ pid }] } = await holder.raw('select pg_backend_pid() as pid')
    await holder.raw(statement)
    await sleep(120)
    if (who === 'a reader') t.match(await operator.migrate(), { transitions: [{ phase: 'drop', fresh: true }] }, 'is no hindrance')
    else await t.rejects(operator.migrate(), { code: 'FST_ERR_VINTAGE_REFUSED_LOCK', message: new RegExp(`a long transaction holds .*Who blocks: pid ${pid}`) }, 'is named, and nobody queues up behind')
    await holder.rollback()
  })
}

t.test('D29 an empty table that another client may be using goes the ordinary way, and an old API does not notice', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => {
    await createUsers(knex, 0)
    await knex.raw('create table orders (id integer primary key); insert into orders values (1)')
  })
  t.match(await operator.migrate(), { transitions: [{ phase: 'dual-write', fresh: false }] })
  await knex('users').insert({ first_name: 'Ada', last_name: 'Byron' })
  t.match(await knex('users').first(), { first_name: 'Ada', full_name: 'Ada Byron' })
})

/** Until the server has noticed that every client of a database is gone. */
async function untilAlone (t: Test, url: string): Promise<void> {
  const server = new pg.Client({ connectionString: serverUrl() })
  t.teardown(async () => await server.end())
  await server.connect()
  const count = async (): Promise<number> => (await server.query('select 1 from pg_stat_activity where datname = $1', [new URL(url).pathname.slice(1)])).rows.length
  while (await count() > 0) await sleep(10)
}

t.test('D29 an empty table of an earlier run takes all phases at once while nobody else is connected', async (t) => {
  const { operator, open, url } = await createGround(t, async (knex) => {
    await createUsers(knex, 0)
    await knex.destroy()
  })
  const watcher = new pg.Client({ connectionString: url })
  await watcher.connect()
  const cautious = await open({ transitions: await named({ 'users.nickname': NICKNAME }) })
  t.match(await cautious.migrate(), { transitions: [{ phase: 'dual-write', fresh: false }] }, 'not while somebody is')
  await watcher.end()
  await cautious.close()
  await untilAlone(t, url)
  t.match(await operator.migrate(), { transitions: [{ phase: 'drop', fresh: true }] })
})

t.test('D29 an instance that registers while all phases are taken at once waits, and then finds the end', async (t) => {
  const migrations = await createFolder(t, { '01_users.mjs': MIGRATIONS['01_users.mjs'] ?? '' })
  const { operator, open, knex } = await createGround(t, async () => {}, { migrations, lockDeadlineMs: 5_000 })
  const other = await open({ transitions: [], migrations: await createFolder(t, {}) })
  await other.migrate()
  const registering = await knex.transaction()
  await registering.raw("insert into vintage.instances (id, name, host, pid, transitions, started_at, lease_until) values (gen_random_uuid(), 'old-build', 'h', 1, '{}', now(), now() + interval '1 hour')")
  const migrating = operator.migrate()
  for (let tries = 0; tries < 400; tries++) {
    const { rows } = await knex.raw("select 1 from pg_locks where not granted and relation = 'vintage.instances'::regclass")
    if (rows.length > 0) break
    await sleep(10)
  }
  await registering.commit()
  t.match(await migrating, { transitions: [{ phase: 'dual-write', fresh: false }] }, 'and one that came first is seen')
})

t.test('D14 of several `migrate` at once, as of init containers, one does the work and the others find it done', async (t) => {
  const migrations = await createFolder(t, MIGRATIONS)
  const { open, knex, events } = await createGround(t, async () => {}, { migrations, transitions: await named(AFTER), waitMs: 20_000 })
  const operators = await Promise.all([open(), open(), open()])
  const results = await Promise.all(operators.map(async (operator) => await operator.migrate()))
  t.equal(results.filter((result) => result.migrations.length === 3 && result.transitions.length === 1).length, 1)
  t.equal(results.filter((result) => result.migrations.length + result.transitions.length === 0).length, 2)
  t.match(events.find((event) => event.type === 'waiting'), { transition: null, for: 'migrate', instances: [/pid \d+/] })
  const holder = await knex.transaction()
  await holder.raw('select pg_advisory_xact_lock(?, 1)', [0x76696e74])
  const impatient = await open({ waitMs: 200 })
  await t.rejects(impatient.migrate(), { code: 'FST_ERR_VINTAGE_REFUSED_OPERATOR', message: /another `vintage migrate` .*pid \d+ of the database/ })
  await holder.rollback()
})

t.test('`to` stops after a migration or a transition', async (t) => {
  const migrations = await createFolder(t, MIGRATIONS)
  const { operator } = await createGround(t, async () => {}, { migrations: pathToFileURL(migrations).href, transitions: await named(AFTER) })
  t.same(await operator.migrate({ to: '02_seed' }), { migrations: ['01_users', '02_seed'], transitions: [] })
  t.match(await operator.migrate({ to: 'users.full_name' }), { migrations: [], transitions: [{ phase: 'dual-write' }] })
  await t.rejects(operator.migrate({ to: '99_nowhere' }), { code: 'FST_ERR_VINTAGE_MIGRATION', message: /no migration or transition `99_nowhere`; there are: 01_users, 02_seed, users.full_name, 03_view/ })
})

t.test('migrations that plain knex has recorded with their extension do not run again', async (t) => {
  const migrations = await createFolder(t, { ...MIGRATIONS, '02_seed.mjs': "export const up = (knex) => knex('users').insert({ id: 1 })\nexport const down = () => {}" })
  const { operator, knex } = await createGround(t, async (knex) => {
    for (const name of ['01_users.mjs', '02_seed.mjs']) await knex.migrate.up({ directory: migrations, loadExtensions: ['.mjs'], name })
  }, { migrations, transitions: await named(AFTER) })
  t.same(await knex('knex_migrations').pluck('name'), ['01_users.mjs', '02_seed.mjs'])
  t.match(await operator.migrate(), { migrations: ['03_view'] })
})

t.test('what is wrong with migrations is said in one sentence', async (t) => {
  const failing = await createFolder(t, { '01_bad.mjs': "export const up = (knex) => knex.raw('selec 1')\nexport const down = () => {}" })
  const empty = await createFolder(t, { '01_empty.mjs': 'export const nothing = 1' })
  const twice = await createFolder(t, { '01_a.mjs': '', '01_a.js': '' })
  const { open } = await createGround(t, async () => {})
  const attempt = async (migrations: string): Promise<unknown> => await (await open({ migrations, transitions: [] })).migrate()
  await t.rejects(attempt(failing), { code: 'FST_ERR_VINTAGE_MIGRATION', message: /migration `01_bad` failed: .*syntax error/, cause: { code: '42601' } })
  await t.rejects(attempt(empty), { code: 'FST_ERR_VINTAGE_MIGRATION', message: /must export functions `up` and `down`/ })
  await t.rejects(attempt(twice), { code: 'FST_ERR_VINTAGE_MIGRATION', message: /`01_a` is there twice/ })
  await t.rejects(attempt(join(empty, 'nowhere')), { code: 'FST_ERR_VINTAGE_MIGRATION', message: /cannot be read/, cause: { code: 'ENOENT' } })
  const lost = await open({ migrations: failing, transitions: await named(AFTER) })
  await t.rejects(lost.migrate(), { code: 'FST_ERR_VINTAGE_INVALID_TRANSITION', message: /`after_migration` names `02_seed`, which is not among the migrations: 01_bad/ })
  const none = await open({ transitions: await named(AFTER) })
  await t.rejects(none.migrate(), { message: /not among the migrations: none/ })
  await t.rejects((await open({ transitions: [] })).migrate({ to: 'x' }), { message: /there are: none/ })
})

t.test('a transition without constraints and indexes takes two statements on an empty table', async (t) => {
  const { notNull, indexes, ...plain } = FULL_NAME
  t.strictSame(createFresh({ ...plain, name: 'users.full_name' }, { tableSchema: 'public', tableName: 'users' }), [
    'alter table "public"."users" add column "full_name" text',
    'alter table "public"."users" drop column "first_name", drop column "last_name"'
  ])
})
