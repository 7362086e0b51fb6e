import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import { spanning } from '../../src/data/knex/spanning.js'
import { transition } from '../../src/data/transition.js'
import { until } from '../until.js'
import { createGround, createUsers, FULL_NAME, named } from './fixtures.js'

const TWIN = 'vintage_users_full_name_twin_users_full_name_index'

const twins = async (knex: Knex): Promise<Array<{ name: string, valid: boolean }>> =>
  (await knex.raw("select c.relname as name, i.indisvalid as valid from pg_index i join pg_class c on c.oid = i.indexrelid where c.relname like '%twin%'")).rows

/** A knex that speaks head columns, as an instance of the fleet. */
async function join (t: Test, url: string): Promise<Knex> {
  const { knex, start, stop } = await spanning({ knex: { client: 'pg', connection: url }, versions: { 'users.full_name': FULL_NAME }, pollMs: 20 })
  t.teardown(stop)
  await start()
  return knex
}

/** The nodes of a plan that read the table. */
async function scanOf (knex: Knex, query: Knex.QueryBuilder): Promise<string> {
  const { sql, bindings } = query.toSQL()
  const { rows } = await knex.raw(`explain ${sql}`, [...bindings])
  return rows.map((row: Record<string, string>) => row['QUERY PLAN']).join('\n')
}

t.test('a condition on a new column finds its rows by index in every phase', async (t) => {
  const { operator, url, knex } = await createGround(t, async (knex) => await createUsers(knex, 5_000))
  await operator.migrate()
  const live = await join(t, url)
  const byName = async (): Promise<string> => await scanOf(live, live('users as u').where('u.full_name', 'First4711 Last4711').select('u.id'))
  const range = async (): Promise<string> => await scanOf(live, live('users').where('full_name', '<', 'First1001').orderBy('full_name').limit(5).select('id'))
  for (const phase of ['dual-write', 'backfill'] as const) {
    if (phase === 'backfill') await operator.advance({ to: phase })
    t.match(await byName(), new RegExp(`Index Scan using ${TWIN}`), phase)
    t.match(await range(), new RegExp(`Index Scan using ${TWIN}`), phase)
    t.strictSame(await live('users').where({ full_name: 'First4711 Last4711' }).pluck('id'), [4711])
  }
  await operator.advance({ to: 'read-new' })
  t.strictSame(await twins(knex), [], 'the columns have an index of their own')
  t.match(await byName(), /Index Scan using users_full_name_index/)
  await operator.rollback({ to: 'backfill' })
  t.strictSame(await twins(knex), [{ name: TWIN, valid: true }])
  await knex.raw('analyze users')
  await until('a plan with the twin', async () => (await byName()).includes(TWIN))
  await operator.advance({ to: 'drop' })
  t.strictSame(await twins(knex), [])
})

t.test('a twin that a killed run has left invalid, or not built, is built by the next migrate or advance', async (t) => {
  const { operator, open, knex, events } = await createGround(t, async (knex) => await createUsers(knex, 10))
  await operator.migrate()
  await knex.raw('drop index ??', [TWIN])
  const holder = await knex.transaction()
  await holder.raw("insert into users (full_name) values ('In the way')")
  const stop = new AbortController()
  const stopped = t.rejects((await open({ signal: stop.signal })).migrate(), { code: 'FST_ERR_VINTAGE_ABORTED' })
  await until('an index that is not valid yet', async () => (await twins(knex)).some(({ valid }) => !valid))
  stop.abort()
  await stopped
  t.strictSame(await twins(knex), [{ name: TWIN, valid: false }])
  await holder.rollback()
  await operator.migrate()
  t.strictSame(await twins(knex), [{ name: TWIN, valid: true }])
  await knex.raw('drop index ??', [TWIN])
  await operator.migrate()
  t.strictSame(await twins(knex), [{ name: TWIN, valid: true }])
  await knex.raw('drop index ??', [TWIN])
  await operator.advance()
  t.strictSame(await twins(knex), [{ name: TWIN, valid: true }])
  t.same((await operator.migrate()).transitions, [], 'with all twins there is nothing to do')
  t.ok(events.some((event) => event.type === 'index' && event.state === 'built'))
})

t.test('an index of another table that bears the name of a twin does not pass for it', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 3))
  await knex.raw(`create table others (note text); create index ${TWIN} on others (lower(note))`)
  await t.rejects(operator.migrate(), { code: 'FST_ERR_VINTAGE_REFUSED_INDEX', message: /is taken by something else/ })
  await knex.raw('drop table others')
  t.match(await operator.advance({ to: 'dual-write' }), { steps: [] })
  t.strictSame(await twins(knex), [{ name: TWIN, valid: true }])
})

t.test('the twin of a unique index on several columns is not unique and holds the plain ones as they are', async (t) => {
  const definition = transition<string, string>({ ...FULL_NAME, indexes: [{ columns: ['note', 'full_name'], unique: true }] })
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 3), { transitions: await named({ 'users.full_name': definition }) })
  await operator.migrate()
  const { rows } = await knex.raw("select pg_get_indexdef(indexrelid) as definition, indisunique as unique from pg_index where indexrelid = 'vintage_users_full_name_twin_users_note_full_name_unique'::regclass")
  t.match(rows, [{ definition: /\(note, \(\s*CASE/, unique: false }])
})

t.test('while an instance is behind the twins stay, and go before hide', async (t) => {
  const { operator, url, knex } = await createGround(t, async (knex) => await createUsers(knex, 10), { waitMs: 300 })
  await operator.migrate()
  await operator.advance()
  const live = await join(t, url)
  await live('users').select('id')
  const reader = await live.transaction()
  await reader.raw('select 1')
  await operator.advance()
  t.strictSame(await twins(knex), [{ name: TWIN, valid: true }])
  await reader.rollback()
  await operator.advance()
  t.strictSame(await twins(knex), [])
})
