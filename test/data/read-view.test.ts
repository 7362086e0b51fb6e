import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import { viewNameOf } from '../../src/data/names.js'
import { transition, type TransitionDefinition } from '../../src/data/transition.js'
import { createGround, createUsers, FULL_NAME, named, type Ground } from './fixtures.js'
import { urlAs, createRoles } from './roles.js'
import { openKnex } from './online/fixtures.js'

const VIEW = 'vintage."public.users"'

/** A new column with a length, an own collation, and a name to quote. */
const SHOWN = transition<string, string>({
  ...FULL_NAME,
  after: { full_name: 'varchar(50) collate "C"' },
  readView: true
})

const REMARK = transition({ table: 'users', before: { note: 'text' }, after: { remark: 'text' }, upgrade: { remark: 'upper(note)' }, downgrade: { note: 'lower(remark)' }, lossy: 'both', onError: 'set-aside' })

async function createShown (t: Test, change: Partial<TransitionDefinition> = {}, more: Readonly<Record<string, TransitionDefinition>> = {}): Promise<Ground> {
  const transitions = await named({ 'users.full_name': transition<string, string>({ ...SHOWN, ...change }), ...more })
  return await createGround(t, async (knex) => await createUsers(knex, 3), { transitions })
}

async function show (knex: Knex): Promise<unknown> {
  return (await knex.raw(`select * from ${VIEW} order by id`)).rows
}

async function columnsOf (knex: Knex): Promise<unknown> {
  return (await knex.raw('select attname as name, format_type(atttypid, atttypmod) as type, attcollation::regcollation::text as collation from pg_attribute where attrelid = to_regclass(?) and attnum > 0 order by attnum', [VIEW])).rows
}

t.test('the read view shows the head columns in every phase, both ways, and goes with the old side', async (t) => {
  const { operator, open, knex } = await createShown(t)
  await operator.migrate()
  const head = (id: number, name: string): object => ({ id, note: null, ver: 0, full_name: name })
  const columns = await columnsOf(knex)
  t.match(columns, [{ name: 'id' }, { name: 'note' }, { name: 'ver' }, { name: 'full_name', type: 'character varying', collation: '"C"' }])
  t.match(await operator.status(), { transitions: [{ readView: VIEW }] })
  for (const to of ['dual-write', 'backfill', 'read-new', 'hide', 'backfill', 'hide'] as const) {
    const { phase } = (await operator.status()).transitions[0] ?? {}
    if (phase === 'hide') await operator.rollback({ to })
    else await operator.advance({ to })
    await knex('users').where({ id: 2 }).update({ full_name: `New ${to}` })
    t.strictSame(await show(knex), [head(1, 'First1 Last1'), head(2, `New ${to}`), head(3, 'First3 Last3')], to)
    t.strictSame(await columnsOf(knex), columns, `${to}: the same columns`)
  }
  t.match((await operator.plan()).steps, [{ phase: 'drop', statements: [{}, {}, {}, { statement: `drop view if exists ${VIEW}`, lock: 'ACCESS SHARE', holdsUp: 'reads of the view', atMostMs: 500 }, {}, {}, {}, {}] }])
  await knex.raw(`create view of_theirs as select full_name from ${VIEW}`)
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_DEPENDENTS', message: /read view vintage\."public\.users" has to go.*rule _RETURN on view of_theirs/ })
  await knex.raw('drop view of_theirs')
  await operator.advance()
  await t.rejects(show(knex), { code: '42P01' })
  t.match(await operator.status(), { transitions: [{ readView: null }] })
  const next = await open({ transitions: await named({ 'users.full_name': SHOWN, 'users.remark': transition<string, string>({ ...REMARK, readView: true }) }) })
  await next.migrate()
  t.match(await show(knex), [{ full_name: 'First1 Last1', remark: null }, {}, {}], 'a transition that is done is out of it')
})

