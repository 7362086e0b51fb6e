import knexFactory, { type Knex } from 'knex'
import t, { type Test } from 'tap'
import { transition, type TransitionDefinition } from '../../src/data/transition.js'
import { createGround, createUsers, FULL_NAME, named, TOTAL } from './fixtures.js'

interface User { first_name: string | null, last_name: string | null, full_name: string | null, pending: boolean }

const PENDING = 'vintage_users_full_name_pending'
const SHOW = `first_name, last_name, full_name, ${PENDING} as pending`

/** `users` at dual-write, with the two rows that were there before: unfilled. */
async function createDualWriting (t: Test, change: Partial<TransitionDefinition> = {}, setUp: (knex: Knex) => Promise<unknown> = async () => {}): Promise<Knex> {
  const transitions = await named({ 'users.full_name': transition<string, string>({ ...FULL_NAME, ...change }) })
  const { operator, knex } = await createGround(t, async (knex) => {
    await createUsers(knex, 0)
    await knex.raw("insert into users (id, first_name, last_name) values (1, 'Mary Ann', 'Smith'), (2, 'Ada', 'Lovelace')")
    await setUp(knex)
  }, { transitions })
  await operator.migrate()
  return knex
}

async function read (knex: Knex, id: number): Promise<User> {
  const { rows: [row] } = await knex.raw(`select ${SHOW} from users where id = ?`, [id])
  return row
}

t.test('D2 old and new writers on the same row: the last write is what both sides say', async (t) => {
  const knex = await createDualWriting(t)
  await knex.raw("update users set first_name = 'Grace', last_name = 'Hopper' where id = 1")
  t.same(await read(knex, 1), { first_name: 'Grace', last_name: 'Hopper', full_name: 'Grace Hopper', pending: false })
  await knex.raw("update users set full_name = 'Ada King Lovelace' where id = 1")
  t.same(await read(knex, 1), { first_name: 'Ada', last_name: 'King Lovelace', full_name: 'Ada King Lovelace', pending: false })
  await knex.raw("update users set last_name = 'Byron' where id = 1")
  t.same(await read(knex, 1), { first_name: 'Ada', last_name: 'Byron', full_name: 'Ada Byron', pending: false })
})

t.test('D2 a save of the whole row with nothing changed changes nothing, on filled and on unfilled rows', async (t) => {
  const knex = await createDualWriting(t)
  const saves = [
    ["update users set first_name = 'Mary Ann', last_name = 'Smith' where id = 1", true],
    ["update users set full_name = 'Mary Ann Smith' where id = 1", false],
    ["update users set full_name = 'Mary Ann Smith', first_name = 'Mary Ann', last_name = 'Smith' where id = 1", false]
  ] as const
  for (const [save, pending] of saves) {
    await knex.raw(save)
    const { full_name: fullName, ...old } = await read(knex, 1)
    t.same(old, { first_name: 'Mary Ann', last_name: 'Smith', pending })
    t.equal(fullName, pending ? null : 'Mary Ann Smith')
  }
})

t.test('D2 a new writer that goes back to what upgrade would give is the last writer all the same', async (t) => {
  const knex = await createDualWriting(t)
  await knex.raw("update users set full_name = ' Ada' where id = 2")
  t.match(await read(knex, 2), { first_name: '', last_name: 'Ada' })
  await knex.raw("update users set full_name = 'Ada' where id = 2")
  t.match(await read(knex, 2), { first_name: 'Ada', last_name: '' })
})

t.test('D2 a whole row read before it was filled and saved afterwards does not empty the new side', async (t) => {
  const knex = await createDualWriting(t)
  await knex.raw("update users set full_name = 'Ada King' where id = 2")
  await knex.raw(`update users set first_name = 'Ada', last_name = 'King', full_name = null, ${PENDING} = true, note = 'saved' where id = 2`)
  t.same(await read(knex, 2), { first_name: 'Ada', last_name: 'King', full_name: 'Ada King', pending: false })
  await knex.raw(`update users set first_name = 'Augusta', full_name = null, ${PENDING} = true where id = 2`)
  t.same(await read(knex, 2), { first_name: 'Augusta', last_name: 'King', full_name: 'Augusta King', pending: false })
})

