import { setTimeout as sleep } from 'node:timers/promises'
import knexFactory, { type Knex } from 'knex'
import t from 'tap'
import { spanningClient } from '../../../src/data/knex/client.js'
import { Era } from '../../../src/data/knex/era.js'
import { StreamingClient } from './streaming-client.js'
import { createTwins } from './twins.js'

const acknowledged = async (root: Knex): Promise<{ phase: string, epoch: number }> => {
  const [row] = await root('vintage.acknowledgements as a').join('vintage.transitions as t', 't.name', 'a.transition').select('a.phase').select(root.raw('(t.epoch - a.epoch)::int as epoch'))
  return row
}

/** Until the instance has acknowledged the newest epoch. */
async function caughtUp (root: Knex): Promise<void> {
  while ((await acknowledged(root)).epoch !== 0) await sleep(10)
}

t.test('toNative shows the statement as it is sent', async (t) => {
  const { live, move, root } = await createTwins(t, 'dual-write', { pollMs: 20 })
  const { sql, bindings } = live('users').where({ full_name: 'Bob' }).select('id').toSQL().toNative()
  t.match(sql, /^select "id" from "users" where \(case when .* else "users"\."full_name" end\) = \$1$/)
  t.strictSame(bindings, ['Bob'])
  await move('read-new')
  await caughtUp(root)
  t.equal(live('users').where({ full_name: 'Bob' }).select('id').toSQL().toNative().sql, 'select "id" from "users" where "full_name" = $1')
})

t.test('a transaction keeps the phase in which it began, and the epoch is acknowledged when it has ended', async (t) => {
  const { live, move, root } = await createTwins(t, 'backfill', { pollMs: 20 })
  await caughtUp(root)
  const sent: string[] = []
  live.on('query', ({ sql }) => sent.push(sql))
  await live.transaction(async (trx) => {
    await trx('users').select('full_name')
    await move('read-new')
    await sleep(200)
    t.equal((await acknowledged(root)).phase, 'backfill', 'the transaction is still under way')
    t.equal((await live('users').where('full_name', 'Bob')).length, 1)
    await trx.transaction(async (inner) => await inner('users').select('full_name'))
    t.equal((await acknowledged(root)).phase, 'backfill')
  })
  await caughtUp(root)
  t.equal((await acknowledged(root)).phase, 'read-new')
  t.strictSame(sent.filter((sql) => sql.startsWith('select')).map((sql) => sql.includes('case when')), [true, false, true])
})

t.test('a transaction that is rolled back, or whose connection is lost, ends too', async (t) => {
  const { live, move, root } = await createTwins(t, 'dual-write', { pollMs: 20 })
  await t.rejects(live.transaction(async (trx) => {
    await trx('users').select('full_name')
    await move('backfill')
    throw new Error('back')
  }), { message: 'back' })
  await caughtUp(root)
  await t.rejects(live.transaction(async (trx) => {
    const { rows } = await trx.raw('select pg_backend_pid() as pid')
    await move('read-new')
    await root.raw('select pg_terminate_backend(?)', [rows[0].pid])
    await sleep(50)
    await trx('users').select('full_name')
  }))
  await caughtUp(root)
  t.equal((await acknowledged(root)).phase, 'read-new')
})

t.test('a long statement holds its epoch until it ends', async (t) => {
  const { live, move, root } = await createTwins(t, 'backfill', { pollMs: 20 })
  const slow = live.raw('select full_name, pg_sleep(0.6) from users where id = 1')
  await Promise.all([slow, (async () => {
    await sleep(100)
    await move('read-new')
    await sleep(200)
    t.equal((await acknowledged(root)).phase, 'backfill')
  })()])
  await caughtUp(root)
})

t.test('a statement that is refused or fails holds nothing', async (t) => {
  const { live, move, root } = await createTwins(t, 'backfill', { pollMs: 20 })
  await t.rejects(live('users').select('first_name'), { code: 'FST_ERR_VINTAGE_STATEMENT_OLD_COLUMN' })
  await t.rejects(live('users').select('no_such_column'), { code: '42703' })
  await t.rejects(live.transaction(async (trx) => await trx('users').update({ first_name: 'x' })), { code: 'FST_ERR_VINTAGE_STATEMENT_OLD_COLUMN' })
  await t.rejects(live.schema.alterTable('users', (table) => table.dropColumn('first_name')), { code: 'FST_ERR_VINTAGE_STATEMENT_NOT_UNDERSTOOD' })
  await move('read-new')
  await caughtUp(root)
})

