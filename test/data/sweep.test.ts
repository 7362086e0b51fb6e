import type { Knex } from 'knex'
import t from 'tap'
import { transition } from '../../src/data/transition.js'
import { createGround, createUsers, FULL_NAME, named, TOTAL } from './fixtures.js'

const MARKER = 'vintage_users_full_name_pending'
const NOT_NULL = 'vintage_users_full_name_not_null'

async function namesOn (knex: Knex, table: string): Promise<string[]> {
  return (await knex.raw(`
    select tgname as name from pg_trigger where tgrelid = '${table}'::regclass
    union all select attname from pg_attribute where attrelid = '${table}'::regclass and attnum > 0 and not attisdropped
    union all select conname from pg_constraint where conrelid = '${table}'::regclass and contype = 'c'
    union all select indexrelid::regclass::text from pg_index where indrelid = '${table}'::regclass order by 1`)).rows.map(({ name }: { name: string }) => name)
}

t.test('D27 left-over objects of ours are listed and swept by one command; what others have made stays', async (t) => {
  const { operator, open, knex, events } = await createGround(t, async (knex) => {
    await createUsers(knex, 3)
    await knex.raw('create table orders (id integer primary key, amount numeric(12,2)); insert into orders values (1, 2)')
    await knex.raw('alter table orders add column vintage_other_pending boolean not null default true, add column vintage_users_full_name_pending boolean')
    await knex.raw("create function touch() returns trigger language plpgsql as 'begin return NEW; end'")
    await knex.raw('create trigger zz_a before insert on orders for each row execute function touch()')
  }, { transitions: await named({ 'users.full_name': FULL_NAME, 'orders.total': TOTAL }) })
  t.strictSame(await operator.sweep(), { swept: true, objects: [] }, 'without a schema there is nothing')
  await operator.migrate()
  const [users, orders] = [await namesOn(knex, 'users'), await namesOn(knex, 'orders')]
  t.strictSame(await operator.sweep(), { swept: true, objects: [] })
  t.strictSame([await namesOn(knex, 'users'), await namesOn(knex, 'orders')], [users, orders])
  await knex.raw("create function vintage.of_somebody_else() returns trigger language plpgsql as 'begin return NEW; end'")
  await knex.raw('create trigger zz_of_theirs before insert on users for each row execute function vintage.of_somebody_else()')
  await knex('vintage.transitions').where({ name: 'users.full_name' }).del()
  const listed = await operator.sweep({ dryRun: true })
  t.match(listed, { swept: false })
  t.strictSame(listed.objects.map(({ kind, name, table, transition }) => [kind, name, table, transition]), [
    ['trigger', 'zz_vintage_users_full_name_insert', '"public"."users"', null],
    ['trigger', 'zz_vintage_users_full_name_update', '"public"."users"', null],
    ['function', 'users_full_name_insert', null, null],
    ['function', 'users_full_name_update', null, null],
    ['index', 'vintage_users_full_name_twin_users_full_name_index', '"public"."users"', null],
    ['marker', MARKER, '"public"."users"', null]
  ])
  t.ok((await namesOn(knex, 'users')).includes(MARKER), 'a dry run takes nothing away')
  const reader = await knex.transaction()
  await reader('users').first()
  const sweeping = (await open({ lockDeadlineMs: 100 })).sweep()
  while (!events.some(({ type }) => type === 'lock-retry')) await knex.raw('select pg_sleep(0.02)')
  await reader.rollback()
  t.match(await sweeping, { swept: true, objects: listed.objects })
  t.strictSame(await operator.sweep(), { swept: true, objects: [] })
  const after = await namesOn(knex, 'users')
  t.ok(after.includes('zz_of_theirs') && after.includes('full_name') && after.includes('first_name'))
  t.notMatch(after.join(' '), /pending|zz_vintage/)
  t.strictSame(await namesOn(knex, 'orders'), orders, 'the other transition and what others have made is whole')
  t.match(await knex('vintage.events').where({ event: 'swept' }), [{ details: { objects: [{ kind: 'trigger' }, {}, {}, {}, {}, {}] } }])
})

t.test('D27 what a killed run has left of constraints and indexes goes, unless somebody is at work on it or instances still need it', async (t) => {
  const { operator, open, knex } = await createGround(t, async (knex) => await createUsers(knex, 3))
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  await knex.raw(`alter table users add constraint ${NOT_NULL} check (full_name is not null) not valid`)
  await knex.raw("update users set note = 'same'")
  for (const name of ['users_full_name_index', 'users_of_theirs']) await t.rejects(knex.raw(`create unique index concurrently ${name} on users (note)`))
  await knex('vintage.events').insert({ transition: 'users.full_name', event: 'index', details: { index: 'users_full_name_index' } })
  await knex('vintage.transitions').update({ operator: 'somebody', operator_until: knex.raw("now() + interval '1 hour'") })
  t.strictSame((await operator.sweep()).objects, [])
  await knex('vintage.transitions').update({ operator: null, operator_until: null })
  t.match((await operator.sweep({ dryRun: true })).objects, [
    { kind: 'constraint', transition: 'users.full_name', name: `drop constraint "${NOT_NULL}"` },
    { kind: 'index', name: 'users_full_name_index', statement: 'drop index concurrently if exists "public"."users_full_name_index"' }
  ])
  t.ok((await namesOn(knex, 'users')).includes(NOT_NULL))
  await operator.sweep()
  const after = await namesOn(knex, 'users')
  t.notOk(after.includes(NOT_NULL) || after.includes('users_full_name_index'))
  t.ok(after.includes('users_of_theirs'))
  await operator.advance({ to: 'read-new' })
  t.strictSame((await (await open()).sweep()).objects, [], 'from read-new on they belong there')
})

t.test('D27 constraints that instances go by on a way back that stopped half way stay', async (t) => {
  const transitions = await named({ 'users.full_name': transition<string, string>({ ...FULL_NAME, onError: 'set-aside' }) })
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 3), { transitions })
  await operator.migrate()
  await operator.advance({ to: 'read-new' })
  await knex('vintage.transitions').update({ phase: 'backfill', epoch: knex.raw('epoch + 1') })
  t.strictSame((await operator.sweep()).objects, [])
  t.match(await knex('pg_attribute').where({ attname: 'full_name', attrelid: knex.raw("'users'::regclass") }), [{ attnotnull: true }])
})

t.test('D27 what a transition that is under way needs is not left over, wherever its table has been taken', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 3))
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  await knex.raw('create table backup (like users including all); alter table users rename to people')
  const before = [await namesOn(knex, 'people'), await namesOn(knex, 'backup')]
  t.strictSame(await operator.sweep(), { swept: true, objects: [] })
  t.strictSame([await namesOn(knex, 'people'), await namesOn(knex, 'backup')], before)
  await knex.raw('alter table people rename to users')
  t.match(await operator.advance({ to: 'drop' }), { phase: 'drop' })
})
