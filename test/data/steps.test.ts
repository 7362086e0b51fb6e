import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import { PHASES, type Phase } from '../../src/data/phases.js'
import type { Operator } from '../../src/data/operator.js'
import { transition } from '../../src/data/transition.js'
import { createGround, createUsers, FULL_NAME, named, TOTAL } from './fixtures.js'

/** Writes by old and new columns, as far as the phase has them, and keeps what every row must show. */
class Traffic {
  readonly #knex: Knex
  readonly #expected = new Map<number, [string, string]>()

  constructor (knex: Knex, rows: number) {
    this.#knex = knex
    for (let id = 1; id <= rows; id++) this.#expected.set(id, [`First${id}`, `Last${id}`])
  }

  async write (phase: Phase): Promise<void> {
    const old = phase !== 'hide' && phase !== 'drop'
    const fresh = phase !== 'expand'
    const tag = `${phase}${this.#expected.size}`.replaceAll(/[^a-z0-9]/g, '')
    if (old) await this.#update(3, { last_name: tag }, ['First3', tag])
    if (old) await this.#insert({ first_name: 'Old', last_name: tag }, ['Old', tag])
    if (fresh) await this.#update(4, { full_name: `New ${tag}` }, ['New', tag])
    if (fresh) await this.#insert({ full_name: `Fresh ${tag}` }, ['Fresh', tag])
    await this.#knex('users').where({ id: 5 }).update({ note: tag })
  }

  async #update (id: number, set: object, shows: [string, string]): Promise<void> {
    await this.#knex('users').where({ id }).update(set)
    this.#expected.set(id, shows)
  }

  async #insert (row: object, shows: [string, string]): Promise<void> {
    const [inserted] = await this.#knex('users').insert(row).returning('id')
    this.#expected.set(inserted.id, shows)
  }

  /** Every row as each side shows it; unfilled rows show the new side through the old. */
  async check (t: Test, phase: Phase): Promise<void> {
    const wrong = []
    for (const row of await this.#knex('users').select('*')) {
      const [first, last] = this.#expected.get(row.id) ?? []
      const oldIsRight = !('first_name' in row) || (row.first_name === first && row.last_name === last)
      const newIsRight = phase === 'expand' || row.vintage_users_full_name_pending === true || row.full_name === `${first} ${last}`
      if (!oldIsRight || !newIsRight) wrong.push({ row, first, last })
    }
    t.same(wrong, [], `every row is right at ${phase}`)
    t.equal(Number((await this.#knex('users').count({ rows: '*' }))[0]?.rows), this.#expected.size)
  }
}

/** Moves one step at a time through `way`, with writes on both sides in every phase. */
async function wander (t: Test, operator: Operator, traffic: Traffic, way: readonly Phase[]): Promise<void> {
  for (const to of way) {
    const from = (await operator.status()).transitions[0]?.phase ?? 'expand'
    const back = PHASES.indexOf(to) < PHASES.indexOf(from)
    const result = back ? await operator.rollback({ to }) : await operator.advance({ to })
    t.match(result, { from, phase: to })
    await traffic.check(t, to)
    await traffic.write(to)
    await traffic.check(t, to)
    if (to !== 'expand' && to !== 'drop') t.match(await operator.verify(), { mismatchedRows: 0 })
  }
}

t.test('D15 back and forth from every phase with writes on either side in between: nothing lost, nothing stale', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 30), { batchRows: 7 })
  await operator.migrate()
  const traffic = new Traffic(knex, 30)
  await traffic.write('dual-write')
  await wander(t, operator, traffic, [
    'backfill', 'dual-write', 'backfill', 'read-new', 'backfill', 'read-new', 'dual-write', 'expand',
    'dual-write', 'read-new', 'hide', 'read-new', 'hide', 'expand', 'hide', 'drop'
  ])
})

t.test('D31 un-hiding gives an old reader the right values of what was written while hidden', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 3))
  await operator.migrate()
  await operator.advance({ to: 'hide' })
  await t.rejects(knex('users').select('first_name'), { code: '42703' })
  await knex('users').where({ id: 2 }).update({ full_name: 'Grace Hopper' })
  await knex('users').insert({ id: 9, full_name: 'Ada Byron' })
  await operator.rollback({ to: 'read-new' })
  t.same(await knex('users').orderBy('id').select('id', 'first_name', 'last_name'), [
    { id: 1, first_name: 'First1', last_name: 'Last1' },
    { id: 2, first_name: 'Grace', last_name: 'Hopper' },
    { id: 3, first_name: 'First3', last_name: 'Last3' },
    { id: 9, first_name: 'Ada', last_name: 'Byron' }
  ])
})