t.test('a stream holds its epoch until it is read or destroyed', async (t) => {
  const { live, plain, move, root } = await createTwins(t, 'backfill', { pollMs: 20 }, StreamingClient)
  const rows: unknown[] = []
  for await (const row of live('users').orderBy('id').stream()) rows.push(row)
  t.strictSame(rows, await plain('users').orderBy('id'))
  await live.transaction(async (trx) => {
    for await (const row of trx('users').where('full_name', 'Bob').stream()) t.match(row, { full_name: 'Bob' })
  })
  const unread = live('users').select('full_name').stream({ highWaterMark: 1 })
  t.match((await unread[Symbol.asyncIterator]().next()).value, { full_name: /./ })
  unread.destroy()
  await move('read-new')
  await caughtUp(root)
  await t.rejects(async () => { for await (const row of live('users').select('last_name').stream()) t.fail(String(row)) }, { code: 'FST_ERR_VINTAGE_STATEMENT_OLD_COLUMN' })
  await t.rejects(async () => { for await (const row of live('users').select('no_such_column').stream()) t.fail(String(row)) })
  await move('hide')
  await caughtUp(root)
})

t.test('a prepared statement follows the phase under its one name', async (t) => {
  const { live, move, root } = await createTwins(t, 'backfill', { pollMs: 20 })
  const read = async (): Promise<unknown> => (await live.raw('select full_name from users where id = ?', [1]).options({ name: 'by_id' })).rows
  t.strictSame(await read(), [{ full_name: 'Ada Lovelace' }])
  t.strictSame(await read(), [{ full_name: 'Ada Lovelace' }])
  await move('hide')
  await caughtUp(root)
  t.strictSame(await read(), [{ full_name: 'Ada Lovelace' }])
})

t.test('names of prepared statements that are as long as Postgres allows stay apart', async (t) => {
  const { live } = await createTwins(t, 'backfill')
  const [one = '', two = ''] = ['1', '2'].map((end) => 'n'.repeat(62) + end)
  await live.transaction(async (trx) => {
    t.strictSame(await trx.raw('select full_name from users where id = ?', [1]).options({ name: one }).then(({ rows }) => rows), [{ full_name: 'Ada Lovelace' }])
    t.strictSame(await trx.raw('select email from users where id = ?', [1]).options({ name: two }).then(({ rows }) => rows), [{ email: 'a@x' }])
    const { rows } = await trx.raw('select name from pg_prepared_statements order by name')
    t.equal(rows.length, 2)
    for (const { name } of rows) t.ok(Buffer.byteLength(name) <= 63)
  })
})

t.test('clones with user parameters and events work as in knex', async (t) => {
  const { live } = await createTwins(t, 'dual-write')
  t.equal((await live.withUserParams({ a: 1 })('users').where('full_name', 'Bob').first()).full_name, 'Bob')
})

t.test('only what may be a SELECT of its own is offered to be compared', async (t) => {
  const { url, root } = await createTwins(t, 'dual-write')
  await root.raw('create table public.plain (id integer)')
  const era = new Era({ tables: [] })
  const compared: string[] = []
  const shadow = { picks: () => true, compare: (_era: Era, sql: string) => compared.push(sql) }
  const knex = knexFactory({ client: spanningClient('pg', { latest: era, current: era, refresh: async () => {} }, shadow), connection: url })
  t.teardown(async () => await knex.destroy())
  await knex('plain').insert({ id: 1 }).returning('id')
  await knex('plain').update({ id: 2 })
  await knex.raw('/* id */ (select id from plain)')
  await knex.raw(' Delete from plain')
  await knex('plain').select('id')
  t.strictSame(compared, ['/* id */ (select id from plain)', 'select "id" from "plain"'])
})

t.test('a knex of another database is refused', async (t) => {
  const source = { latest: undefined, current: undefined, refresh: async () => {} }
  for (const client of ['cockroachdb', 'redshift', knexFactory.Client]) {
    t.throws(() => spanningClient(client, source), { code: 'FST_ERR_VINTAGE_INVALID_OPTION', message: /must be 'pg'/ })
  }
  const Derived = spanningClient('pg', source)
  const era = new Era({ tables: [] })
  const Again = spanningClient(Derived, { ...source, latest: era, current: era })
  t.equal(knexFactory({ client: Again }).select(1).toSQL().toNative().sql, 'select 1')
})