t.test('D2 hundreds of writes by either side agree with a model that shares no code with the triggers', async (t) => {
  const knex = await createDualWriting(t)
  const names = ['Ada', 'Mary Ann', '', ' ', 'O\'Neil', '李', 'de la Cruz', ' Bob ', null]
  const pick = (): string | null => names[Math.floor(Math.random() * names.length)] ?? null
  const upgrade = (first: string | null, last: string | null): string => `${first ?? ''} ${last ?? ''}`.replace(/^ +| +$/g, '')
  const model = { first_name: 'Mary Ann' as string | null, last_name: 'Smith' as string | null, full_name: 'Mary Ann Smith' as string | null }
  for (let round = 0; round < 300; round++) {
    if (Math.random() < 0.5) {
      const [first, last] = [pick(), pick()]
      if (first !== model.first_name || last !== model.last_name) Object.assign(model, { first_name: first, last_name: last, full_name: upgrade(first, last) })
      await knex.raw('update users set first_name = ?, last_name = ? where id = 1', [first, last])
    } else {
      const full = [pick(), pick(), pick()].map((name) => name ?? '').join(' ')
      const space = full.indexOf(' ')
      if (full !== model.full_name) Object.assign(model, { first_name: full.slice(0, space), last_name: full.slice(space + 1), full_name: full })
      await knex.raw('update users set full_name = ? where id = 1', [full])
    }
    const { pending, full_name: fullName, ...old } = await read(knex, 1)
    const found = { ...old, full_name: pending ? upgrade(old.first_name, old.last_name) : fullName }
    if (JSON.stringify(found) !== JSON.stringify(model)) t.same(found, model, `round ${round}`)
  }
})

t.test('D3 a write to another column computes nothing and changes neither side, filled or not', async (t) => {
  const counted = async (knex: Knex): Promise<void> => {
    await knex.raw('create sequence calls')
    await knex.raw("create function counted (value text) returns text immutable language plpgsql as $$ begin perform nextval('public.calls'); return value; end $$")
  }
  const knex = await createDualWriting(t, { upgrade: { full_name: "public.counted(first_name || ' ' || last_name)" } }, counted)
  const calls = async (): Promise<number> => (await knex.raw('select case when is_called then last_value else 0 end::int as calls from calls')).rows[0].calls
  const before = await calls()
  await knex.raw("update users set note = 'x' where id = 1")
  await knex.raw("update users set full_name = 'Ada Byron' where id = 2")
  const written = await calls()
  await knex.raw("update users set note = 'y', ver = ver + 1")
  t.equal(await calls(), written)
  t.ok(written > before)
  t.match(await read(knex, 1), { full_name: null, pending: true })
  t.match(await read(knex, 2), { full_name: 'Ada Byron', last_name: 'Byron', pending: false })
})

t.test('D4 one statement that sets both sides out of sync: the new side wins by default', async (t) => {
  const knex = await createDualWriting(t)
  await knex.raw("update users set first_name = 'X', full_name = 'Grace Hopper' where id = 1")
  t.same(await read(knex, 1), { first_name: 'Grace', last_name: 'Hopper', full_name: 'Grace Hopper', pending: false })
  await knex.raw("insert into users (id, first_name, full_name) values (3, 'X', 'Grace Hopper')")
  t.same(await read(knex, 3), { first_name: 'Grace', last_name: 'Hopper', full_name: 'Grace Hopper', pending: false })
})

t.test('D4 both sides set and in sync stay as they were given', async (t) => {
  const knex = await createDualWriting(t)
  await knex.raw("insert into users (id, first_name, last_name, full_name) values (3, 'Mary Ann', 'Smith', 'Mary Ann Smith'), (4, '', 'Ada', ' Ada')")
  await knex.raw("update users set first_name = 'Jo Ann', last_name = 'Smith', full_name = 'Jo Ann Smith' where id = 1")
  t.match(await read(knex, 3), { first_name: 'Mary Ann', full_name: 'Mary Ann Smith' })
  t.match(await read(knex, 4), { first_name: '', last_name: 'Ada', full_name: ' Ada' })
  t.match(await read(knex, 1), { first_name: 'Jo Ann', full_name: 'Jo Ann Smith' })
})

t.test('D4 with `conflict: reject` such a statement fails and changes nothing', async (t) => {
  const knex = await createDualWriting(t, { conflict: 'reject' })
  await t.rejects(knex.raw("update users set first_name = 'X', full_name = 'Grace Hopper' where id = 1"), { code: '23000', message: /both sides of users.full_name/ })
  await t.rejects(knex.raw("insert into users (first_name, full_name) values ('X', 'Grace Hopper')"), { code: '23000' })
  t.match(await read(knex, 1), { first_name: 'Mary Ann', pending: true })
})