t.test('D31 what hangs on an old column is listed at hide, refuses the drop, and is never dropped in silence', async (t) => {
  const { operator, knex, events } = await createGround(t, async (knex) => {
    await createUsers(knex, 3)
    await knex.raw('create view names as select first_name from users')
    await knex.raw('create index users_both on users (last_name, note)')
    await knex.raw('create index users_last on users (last_name)')
    await knex.raw('alter table users alter column last_name set not null')
    await knex.raw('alter table users add constraint last_short check (length(last_name) < 100), add column initial text generated always as (left(first_name, 1)) stored')
  })
  await operator.migrate()
  await operator.advance({ to: 'hide' })
  const inTheWay = events.find((event) => event.type === 'dependents')
  t.match(inTheWay, { dropped: false, objects: [/column initial/, /index users_both/, /rule _RETURN on view names/] })
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_DEPENDENTS', message: /users_both.*view names/ })
  await knex.raw('drop view names; drop index users_both; alter table users drop column initial')
  await operator.advance()
  t.match(events.filter((event) => event.type === 'dependents').at(-1), { dropped: true, objects: [/last_short/, /users_last/] })
})

interface Row { [column: string]: unknown }

/** What a table is made of, without what differs between any two tables. */
async function readCatalogue (knex: Knex): Promise<Record<string, Row[]>> {
  const read = async (sql: string): Promise<Row[]> => (await knex.raw(sql)).rows
  return {
    columns: await read("select column_name, data_type, numeric_precision, numeric_scale, is_nullable, column_default from information_schema.columns where table_name in ('users', 'orders') order by table_name, ordinal_position"),
    constraints: await read("select conname, contype, convalidated, pg_get_constraintdef(oid) as definition from pg_constraint where conrelid in ('users'::regclass, 'orders'::regclass) order by conname"),
    indexes: await read("select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition, indisvalid, indisready from pg_index where indrelid in ('users'::regclass, 'orders'::regclass) order by 1"),
    triggers: await read("select tgname from pg_trigger where tgrelid in ('users'::regclass, 'orders'::regclass) and not tgisinternal"),
    functions: await read("select proname from pg_proc where pronamespace = 'vintage'::regnamespace")
  }
}

async function createShop (knex: Knex): Promise<void> {
  await createUsers(knex, 0)
  await knex.raw('create index users_first_name on users (first_name)')
  await knex.raw('create table orders (id integer primary key, "user" integer references users, amount numeric(12,2) not null default 0 check (amount >= 0))')
}

const BOTH = { 'users.full_name': FULL_NAME, 'orders.total': { ...TOTAL, indexes: [{ columns: ['total_currency', 'total_minor'], unique: true }] } }

t.test('D26 D29 the end catalogue is the same on an empty table in one transaction, and on a full one the long way', async (t) => {
  const transitions = await named({ 'users.full_name': FULL_NAME, 'orders.total': transition<string, string>(BOTH['orders.total']) })
  const migrations = t.testdir({ '01_shop.mjs': `export const up = ${createShop.toString()}\nexport const down = up\n${createUsers.toString()}` })
  const fresh = await createGround(t, async () => {}, { transitions, migrations })
  t.match(await fresh.operator.migrate(), { transitions: [{ transition: 'orders.total', phase: 'drop', fresh: true }, { transition: 'users.full_name', phase: 'drop', fresh: true }] })
  t.match(await fresh.operator.migrate(), { migrations: [], transitions: [] }, 'a second run does nothing')
  const live = await createGround(t, async (knex) => {
    await createShop(knex)
    await knex.raw("insert into users (first_name) values ('Ada'); insert into orders values (1, 1, 10.50), (2, 1, 0.07)")
  }, { transitions })
  await live.operator.migrate()
  await live.operator.advance({ transition: 'users.full_name', to: 'drop' })
  await live.operator.advance({ to: 'read-new' })
  await live.knex.raw('insert into orders (id, amount) values (3, 0.01)')
  await live.operator.advance({ to: 'drop' })
  t.same(await live.knex('orders').orderBy('id').select('*'), [
    { id: 1, user: 1, total_minor: '1050', total_currency: 'EUR' },
    { id: 2, user: 1, total_minor: '7', total_currency: 'EUR' },
    { id: 3, user: null, total_minor: '1', total_currency: 'EUR' }
  ])
  const catalogue = await readCatalogue(fresh.knex)
  t.same(await readCatalogue(live.knex), catalogue)
  t.equal(catalogue.indexes?.length, 4)
  t.same(catalogue.triggers, [])
})

