import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Knex } from 'knex'
import t from 'tap'
import { openDatabase } from '../../../src/data/database.js'
import { takeTurn } from '../../../src/data/governor/turn.js'
import type { OnlineEvent } from '../../../src/data/online/events.js'
import type { Online } from '../../../src/data/online/online.js'
import { until as untilSeen } from '../../until.js'
import { constraintsOf, createOnlineGround, createTables, indexesOf, statementsOf, until } from './fixtures.js'

const BUILDING = "select 1 from pg_stat_activity where datname = current_database() and query like 'create%concurrently%' and state = 'active' and wait_event_type = 'Lock'"

const CALLS: Record<keyof Online, (table: Online) => Promise<string>> = {
  addIndex: async (table) => await table.addIndex('users', ['email']),
  addUnique: async (table) => await table.addUnique('users', ['email']),
  addNotNull: async (table) => await table.addNotNull('users', 'email'),
  addCheck: async (table) => await table.addCheck('users', 'id > 0', { name: 'positive' }),
  addForeignKey: async (table) => await table.addForeignKey('orders', ['user_id'], { references: { table: 'users', columns: ['id'] } }),
  addColumn: async (table) => await table.addColumn('users', 'nickname', 'text', { default: "'none'" }),
  dropColumn: async (table) => await table.dropColumn('users', 'note')
}

/** What two tables are made of. */
async function catalogueOf (knex: Knex): Promise<unknown> {
  const columns = (await knex.raw("select table_name, column_name, data_type, is_nullable, column_default from information_schema.columns where table_name in ('users', 'orders') order by 1, 2")).rows
  const all = (await knex.raw("select conname, convalidated from pg_constraint where conrelid in ('users'::regclass, 'orders'::regclass) order by 1")).rows
  return [columns, all, await indexesOf(knex, 'users'), await indexesOf(knex, 'orders'), await constraintsOf(knex, 'users'), await constraintsOf(knex, 'orders')]
}

t.test('D27 each function that dies before any of its statements, or after the last, is taken up by the same call', async (t) => {
  const { knex, open, events } = await createOnlineGround(t)
  for (const [name, call] of Object.entries(CALLS)) {
    await createTables(knex)
    events.length = 0
    await call(open())
    const expected = await catalogueOf(knex)
    const deaths = events.filter(({ type }) => type === 'statement' || type === 'end').length
    t.ok(deaths >= 2, name)
    for (let death = 1; death <= deaths; death++) {
      await createTables(knex)
      let left = death
      const report = ({ type }: OnlineEvent): void => {
        if ((type === 'statement' || type === 'end') && --left === 0) throw new Error('killed')
      }
      await t.rejects(call(open({ report })), { message: 'killed' }, `${name} dies at ${death} of ${deaths}`)
      t.equal(await call(open()), death === deaths ? 'present' : 'done')
      t.strictSame(await catalogueOf(knex), expected, 'and the end is the same')
    }
  }
})

t.test('D25 the process that builds an index is killed with -9 while the server goes on: it is waited for, not dropped', async (t) => {
  const { knex, open, url, events } = await createOnlineGround(t)
  const holder = await knex.transaction()
  await holder.raw("update users set note = 'y' where id = 1")
  const program = `
    const { default: knexFactory } = await import('knex')
    const { online } = await import('fastify-vintage/knex')
    await online(knexFactory({ client: 'pg', connection: ${JSON.stringify(url)} })).addIndex('users', ['email'])`
  const child = spawn(process.execPath, ['--conditions=vintage-source', '--import=./scripts/typescript.mjs', '--input-type=module', '--eval', program], { stdio: 'inherit' })
  await until(knex, BUILDING)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const resumed = open().addIndex('users', ['email'])
  await untilSeen('a wait', () => events.some(({ type }) => type === 'waiting'))
  t.match(events, [{ type: 'waiting', index: 'users_email_index', blockers: [{ lock: 'ShareUpdateExclusiveLock', query: /^create index concurrently/ }] }])
  await holder.commit()
  t.equal(await resumed, 'present')
  t.strictSame(statementsOf(events), [], 'nothing was dropped')
})

t.test('D25 an index whose build was called off is cancelled in the server, found invalid, dropped and built again', async (t) => {
  const { knex, open, events } = await createOnlineGround(t)
  const holder = await knex.transaction()
  await holder.raw("update users set note = 'y' where id = 1")
  const stop = new AbortController()
  const stopped = t.rejects(open({ signal: stop.signal }).addUnique('users', ['email']), { code: 'FST_ERR_VINTAGE_ABORTED' })
  await until(knex, BUILDING)
  stop.abort()
  await stopped
  t.match(await indexesOf(knex, 'users'), { users_email_unique: /^! / })
  await holder.rollback()
  events.length = 0
  t.equal(await open().addUnique('users', ['email']), 'done')
  t.match(statementsOf(events), [/^drop index concurrently/, /^create unique index concurrently/, /^alter table .* using index/])
  t.strictSame(await constraintsOf(knex, 'users'), { users_email_unique: 'UNIQUE (email)', users_pkey: 'PRIMARY KEY (id)' })
})

t.test('D25 two who build one index at once: one does, the other finds it', async (t) => {
  const { knex, open, events } = await createOnlineGround(t)
  const holder = await knex.transaction()
  await holder.raw('lock table users in share update exclusive mode')
  const both = Promise.all([open().addIndex('users', ['email']), open().addIndex('users', ['email'])])
  await until(knex, BUILDING)
  await untilSeen('two statements', () => statementsOf(events).length >= 2)
  await holder.rollback()
  t.strictSame((await both).sort(), ['done', 'present'])
})

