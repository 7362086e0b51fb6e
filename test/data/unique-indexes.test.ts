import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import { transition } from '../../src/data/transition.js'
import { createGround, named, type Ground } from './fixtures.js'

const PAIRS = transition<string, string>({
  table: 'pairs',
  before: { a: 'text', b: 'text' },
  after: { c: 'text', d: 'text' },
  upgrade: { c: 'a', d: 'b' },
  downgrade: { a: 'c', b: 'd' },
  indexes: [['c', 'd'], { columns: ['c'], unique: true }, { columns: ['d'], unique: true }]
})

const BOTH = ['pairs_c_d_index', 'pairs_c_unique!', 'pairs_d_unique!']

/** Three pairs at `backfill`. */
async function createPairs (t: Test, change: Partial<typeof PAIRS> = {}): Promise<Ground> {
  const transitions = await named({ 'pairs.cd': transition<string, string>({ ...PAIRS, ...change }) })
  const ground = await createGround(t, async (knex) => await knex.raw("create table pairs (id integer primary key, a text, b text); insert into pairs select i, 'a' || i, 'b' || i from generate_series(1, 3) i"), { transitions })
  await ground.operator.migrate()
  await ground.operator.advance()
  return ground
}

/** Indexes of the new side with a `!` when unique; not the twins. */
async function indexesOf (knex: Knex): Promise<string[]> {
  const { rows } = await knex.raw("select c.relname || case when i.indisunique then '!' else '' end as name from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = 'pairs'::regclass and not i.indisprimary and c.relname like 'pairs%' order by 1")
  return rows.map(({ name }: { name: string }) => name)
}

t.test('D26 unique indexes that are in place go when another one cannot be built, or the step fails later, and the next run builds them', async (t) => {
  const { operator, knex } = await createPairs(t, { notNull: ['d'] })
  await knex.raw("update pairs set b = 'b1' where id = 2")
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_INDEX', message: /unique index `pairs_d_unique` cannot be built: Key \(d\)=\(b1\) is duplicated/ })
  t.strictSame(await indexesOf(knex), ['pairs_c_d_index'], 'what refuses no write stays')
  await knex.raw("update pairs set a = 'a1', b = null where id = 2")
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_INDEX', message: /pairs_c_unique/ })
  await knex.raw("update pairs set a = 'a2' where id = 2")
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_MISMATCH', message: /`d`, which is null in 1 rows/ })
  t.strictSame(await indexesOf(knex), ['pairs_c_d_index'])
  await knex.raw("update pairs set a = 'a1' where id = 2")
  await knex.raw("update pairs set a = 'a2', b = 'b2' where id = 2")
  t.match(await operator.advance(), { phase: 'read-new' })
  t.strictSame(await indexesOf(knex), BOTH)
})

for (const onError of ['reject', 'set-aside'] as const) {
  t.test(`D15 a rollback takes unique indexes along, so that old writes pass whose value they refuse: ${onError}`, async (t) => {
    const { operator, knex, events } = await createPairs(t, { onError })
    await operator.advance()
    const write = async (): Promise<unknown> => await knex.raw("update pairs set a = 'a1' where id = 2")
    await t.rejects(write(), { code: '23505' })
    t.match(await operator.rollback({ to: 'backfill' }), { phase: 'backfill' })
    t.strictSame(await indexesOf(knex), ['pairs_c_d_index'])
    await write()
    await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_INDEX' })
    await knex.raw("update pairs set a = 'a2' where id = 2")
    events.length = 0
    t.match(await operator.advance({ to: 'drop' }), { phase: 'drop' })
    t.strictSame(await indexesOf(knex), BOTH)
    t.match(events.filter((event) => event.type === 'index' && event.index === 'pairs_c_d_index'), [{ state: 'present' }])
  })
}

t.test('D27 a unique index that a killed run has left is taken up by the next one, goes with a rollback, and is swept; one of somebody else stays', async (t) => {
  const { operator, knex } = await createPairs(t)
  const leave = async (): Promise<void> => {
    await knex.raw('create unique index if not exists pairs_c_unique on pairs (c); create unique index if not exists pairs_d_unique on pairs (d)')
    await knex.raw("insert into vintage.events (transition, event, details) values ('pairs.cd', 'index', '{\"index\": \"pairs_c_unique\"}')")
  }
  await leave()
  t.match(await operator.sweep({ dryRun: true }), { objects: [{ kind: 'index', name: 'pairs_c_unique', transition: 'pairs.cd', statement: 'drop index concurrently if exists "public"."pairs_c_unique"' }] })
  await operator.sweep()
  t.strictSame(await indexesOf(knex), ['pairs_d_unique!'])
  await leave()
  await operator.rollback({ to: 'dual-write' })
  t.strictSame(await indexesOf(knex), ['pairs_d_unique!'])
  await operator.advance({ to: 'backfill' })
  await leave()
  t.match(await operator.advance(), { phase: 'read-new' })
  t.strictSame(await indexesOf(knex), BOTH)
  await operator.rollback({ to: 'backfill' })
  t.strictSame(await indexesOf(knex), ['pairs_c_d_index', 'pairs_d_unique!'])
})