t.test('a step the wrong way is refused, and says which command leads there', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 3))
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_UNKNOWN_TRANSITION', message: /no transition is under way/ })
  await operator.migrate()
  await operator.advance({ to: 'read-new' })
  await t.rejects(operator.advance({ to: 'backfill' }), { code: 'FST_ERR_VINTAGE_REFUSED_STEP', message: /rollback --to backfill/ })
  await t.rejects(operator.rollback({ to: 'drop' }), { code: 'FST_ERR_VINTAGE_REFUSED_STEP', message: /advance --to drop/ })
  t.match(await operator.advance({ to: 'read-new' }), { steps: [], phase: 'read-new' })
  await operator.advance({ to: 'drop' })
  await t.rejects(operator.rollback({ transition: 'users.full_name', to: 'hide' }), { code: 'FST_ERR_VINTAGE_REFUSED_STEP', message: /old columns are gone/ })
  await t.rejects(operator.verify({ transition: 'users.full_name' }), { code: 'FST_ERR_VINTAGE_REFUSED_STEP', message: /only one side/ })
  t.match(await operator.advance({ transition: 'users.full_name' }), { steps: [], phase: 'drop' })
  t.ok(await knex('users').first())
})

t.test('which transition is meant must be clear', async (t) => {
  const transitions = await named({ 'users.full_name': FULL_NAME, 'orders.total': TOTAL })
  const { operator } = await createGround(t, async (knex) => {
    await createUsers(knex, 1)
    await knex.raw('create table orders (id integer primary key, amount numeric(12,2)); insert into orders values (1, 1)')
  }, { transitions })
  await t.rejects(operator.advance({ transition: 'users.full_name' }), { code: 'FST_ERR_VINTAGE_UNKNOWN_TRANSITION', message: /run `vintage migrate`/ })
  await operator.migrate()
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_AMBIGUOUS_TRANSITION', message: /orders.total.*users.full_name/ })
  await t.rejects(operator.verify({ transition: 'user.full_name' }), { code: 'FST_ERR_VINTAGE_UNKNOWN_TRANSITION', message: /there are: orders.total, users.full_name/ })
})

t.test('a definition that was changed under way is refused, at migrate and at advance', async (t) => {
  const { operator, open } = await createGround(t, async (knex) => await createUsers(knex, 1))
  await operator.migrate()
  const { lossy: _, ...rest } = FULL_NAME
  const changed = await named({ 'users.full_name': transition<string, string>({ ...rest, upgrade: { full_name: 'first_name' } }) })
  const other = await open({ transitions: changed })
  await t.rejects(other.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_DEFINITION' })
  await t.rejects(other.migrate(), { code: 'FST_ERR_VINTAGE_REFUSED_DEFINITION' })
  const unknowing = await open({ transitions: [] })
  t.match(await unknowing.advance(), { phase: 'backfill' }, 'an operator without the file goes by what the database has')
})

t.test('a transition without notNull goes back without touching the table', async (t) => {
  const { notNull: _, ...plain } = TOTAL
  const { operator, knex } = await createGround(t, async (knex) => {
    await knex.raw('create table orders (id integer primary key, amount numeric(12,2)); insert into orders values (1, 1)')
  }, { transitions: await named({ 'orders.total': transition<string, string>(plain) }) })
  await operator.migrate()
  await operator.advance({ to: 'read-new' })
  const reader = await knex.transaction()
  await reader.raw('select count(*) from orders')
  t.match(await operator.rollback({ to: 'backfill' }), { phase: 'backfill' }, 'no lock was asked for')
  await reader.rollback()
  t.match(await operator.rollback({ to: 'dual-write' }), { phase: 'dual-write' })
})

t.test('D9 names of 63 bytes keep apart what is made from them', async (t) => {
  const long = (end: string): string => 'é'.repeat(31) + end
  const transitions = await named({
    [`users.${'x'.repeat(70)}`]: transition({
      table: 'users',
      before: { [long('a')]: 'text', [long('b')]: 'text' },
      after: { [long('c')]: 'text' },
      upgrade: { [long('c')]: `"${long('a')}" || ' ' || "${long('b')}"` },
      downgrade: { [long('a')]: `split_part("${long('c')}", ' ', 1)`, [long('b')]: `split_part("${long('c')}", ' ', 2)` },
      notNull: [long('c')],
      indexes: [[long('c')]],
      lossy: 'both'
    })
  })
  const { operator, knex } = await createGround(t, async (knex) => {
    await knex.raw(`create table users (id integer primary key, "${long('a')}" text, "${long('b')}" text)`)
    await knex('users').insert({ id: 1, [long('a')]: 'Ada', [long('b')]: 'Byron' })
  }, { transitions })
  await operator.migrate()
  await operator.advance({ to: 'hide' })
  await knex('users').insert({ id: 2, [long('c')]: 'Grace Hopper' })
  await operator.rollback({ to: 'read-new' })
  t.match(await knex('users').where({ id: 2 }).first(), { [long('a')]: 'Grace', [long('b')]: 'Hopper' })
  await operator.advance({ to: 'drop' })
  t.same(await knex('users').orderBy('id'), [{ id: 1, [long('c')]: 'Ada Byron' }, { id: 2, [long('c')]: 'Grace Hopper' }])
})
