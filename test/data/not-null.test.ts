import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import { objectName } from '../../src/data/sql/chosen-name.js'
import { transition } from '../../src/data/transition.js'
import { majorOf } from '../database.js'
import { createGround, named, type Ground } from './fixtures.js'
import { openKnex } from './online/fixtures.js'

const TABLE = 'angebote_für_außergewöhnliche_käufer'
const COLUMNS = ['betrag_der_gesamten_größenordnung_in_cent_brutto', 'betrag_der_gesamten_größenordnung_in_cent_netto', 'total']

const DEFINITION = transition<string, string>({
  table: TABLE,
  before: { price: 'numeric' },
  after: Object.fromEntries(COLUMNS.map((column) => [column, 'bigint'])),
  upgrade: Object.fromEntries(COLUMNS.map((column) => [column, '(price * 100)::bigint'])),
  downgrade: { price: 'total / 100.0' },
  notNull: COLUMNS,
  lossy: 'both'
})

async function createOffers (t: Test, rows: number): Promise<Ground> {
  return await createGround(t, async (knex) => {
    await knex.raw('create table ?? (id integer primary key, price numeric)', [TABLE])
    await knex.raw('insert into ?? select i, i from generate_series(1, ?::int) i', [TABLE, rows])
    await knex.raw(`create table others (id integer constraint ${objectName(TABLE, 'total', 'not_null')} check (id > 0))`)
  }, { transitions: await named({ 'offers.total': DEFINITION }) })
}

/** Everything that is said of the table's constraints, by name. */
async function catalogueOf (knex: Knex): Promise<unknown[]> {
  const { rows } = await knex.raw(`
    select conname, contype, convalidated, pg_get_constraintdef(oid) as shown from pg_constraint where conrelid = to_regclass(quote_ident(?))
    union all select attname, 'a', attnotnull, format_type(atttypid, atttypmod) from pg_attribute where attrelid = to_regclass(quote_ident(?)) and attnum > 0 and not attisdropped
    order by 2, 1`, [TABLE, TABLE])
  return rows
}

t.test('D26 NOT NULL comes natively from Postgres 18 on, and the end catalogue of the long way is that of a fresh database, names included', async (t) => {
  const fresh = await createOffers(t, 0)
  await fresh.knex.destroy()
  t.match(await fresh.operator.migrate(), { transitions: [{ phase: 'drop', fresh: true }] })
  const { operator, knex } = await createOffers(t, 10)
  const native = await majorOf(knex) >= 18
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  const plan = (await operator.plan()).steps.flatMap(({ statements }) => statements.map(({ statement }) => statement)).filter((statement) => statement.startsWith('alter table'))
  t.equal(plan.length, native ? 6 : 12)
  t.equal(plan.filter((statement) => statement.includes(' check (')).length, native ? 0 : 3, 'the plan has the form of the server')
  await operator.advance({ to: 'drop' })
  const long = await catalogueOf(knex)
  t.strictSame(long, await catalogueOf(openKnex(t, fresh.url)))
  t.equal(long.filter((row) => Reflect.get(Object(row), 'contype') === 'n').length, native ? 4 : 0)
})

t.test('D26 NOT NULLs that are in place already go when a later one is refused, and on the way back', async (t) => {
  const { operator, knex } = await createOffers(t, 3)
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  const before = await catalogueOf(knex)
  await knex.raw('update ?? set total = null, price = null where id = 2', [TABLE])
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_MISMATCH', message: /`total`, which is null in 1 rows/ })
  t.strictSame(await catalogueOf(knex), before)
  await knex.raw('update ?? set price = 2 where id = 2', [TABLE])
  t.match(await operator.advance(), { phase: 'read-new' })
  t.match(await operator.rollback({ to: 'backfill' }), { phase: 'backfill' })
  t.strictSame(await catalogueOf(knex), before)
})
