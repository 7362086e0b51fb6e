import Fastify from 'fastify'
import fc from 'fast-check'
import t from 'tap'
import { createDatabase } from '../database.js'
import { shop } from '../../example-server/app.js'
import { nameOf } from '../../example-server/database/names.js'
import totalColumns from '../../versions/transitions/orders.total.js'
import fullNameColumns from '../../versions/transitions/users.full_name.js'

const RUNS = 1_000

const user = { id: 1, email: 'a@example.com', created_at: '2024-01-01T00:00:00.000Z', ver: 1 }
const order = { id: 1, user: { ...user, full_name: 'Ada Lovelace' }, status: 'pending', created_at: '2025-06-01T00:00:00.000Z', ver: 1 }

/** Text that Postgres can hold, with many spaces, which is where splitting can go wrong. */
const text = fc.array(fc.oneof(fc.constant(' '), fc.constant('\t'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 3 })), { maxLength: 6 })
  .map((parts) => parts.join('').replaceAll('\0', ''))

async function buildShop () {
  const app = Fastify()
  await app.register(shop, {})
  await app.ready()
  return app
}

t.test('names are joined and split alike in TypeScript and in SQL', async (t) => {
  const { knex } = await createDatabase(t)
  const app = await buildShop()
  const names = [...Array.from({ length: 200 }, (_, n) => nameOf(n + 1)), ...fc.sample(fc.record({ first_name: text, last_name: text }), RUNS)]
  const { upgrade, downgrade } = fullNameColumns
  const joined = await knex.raw(`
    select ${upgrade.full_name} as full_name from unnest(?::text[], ?::text[]) with ordinality as t (first_name, last_name, n) order by n`,
  [names.map((name) => name.first_name), names.map((name) => name.last_name)])
  t.same(
    names.map((name) => app.vintage.migrate('User', { ...user, ...name }, { from: '2025-06-01', to: '2026-11-01' })),
    joined.rows.map((row: object) => ({ ...user, ...row })))
  const full = fc.sample(text, RUNS)
  const split = await knex.raw(`
    select ${downgrade.first_name} as first_name, ${downgrade.last_name} as last_name from unnest(?::text[]) with ordinality as t (full_name, n) order by n`, [full])
  t.same(
    full.map((name) => app.vintage.migrate('User', { ...user, full_name: name }, { from: '2026-11-01', to: '2025-06-01' })),
    split.rows.map((row: object) => ({ ...user, ...row })))
})

t.test('amounts are the same in TypeScript and in SQL, and come back as they were', async (t) => {
  const { knex } = await createDatabase(t)
  const app = await buildShop()
  const minor = fc.sample(fc.integer({ min: 0, max: 999_999_999_999 }), RUNS)
  const { upgrade, downgrade } = totalColumns
  const { rows } = await knex.raw(`
    select amount::text, (${upgrade.total_minor})::text as amount_minor, ${upgrade.total_currency} as currency
    from (select ${downgrade.amount} as amount, n from unnest(?::bigint[]) with ordinality as t (total_minor, n)) as t order by n`, [minor])
  const head = minor.map((amount) => ({ ...order, total: { amount_minor: amount, currency: 'EUR' } }))
  const old = head.map((value) => app.vintage.migrate('Order', value, { from: '2026-11-01', to: '2024-09-01' }))
  t.same(rows.map((row: Record<string, string>) => ({ amount_minor: Number(row.amount_minor), currency: row.currency })), head.map(({ total }) => total))
  t.match(old, rows.map(({ amount }: { amount: string }) => ({ amount })))
  t.same(old.map((value) => app.vintage.migrate('Order', value, { from: '2024-09-01', to: '2026-11-01' })), head)
})
