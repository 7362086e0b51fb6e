import type { QueryResultRow } from 'pg'
import t from 'tap'
import { addColumn } from '../../../src/data/online/add-column.js'
import { knexSessions } from '../../../src/data/online/knex-sessions.js'
import { online } from '../../../src/data/online/online.js'
import { runOperation } from '../../../src/data/online/run-operation.js'
import { createGround, createUsers } from '../fixtures.js'
import { createOnlineGround, openKnex } from './fixtures.js'

t.test('inside a transaction each function is refused, with the line that the migration needs', async (t) => {
  const { knex } = await createOnlineGround(t)
  const migrations = (config?: object): object => ({
    getMigrations: async () => ['01_index'],
    getMigrationName: (name: string) => name,
    getMigration: async () => ({ config, up: async (inner: typeof knex) => await online(inner).addIndex('users', ['email']), down: async () => {} })
  })
  const migrate = async (config?: object): Promise<unknown> => await knex.migrate.latest({ migrationSource: Object(migrations(config)) })
  knex.client.logger.error = () => {}
  await t.rejects(migrate(), {
    code: 'FST_ERR_VINTAGE_REFUSED_IN_TRANSACTION',
    message: '`online(knex).addIndex` runs in transactions of its own, and `knex` is one already: let the migration say `export const config = { transaction: false }`.'
  })
  t.match(await migrate({ transaction: false }), [1, ['01_index']])
  t.ok((await knex.raw("select 1 from pg_indexes where indexname = 'users_email_index'")).rows.length)
  const transaction = await knex.transaction()
  await t.rejects(online(transaction).dropColumn('users', 'email'), { message: /`online\(knex\)\.dropColumn`/ })
  await transaction.rollback()
})

t.test('columns that a transition moves are refused, whatever names them, until it is at drop', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 3))
  await operator.migrate()
  await knex.raw('create table other (id integer primary key, full_name text); create schema shop; create table shop.users (full_name text)')
  const table = online(knex)
  const calls = [
    async () => await table.addIndex('users', ['first_name']),
    async () => await table.addIndex('users', [{ sql: 'lower(full_name)' }], { name: 'lower_name' }),
    async () => await table.addIndex('users', ['note'], { where: 'last_name is null' }),
    async () => await table.addUnique('users', ['vintage_users_full_name_pending', 'note']),
    async () => await table.addNotNull('users', 'full_name'),
    async () => await table.addCheck('users', 'length(first_name) < 9', { name: 'short' }),
    async () => await table.addForeignKey('users', ['full_name'], { references: { table: 'users', columns: ['note'] } }),
    async () => await table.addForeignKey('other', ['full_name'], { references: { table: 'users', columns: ['full_name'] } }),
    async () => await table.addColumn('users', 'vintage_users_full_name_hidden_first_name', 'text'),
    async () => await table.dropColumn('users', 'last_name')
  ]
  for (const call of calls) await t.rejects(call(), { code: 'FST_ERR_VINTAGE_REFUSED_COLUMNS', message: /belongs? to transition `users\.full_name`, which is at `dual-write`: take it to `drop` first, or say it in the transition/ })
  t.equal(await table.addIndex('users', ['note']), 'done', 'the others can be changed')
  t.equal(await table.addIndex('shop.users', ['full_name']), 'done', 'and those of another table')
  t.equal(await table.addIndex('other', ['full_name']), 'done')
  await operator.advance({ to: 'drop' })
  t.equal(await table.addCheck('users', 'length(full_name) < 99', { name: 'short' }), 'done')
})

t.test('what would rewrite or read the table under a lock is refused before it is locked', async (t) => {
  const { knex, open } = await createOnlineGround(t)
  await knex.raw('create domain positive as integer check (value > 0)')
  const table = open()
  for (const [type, value] of [['timestamptz', 'clock_timestamp()'], ['uuid', 'gen_random_uuid()'], ['float8', 'random()']] as const) {
    await t.rejects(table.addColumn('users', 'c', type, { default: value }), { code: 'FST_ERR_VINTAGE_REFUSED_REWRITE', message: /would rewrite the table while nobody can use it: add `c` without, set the default afterwards/ })
  }
  t.equal(await table.addColumn('users', 'c', 'timestamptz', { default: 'now()', notNull: true }), 'done', 'a stable default is computed once')
  for (const type of ['serial', 'integer unique', 'integer references orders', 'integer generated always as identity', 'no_such_type', 'text) --']) {
    await t.rejects(table.addColumn('users', 'd', type), { code: 'FST_ERR_VINTAGE_INVALID_OPTION', message: /`type` must be a type of this database and nothing else/ }, type)
  }
  for (const options of [{ notNull: true }, { notNull: true, default: 'null' }]) {
    await t.rejects(table.addColumn('users', 'd', 'text', options), { code: 'FST_ERR_VINTAGE_INVALID_OPTION', message: /`notNull` needs a `default` that is not null/ })
  }
  t.notOk(await knex.schema.hasColumn('users', 'd'))
})