t.test('D5 every way to insert leaves both sides in sync', async (t) => {
  const knex = await createDualWriting(t)
  await knex.raw("insert into users (id) values (10); insert into users (id, first_name, last_name) values (11, 'Ada', 'Byron'); insert into users (id, full_name) values (12, 'Ada Byron')")
  await knex('users').insert([{ id: 13, first_name: 'Ada' }, { id: 14, full_name: 'Bob Byron' }])
  await knex.raw("insert into users (id, first_name) values (11, 'Grace') on conflict (id) do update set first_name = excluded.first_name")
  await knex.raw("insert into users (id, full_name) values (12, 'Grace Hopper') on conflict (id) do update set full_name = excluded.full_name")
  await knex.raw("merge into users u using (values (11, 'Eve Byron'), (15, 'New One')) as v (id, name) on u.id = v.id when matched then update set full_name = v.name when not matched then insert (id, full_name) values (v.id, v.name)")
  await knex.raw("update users u set last_name = v.name from (values (13, 'King')) as v (id, name) where u.id = v.id")
  t.match(await read(knex, 10), { first_name: null, last_name: '', full_name: '', pending: false })
  t.match(await read(knex, 11), { first_name: 'Eve', last_name: 'Byron', full_name: 'Eve Byron' })
  t.match(await read(knex, 12), { first_name: 'Grace', last_name: 'Hopper', full_name: 'Grace Hopper' })
  t.match(await read(knex, 13), { first_name: 'Ada', last_name: 'King', full_name: 'Ada King' })
  t.match(await read(knex, 14), { first_name: 'Bob', last_name: 'Byron', full_name: 'Bob Byron' })
  t.match(await read(knex, 15), { first_name: 'New', last_name: 'One', full_name: 'New One' })
})

t.test('D5 COPY of 100k rows, and a session in the replica role, leave both sides in sync', async (t) => {
  const knex = await createDualWriting(t)
  const { rows: [{ file }] } = await knex.raw("select current_setting('data_directory') || '/vintage_' || current_database() || '.copy' as file")
  await knex.raw(`copy (select 100 + i, 'Ada ' || i, 'Byron' from generate_series(1, 100000) i) to '${file}'`)
  await knex.raw(`copy users (id, first_name, last_name) from '${file}'`)
  await knex.raw(`copy (select 1) to '${file}'`)
  await knex.transaction(async (trx) => {
    await trx.raw('set local session_replication_role = replica')
    await trx.raw("update users set first_name = 'Replica' where id = 101")
  })
  t.match(await read(knex, 101), { full_name: 'Replica Byron' })
  const { rows: [{ bad }] } = await knex.raw("select count(*)::int as bad from users where id > 100 and full_name is distinct from first_name || ' ' || last_name")
  t.equal(bad, 0)
})

t.test('D6 an old writer that sets null on an unfilled row is followed', async (t) => {
  const knex = await createDualWriting(t)
  await knex.raw('update users set first_name = null, last_name = null where id = 1')
  t.same(await read(knex, 1), { first_name: null, last_name: null, full_name: '', pending: false })
})

t.test('D6 the known limit: a new-only writer that sets null on an unfilled row changes nothing', async (t) => {
  const knex = await createDualWriting(t)
  await knex.raw('update users set full_name = null where id = 1')
  t.same(await read(knex, 1), { first_name: 'Mary Ann', last_name: 'Smith', full_name: null, pending: true })
  await knex.raw("update users set full_name = 'Mary' where id = 1")
  await knex.raw('update users set full_name = null where id = 1')
  t.same(await read(knex, 1), { first_name: null, last_name: null, full_name: null, pending: false }, 'on a filled row it is a write as any other')
})

/** `orders.amount` → `total_minor`, which raises for amounts beyond a bigint; `orders` has one unfilled row of 10.50. */
async function createOrders (t: Test): Promise<Knex> {
  const definition = { ...TOTAL, before: { amount: 'numeric' }, notNull: [], lossy: 'both' } as const
  const transitions = await named({ 'orders.total': transition(definition) })
  const { operator, knex } = await createGround(t, async (knex) => {
    await knex.raw('create table orders (id integer primary key, amount numeric)')
    await knex.raw('insert into orders values (1, 10.50), (2, 1e30)')
  }, { transitions })
  await operator.migrate()
  return knex
}

t.test('D6 a value for which upgrade raises is refused', async (t) => {
  const knex = await createOrders(t)
  await t.rejects(knex.raw('update orders set amount = 1e30 where id = 1'), { code: '22003' })
  await t.rejects(knex.raw('insert into orders values (3, 1e30)'), { code: '22003' })
})

t.test('D6 `onError` is `reject` or `set-aside`', async (t) => {
  const definition = { ...TOTAL, onError: 'ignore' }
  t.throws(() => transition(JSON.parse(JSON.stringify(definition))), { code: 'FST_ERR_VINTAGE_INVALID_TRANSITION', message: /`onError` is `ignore`, must be one of reject, set-aside/ })
  for (const onError of ['reject', 'set-aside'] as const) t.doesNotThrow(() => transition({ ...TOTAL, onError }))
})