t.test('D25 an index that somebody else finishes while this call waits for its turn is found', async (t) => {
  const { knex, open } = await createOnlineGround(t)
  const holder = await knex.transaction()
  await holder.raw('lock table users in share update exclusive mode')
  const waiting = open().addIndex('users', ['email'])
  await until(knex, BUILDING)
  await holder.raw('create index users_email_index on users (email)')
  await holder.commit()
  t.equal(await waiting, 'present')
})

t.test('D25 an invalid index that another call has built again meanwhile is not dropped', async (t) => {
  const { knex, open, url, events } = await createOnlineGround(t)
  const oidOf = async (): Promise<unknown> => (await knex.raw("select to_regclass('users_email_index')::oid as oid")).rows[0].oid
  await knex.raw('create index users_email_index on users (email)')
  await knex.raw("update pg_index set indisvalid = false where indexrelid = 'users_email_index'::regclass")
  const oid = await oidOf()
  const database = await openDatabase(url)
  t.teardown(async () => await database.close())
  const calls: Array<Promise<string>> = []
  await database.session(async (session) => await takeTurn(session, new AbortController().signal, { key: 'index "public"."users_email_index"', wanted: async () => true }, async () => {
    calls.push(open().addIndex('users', ['email']))
    await untilSeen('a statement', () => statementsOf(events).length > 0)
    await knex.raw("update pg_index set indisvalid = true where indexrelid = 'users_email_index'::regclass")
  }))
  t.strictSame(await Promise.all(calls), ['present'])
  t.equal(await oidOf(), oid)
})

t.test('D25 an index of this name that is another one is left alone, valid or not', async (t) => {
  const { knex, open } = await createOnlineGround(t)
  await knex.raw('create index users_email_index on users (email desc)')
  const refused = async (message: RegExp): Promise<unknown> => await t.rejects(open().addIndex('users', ['email']), { code: 'FST_ERR_VINTAGE_REFUSED_NAME_TAKEN', message })
  await refused(/name `users_email_index` is taken by something else than this index \(CREATE INDEX users_email_index ON public\.users USING btree \(email DESC\)\)/)
  await knex.raw("update pg_index set indisvalid = false where indexrelid = 'users_email_index'::regclass")
  await refused(/email DESC/)
  t.match(await indexesOf(knex, 'users'), { users_email_index: /^! / })
  await knex.raw('drop index users_email_index; create index users_email_index on orders (user_id)')
  await refused(/ON public\.orders/)
  await knex.raw('drop index users_email_index; create sequence users_email_index')
  await refused(/not an index/)
})

t.test('D25 values that are not unique are listed, and no index stays to refuse writes', async (t) => {
  const { knex, open } = await createOnlineGround(t)
  await knex('users').whereIn('id', [3, 4]).update({ email: 'twice' })
  await knex('users').whereIn('id', [1, 2]).update({ email: null })
  await t.rejects(open().addUnique('users', ['email']), { code: 'FST_ERR_VINTAGE_REFUSED_ROWS', message: /`users_email_unique` cannot be unique, .*: \["twice"\] \(2 rows\)\. Make/, cause: { code: '23505' } })
  await t.rejects(open().addUnique('users', ['email'], { nullsNotDistinct: true }), { message: /\[null\] \(2 rows\)/ })
  await t.rejects(open().addIndex('users', [{ sql: 'lower(email)' }], { unique: true, name: 'lower_email', where: 'id > 1' }), { message: /Key \(lower\(email\)\)=\(twice\) is duplicated/ })
  t.strictSame(await indexesOf(knex, 'users'), {})
  await knex.raw("insert into users (id, email) select i, 'many' || i % 7 from generate_series(101, 130) i")
  await t.rejects(open().addIndex('users', ['email'], { unique: true, where: 'id > 100' }), { message: /(?:\["many\d"\] \(\d rows\), ){5}and more\./ })
  await knex('users').where('id', '>', 2).del()
  t.equal(await open().addUnique('users', ['email']), 'done')
})

t.test('D27 a connection that is cut under a long statement is replaced, and the call goes on', async (t) => {
  const { knex, open, events } = await createOnlineGround(t)
  const holder = await knex.transaction()
  await holder.raw("update users set note = 'y' where id = 1")
  const building = open().addIndex('users', ['email'])
  await until(knex, BUILDING)
  await knex.raw("select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like 'create index concurrently%' and pid <> pg_backend_pid()")
  await untilSeen('a retry', () => events.some(({ type }) => type === 'retry'))
  await holder.rollback()
  t.equal(await building, 'done')
  t.match(events.find(({ type }) => type === 'retry'), { attempt: 1, attempts: 20, reason: /connection/, blockers: [] })
  t.notMatch(await indexesOf(knex, 'users'), { users_email_index: /^!/ })
})

t.test('what somebody has cancelled in the server is not begun again', async (t) => {
  const { knex, open, events } = await createOnlineGround(t)
  const holder = await knex.transaction()
  await holder.raw("update users set note = 'y' where id = 1")
  const refused = t.rejects(open().addIndex('users', ['email']), { code: '57014' })
  await until(knex, BUILDING)
  await knex.raw("select pg_cancel_backend(pid) from pg_stat_activity where datname = current_database() and query like 'create index concurrently%' and pid <> pg_backend_pid()")
  await refused
  t.notOk(events.some(({ type }) => type === 'retry'))
  await holder.rollback()
  t.equal(await open().addIndex('users', ['email']), 'done')
})