t.test('a reader of the view needs what he would need for the table: privileges, and rows by its policies', async (t) => {
  const { operator, knex, url } = await createShown(t)
  await createRoles(knex)
  await knex.raw('grant select on users to vintage_serves; alter table users enable row level security; create policy odd on users for select to vintage_serves, vintage_feeds using (id % 2 = 1)')
  await operator.migrate()
  const serves = openKnex(t, urlAs('vintage_serves', url))
  t.match(await show(serves), [{ id: 1, full_name: 'First1 Last1' }, { id: 3 }])
  await t.rejects(serves.raw(`delete from ${VIEW}`), { code: '42501' })
  const feeds = openKnex(t, urlAs('vintage_feeds', url))
  await knex.raw(`grant usage on schema vintage to vintage_feeds; grant select on ${VIEW} to vintage_feeds`)
  await t.rejects(show(feeds), { code: '42501', message: /permission denied for table users/ })
})

t.test('two transitions of one table have one view, whose grants stay when its columns change', async (t) => {
  const { operator, open, knex } = await createShown(t)
  await createRoles(knex)
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  await knex.raw(`grant select on ${VIEW} to vintage_serves`)
  await knex('users').update({ note: 'a' })
  const both = await open({ transitions: await named({ 'users.full_name': SHOWN, 'users.remark': REMARK }) })
  await both.migrate()
  t.match(await show(knex), [{ full_name: 'First1 Last1', remark: 'A' }, {}, {}])
  t.notOk(JSON.stringify(await show(knex)).includes('note'))
  t.strictSame((await knex.raw("select has_table_privilege('vintage_serves', ?, 'select') as may", [VIEW])).rows, [{ may: true }])
  await both.advance({ transition: 'users.remark', to: 'read-new' })
  await both.rollback({ transition: 'users.remark', to: 'backfill' })
  t.match((await knex.raw('select pg_get_viewdef(?::regclass) as text', [VIEW])).rows[0].text, /CASE\s+WHEN (?:t\.)?vintage_users_remark_pending/)
  await both.rollback({ transition: 'users.remark', to: 'expand' })
  t.match(await show(knex), [{ full_name: 'First1 Last1', note: 'a' }, {}, {}])
  await both.rollback({ transition: 'users.full_name', to: 'expand' })
  await t.rejects(show(knex), { code: '42P01' })
})

t.test('D27 a read view of no transition is swept; a view of somebody else in schema vintage is not', async (t) => {
  const { operator, knex } = await createShown(t)
  await operator.migrate()
  t.strictSame((await operator.sweep()).objects, [])
  await knex.raw('create view vintage.of_theirs as select 1 as one')
  await knex('vintage.transitions').del()
  t.match((await operator.sweep()).objects[0], { kind: 'view', name: VIEW, statement: `drop view ${VIEW}` })
  t.match((await knex.raw("select viewname from pg_views where schemaname = 'vintage'")).rows, [{ viewname: 'of_theirs' }])
})

t.test('a column of the new side is found through the view by its index, before read-new by the twin', async (t) => {
  const { operator, knex } = await createShown(t)
  await operator.migrate()
  const plan = async (): Promise<string> => JSON.stringify((await knex.raw(`set enable_seqscan = off; explain select id from ${VIEW} where full_name = 'First1 Last1'`)).at(-1).rows)
  t.match(await plan(), /vintage_users_full_name_twin_users_full_name_index/)
  await operator.advance({ to: 'read-new' })
  t.match(await plan(), /users_full_name_index/)
})

t.test('views of tables with dots in their names, or long ones, have names of their own', async (t) => {
  const name = (tableSchema: string, tableName: string): string => viewNameOf({ tableSchema, tableName })
  t.equal(name('shop', 'users'), 'vintage."shop.users"')
  t.not(name('a.b', 'c'), name('a', 'b.c'))
  t.not(name('shop', `${'x'.repeat(62)}1`), name('shop', `${'x'.repeat(62)}2`))
  t.throws(() => transition<string, string>({ ...FULL_NAME, ...JSON.parse('{ "readView": "yes" }') }), { code: 'FST_ERR_VINTAGE_INVALID_TRANSITION', message: /`readView` must be true or false/ })
})