t.test('a new writer that sets one of two new columns of an unfilled row leaves the other as readers see it', async (t) => {
  const knex = await createOrders(t)
  await knex.raw('update orders set total_minor = 700 where id = 1')
  t.same((await knex.raw('select amount::text, total_minor::int, total_currency from orders where id = 1')).rows, [{ amount: '7.0000000000000000', total_minor: 700, total_currency: 'EUR' }])
})

t.test('D9 names with capitals, spaces, quotes, dots and reserved words, types of an extension schema, and expressions that end in a comment', async (t) => {
  const transitions = await named({
    'Odd "Names"': transition({
      schema: 'my shop',
      table: 'Order "table"',
      before: { user: 'text', 'select from': 'text', new: 'public.mood' },
      after: { 'old "name"': 'text', ÄÖÜ: 'public.mood' },
      upgrade: { 'old "name"': '"user" || \'?\' || "select from" -- joined', ÄÖÜ: 'new' },
      downgrade: { user: 'split_part("old ""name""", \'?\', 1)', 'select from': "split_part(\"old \"\"name\"\"\", '?', 2) /* rest */", new: '"ÄÖÜ"' },
      indexes: [{ columns: ['old "name"', 'id'], unique: true, name: 'an Index' }, ['ÄÖÜ']],
      lossy: 'both'
    })
  })
  const { operator, knex } = await createGround(t, async (knex) => {
    await knex.raw("create schema \"my shop\"; create type mood as enum ('glad', 'sad')")
    await knex.raw("create table \"my shop\".\"Order \"\"table\"\"\" (id integer primary key, \"user\" text default 'no\\one', \"select from\" text, new mood default 'sad')")
    await knex.raw("insert into \"my shop\".\"Order \"\"table\"\"\" values (1, 'a', 'b', 'glad')")
  }, { transitions })
  await operator.migrate()
  const table = (): Knex.QueryBuilder => knex.withSchema('my shop').from('Order "table"')
  await table().insert({ id: 2, 'old "name"': 'x?y', ÄÖÜ: 'glad' })
  await table().insert({ id: 3, user: 'u', 'select from': 'f' })
  await operator.advance({ to: 'hide' })
  await table().insert({ id: 4, 'old "name"': 'p?q' })
  await operator.rollback({ to: 'read-new' })
  t.same(await table().orderBy('id').select('id', 'user', 'select from', 'new', 'old "name"', 'ÄÖÜ'), [
    { id: 1, user: 'a', 'select from': 'b', new: 'glad', 'old "name"': 'a?b', ÄÖÜ: 'glad' },
    { id: 2, user: 'x', 'select from': 'y', new: 'glad', 'old "name"': 'x?y', ÄÖÜ: 'glad' },
    { id: 3, user: 'u', 'select from': 'f', new: 'sad', 'old "name"': 'u?f', ÄÖÜ: 'sad' },
    { id: 4, user: 'p', 'select from': 'q', new: null, 'old "name"': 'p?q', ÄÖÜ: null }
  ])
  await operator.advance({ to: 'drop' })
  t.same(Object.keys(await table().first()), ['id', 'old "name"', 'ÄÖÜ'])
})

t.test('a role with nothing but select on the table can hang the functions, which run as their owner, on no table of its own', async (t) => {
  const { operator, knex, url } = await createGround(t, async (knex) => {
    await createUsers(knex, 1)
    await knex.raw("do $$ begin create role vintage_reader login password 'reader'; exception when duplicate_object or unique_violation then null; end $$")
    await knex.raw('grant select on users to vintage_reader')
  })
  await operator.migrate()
  const connection = new URL(url)
  connection.username = 'vintage_reader'
  connection.password = 'reader'
  const reader = knexFactory({ client: 'pg', connection: connection.href, pool: { min: 0, max: 1 } })
  t.teardown(async () => await reader.destroy())
  await reader.raw(`create temp table mine as select ${SHOW.replace(' as pending', '')} from users`)
  await t.rejects(reader.raw('create trigger logged after insert on mine for each row execute function vintage.log_shadow_difference()'), { code: '42501', message: /log_shadow_difference/ })
  const hang = 'create trigger mine before insert on mine for each row execute function vintage.users_full_name_insert()'
  await t.rejects(reader.raw(hang), { code: '42501' })
  await knex.raw('grant execute on function vintage.users_full_name_insert() to vintage_reader')
  await reader.raw(hang)
  await t.rejects(reader.raw("insert into mine (first_name) values ('Ada')"), { code: '42501', message: /mine/ }, 'not even where somebody has granted it')
  await knex.raw('grant insert, update on users to vintage_reader')
  await reader.raw("insert into users (id, first_name, last_name) values (7, 'Ada', 'Byron')")
  await reader.raw("update users set first_name = 'Eve' where id = 7")
  t.match(await read(knex, 7), { full_name: 'Eve Byron' }, 'the triggers fire for roles that may not call their functions')
})