t.test('a connection that is lost while a type is looked for does not make it none', async (t) => {
  const { knex } = await createOnlineGround(t)
  const sessions = knexSessions(knex)
  const asked: string[] = []
  const database = {
    ...sessions,
    query: async <Row extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<Row[]> => {
      if (!sql.includes('to_regtype')) return await sessions.query<Row>(sql, values)
      asked.push(sql)
      return await sessions.query<Row>(asked.length === 1 ? 'select pg_terminate_backend(pg_backend_pid())' : sql, asked.length === 1 ? undefined : values)
    }
  }
  const governed = { database, signal: new AbortController().signal, lockDeadlineMs: 500, lockAttempts: 5, blockers: 'wait' as const, report: () => {} }
  t.equal(await runOperation(governed, 'addColumn', 'users', async (operation) => await addColumn(operation, 'nickname', 'text', {})), 'done')
  t.equal(asked.length, 2)
})

t.test('what a message is to name is looked for within a limit of time, and the message does without', async (t) => {
  const { knex, open } = await createOnlineGround(t)
  await knex.raw(`create function none_in_time (integer) returns boolean language plpgsql immutable as $$ begin
    if current_setting('statement_timeout') = '30s' then raise query_canceled; end if; return false; end $$`)
  await t.rejects(open().addCheck('users', 'none_in_time(id)', { name: 'never' }), { code: 'FST_ERR_VINTAGE_REFUSED_ROWS', message: /: some rows do not satisfy `never` / })
  await t.rejects(open().addIndex('users', ['note'], { unique: true, where: 'none_in_time(id) is not null' }), {
    code: 'FST_ERR_VINTAGE_REFUSED_ROWS',
    message: /values are there more than once: Key \(note\)=\(x\) is duplicated\.\. Make/
  })
})

t.test('a column that is there and is another one is refused', async (t) => {
  const { open } = await createOnlineGround(t)
  for (const [type, options] of [['integer', {}], ['text', { default: "'x'" }], ['text', { default: "'x'", notNull: true }]] as const) {
    await t.rejects(open().addColumn('users', 'email', type, options), { code: 'FST_ERR_VINTAGE_REFUSED_NAME_TAKEN', message: /there is a column `email` already, and it is another one: \{"type" : "text"/ })
  }
  t.equal(await open().addColumn('users', 'email', 'text'), 'present')
})

t.test('a column with which something else would go or break is not dropped; what concerns it alone goes and is told', async (t) => {
  const { knex, open, events } = await createOnlineGround(t)
  await knex.raw('create view emails as select email from users; create index pair on users (email, note)')
  const refused = async (column: string, message: RegExp): Promise<unknown> => await t.rejects(open().dropColumn('users', column), { code: 'FST_ERR_VINTAGE_REFUSED_DEPENDENTS', message })
  await refused('email', /these would break, or go with `email`: index pair, rule _RETURN on view emails\. Change or drop them first/)
  await refused('id', /primary key users_pkey/)
  await knex.raw('drop view emails; drop index pair; create index one on users (email)')
  t.equal(await open().dropColumn('users', 'email'), 'done')
  t.match(events.find(({ type }) => type === 'dependents'), { objects: ['index one'] })
})

t.test('tables that are not there, or are no tables, are refused', async (t) => {
  const { knex, open } = await createOnlineGround(t)
  await knex.raw('create view people as select * from users')
  await t.rejects(open().addNotNull('nobody', 'x'), { code: 'FST_ERR_VINTAGE_REFUSED_TABLE', message: 'addNotNull(nobody): there is no table "nobody" in this database, or not in the search_path' })
  await t.rejects(open().addNotNull({ table: 'a.b' }, 'x'), { message: /no table "a\.b"/ })
  await t.rejects(open().addNotNull('people', 'x'), { code: 'FST_ERR_VINTAGE_REFUSED_TABLE', message: /"people" is not a table that others use/ })
  await t.rejects(open().addNotNull('users', 'x'), { code: 'FST_ERR_VINTAGE_REFUSED_COLUMNS', message: /"public"\."users" has no column `x`/ })
  await t.rejects(open().addForeignKey('users', ['id'], { references: { table: 'nobody', columns: ['id'] } }), { message: /no table "nobody"/ })
})

t.test('options that make no sense are refused', async (t) => {
  const { url, open } = await createOnlineGround(t)
  const wrong = { code: 'FST_ERR_VINTAGE_INVALID_OPTION' }
  await t.rejects(open({ lockDeadlineMs: 0 }).addNotNull('users', 'email'), { ...wrong, message: /`lockDeadlineMs` must be a whole number above 0, got 0/ })
  await t.rejects(open({ lockAttempts: 1.5 }).addNotNull('users', 'email'), { ...wrong, message: /`lockAttempts`/ })
  await t.rejects(open().addIndex('users', []), { ...wrong, message: /must name at least one column/ })
  await t.rejects(open().addIndex('users', [{ sql: 'lower(email)' }]), { ...wrong, message: /`name` must be given for an index on SQL expressions/ })
  await t.rejects(online(openKnex(t, url, { pool: { min: 0, max: 1 } })).addNotNull('users', 'email'), { ...wrong, message: /pool of at least two connections/ })
  await t.rejects(online(openKnex(t, url, { client: 'cockroachdb' })).addNotNull('users', 'email'), { ...wrong, message: /must be a knex for Postgres \(`client: 'pg'`\), got cockroachdb/ })
  const aborted = open({ signal: AbortSignal.abort() })
  await t.rejects(aborted.addNotNull('users', 'email'), { code: 'FST_ERR_VINTAGE_ABORTED' })
})
