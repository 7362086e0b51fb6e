import type { Knex } from 'knex'
import t from 'tap'
import { transition, type TransitionDefinition } from '../../src/data/transition.js'
import { createGround, FULL_NAME, named } from './fixtures.js'

const USERS = 'create table users (id integer primary key, first_name text, last_name text)'

/** A case: what is wrong with the table or the definition, and what the refusal says. */
interface Refusal { setUp?: string, change?: Partial<TransitionDefinition>, code: string, message: RegExp }

const REFUSALS: Readonly<Record<string, Refusal>> = {
  'a table that is not there': { setUp: 'select 1', code: 'REFUSED_TABLE', message: /"users" does not exist.*after_migration/ },
  'a partitioned table': { setUp: 'create table users (id integer primary key, first_name text, last_name text) partition by range (id)', code: 'REFUSED_TABLE', message: /is a partitioned table/ },
  'a partition': { setUp: 'create table all_users (id integer primary key, first_name text, last_name text) partition by range (id); create table users partition of all_users default', code: 'REFUSED_TABLE', message: /is a partition;/ },
  'a view': { setUp: "create view users as select 1 as id, '' as first_name, '' as last_name", code: 'REFUSED_TABLE', message: /is a view/ },
  'an index': { setUp: 'create table t (a integer); create index users on t (a)', code: 'REFUSED_TABLE', message: /is of kind i/ },
  'a table with children': { setUp: `${USERS}; create table admins () inherits (users)`, code: 'REFUSED_TABLE', message: /inheritance child/ },
  'forced row level security': { setUp: `${USERS}; alter table users enable row level security, force row level security`, code: 'REFUSED_TABLE', message: /row level security/ },
  'D18 no primary key': { setUp: 'create table users (id integer unique, first_name text, last_name text)', code: 'REFUSED_TABLE', message: /has no primary key/ },
  'an old column that is not there': { setUp: 'create table users (id integer primary key, first_name text)', code: 'REFUSED_COLUMNS', message: /names column `last_name`, which "shop"."users" does not have/ },
  'an old column of another type': { setUp: 'create table users (id integer primary key, first_name text, last_name varchar(20))', code: 'REFUSED_COLUMNS', message: /says that `last_name` is text, but in .* it is character varying\(20\)/ },
  'a generated old column': { setUp: "create table users (id integer primary key, first_name text, last_name text generated always as (first_name || 'x') stored)", code: 'REFUSED_COLUMNS', message: /generated column/ },
  'an identity': { setUp: 'create table users (id integer primary key, first_name text, last_name integer generated always as identity)', code: 'REFUSED_COLUMNS', message: /identity column/ },
  'an old column in the primary key': { setUp: 'create table users (id integer, first_name text, last_name text, primary key (id, last_name))', code: 'REFUSED_COLUMNS', message: /primary key/ },
  'privileges on an old column': { setUp: `${USERS}; grant select (first_name) on users to public`, code: 'REFUSED_COLUMNS', message: /privileges of its own/ },
  'a new column that is there': { setUp: `${USERS}; alter table users add full_name text`, code: 'REFUSED_COLUMNS', message: /column `full_name` is already there/ },
  'a default that changes': { setUp: 'create table users (id integer primary key, first_name text, last_name text default now()::text)', code: 'REFUSED_COLUMNS', message: /default .*now.* not the same every time/ },
  'D19 a primary key that is generated, where rows are set aside by it': { setUp: 'create table users (n integer, id integer generated always as (n * 2) stored primary key, first_name text, last_name text)', change: { onError: 'set-aside' }, code: 'REFUSED_COLUMNS', message: /`id` of .* belongs to the primary key and is generated/ },
  'a type that Postgres does not know': { setUp: USERS, change: { after: { full_name: 'txt' } }, code: 'REFUSED_COLUMNS', message: /does not take the types of `after`.*"txt" does not exist/ },
  'a new column that would rewrite the table': { setUp: USERS, change: { after: { full_name: 'serial' } }, code: 'REFUSED_COLUMNS', message: /brings a default/ },
  'a new column whose domain is constrained': { setUp: `${USERS}; create domain short as text check (length(value) < 9)`, change: { after: { full_name: 'short' } }, code: 'REFUSED_COLUMNS', message: /is of domain shop.short/ },
  'a new column that would cut a value off in silence': { setUp: USERS, change: { after: { full_name: 'char(9)' } }, code: 'REFUSED_COLUMNS', message: /`full_name` is character\(9\).*in silence/ },
  'an old column that would': { setUp: 'create table users (id integer primary key, first_name bit(3), last_name text)', change: { before: { first_name: 'bit(3)', last_name: 'text' } }, code: 'REFUSED_COLUMNS', message: /`first_name` is bit\(3\)/ },
  'a new column of a type for names': { setUp: USERS, change: { after: { full_name: 'name[]' } }, code: 'REFUSED_COLUMNS', message: /`full_name` is name\[\]/ },
  'a domain with a length': { setUp: `${USERS}; create domain code as varchar(3); create domain short as code`, change: { after: { full_name: 'short' } }, code: 'REFUSED_COLUMNS', message: /`full_name` is shop.short.*character varying\(3\)/ },
  'a composite with a length': { setUp: `${USERS}; create type pair as (a varchar(3)[], b text)`, change: { after: { full_name: 'pair' } }, code: 'REFUSED_COLUMNS', message: /`full_name` is shop.pair/ },
  'a BEFORE trigger that sorts after ours': { setUp: `${USERS}; create function f() returns trigger language plpgsql as 'begin return new; end'; create trigger zzz before update on users for each row execute function f()`, code: 'REFUSED_TRIGGERS', message: /BEFORE trigger `zzz`/ },
  'D10 a stable function': { setUp: USERS, change: { upgrade: { full_name: "concat_ws(' ', first_name, last_name)" } }, code: 'REFUSED_EXPRESSION', message: /upgrade.full_name.*generation expression is not immutable/ },
  'D10 a volatile function': { setUp: USERS, change: { downgrade: { ...FULL_NAME.downgrade, last_name: 'full_name || now()' } }, code: 'REFUSED_EXPRESSION', message: /downgrade.last_name/ },
  'D10 a sub-select': { setUp: USERS, change: { upgrade: { full_name: '(select first_name)' } }, code: 'REFUSED_EXPRESSION', message: /cannot use subquery/ },
  'D10 a transition that loses values of the old side and does not say so': { setUp: USERS, change: { upgrade: { full_name: "coalesce(first_name, '')" }, downgrade: { first_name: 'full_name', last_name: 'null' }, notNull: [], lossy: 'upgrade' }, code: 'REFUSED_LOSS', message: /it says `lossy: 'upgrade'`, but `downgrade` does not give back what `upgrade` was given: .* of \d+ generated values/ },
  'a column of neither side': { setUp: USERS, change: { upgrade: { full_name: 'first_name || id' } }, code: 'REFUSED_EXPRESSION', message: /column "id" does not exist/ },
  'text that is not SQL': { setUp: USERS, change: { upgrade: { full_name: "first_name || '" } }, code: 'INVALID_TRANSITION', message: /is not an SQL expression/ },
  'two expressions': { setUp: USERS, change: { upgrade: { full_name: 'first_name), (last_name' } }, code: 'INVALID_TRANSITION', message: /must be one SQL expression/ },
  'an expression that leaves its parentheses': { setUp: USERS, change: { upgrade: { full_name: '1) from users where (true' } }, code: 'INVALID_TRANSITION', message: /must be one SQL expression/ },
  'a statement after the expression': { setUp: USERS, change: { upgrade: { full_name: '1); drop table users; select (2' } }, code: 'INVALID_TRANSITION', message: /must be one SQL expression/ }
}

t.test('refused before any DDL, each case in a schema of its own on the search_path', async (t) => {
  const { knex, url, open } = await createGround(t, async () => {})
  for (const [kind, { setUp = USERS, change = {}, code, message }] of Object.entries(REFUSALS)) {
    t.test(kind, async (t) => {
      await knex.raw('drop schema if exists shop cascade; create schema shop')
      await knex.raw(`set search_path = shop; ${setUp}; reset search_path`)
      const transitions = await named({ 'users.full_name': transition<string, string>({ ...FULL_NAME, ...change }) })
      const operator = await open({ transitions, connection: `${url}?options=-c%20search_path%3Dshop` })
      const before = await columnsOf(knex)
      await t.rejects(operator.migrate(), { code: `FST_ERR_VINTAGE_${code}`, message })
      t.same(await columnsOf(knex), before)
      t.match((await operator.status()).transitions, [{ phase: null, next: 'expand' }])
      await operator.close()
    })
  }
})

async function columnsOf (knex: Knex): Promise<unknown> {
  return (await knex.raw("select attrelid::regclass::text, attname from pg_attribute where attnum > 0 and attrelid in (select oid from pg_class where relkind in ('r', 'p') and relnamespace = 'shop'::regnamespace) order by 1, 2")).rows
}

t.test('refused before any DDL: a table of somebody else', async (t) => {
  const { url, knex, open } = await createGround(t, async (knex) => {
    await knex.raw(USERS)
    await knex.raw("do $$ begin create role vintage_stranger login password 'stranger'; exception when duplicate_object or unique_violation then null; end $$")
    await knex.raw('grant create on database :db: to vintage_stranger', { db: (await knex.raw('select current_database() as db')).rows[0].db })
  })
  const connection = new URL(url)
  connection.username = 'vintage_stranger'
  connection.password = 'stranger'
  const stranger = await open({ connection: connection.href })
  await t.rejects(stranger.migrate(), { code: 'FST_ERR_VINTAGE_REFUSED_TABLE', message: /belongs to postgres; `vintage_stranger` may not change it/ })
  await knex.raw('drop schema vintage cascade')
})

t.test('refused before any DDL: a column that another transition is moving', async (t) => {
  const other = transition({ table: 'public.users', before: { last_name: 'text' }, after: { surname: 'text' }, upgrade: { surname: 'last_name' }, downgrade: { last_name: 'surname' } })
  const elsewhere = transition({ ...other, table: 'guests' })
  const transitions = await named({ 'a.guests': elsewhere, 'a.surname': other, 'users.full_name': FULL_NAME })
  const { operator, knex } = await createGround(t, async (knex) => await knex.raw(`${USERS}; insert into users values (1); create table guests (id integer primary key, last_name text)`), { transitions })
  await t.rejects(operator.migrate(), { code: 'FST_ERR_VINTAGE_REFUSED_COLUMNS', message: /column `last_name` is being moved by `a.surname`, which is at `dual-write`/ })
  await knex.raw('alter table users add column greeting text')
})

t.test('two transitions on different columns of one table do not disturb each other', async (t) => {
  const note = transition({ table: 'users', before: { note: 'integer' }, after: { remark: 'text' }, upgrade: { remark: 'note::text' }, downgrade: { note: 'remark::integer' }, lossy: 'upgrade' })
  const { operator, knex } = await createGround(t, async (knex) => {
    await knex.raw('create table users (id integer primary key, first_name text, last_name text, note integer)')
    await knex.raw("insert into users values (1, 'Ada', 'Byron', 7)")
  }, { transitions: await named({ 'users.full_name': FULL_NAME, 'users.remark': note }) })
  await operator.migrate()
  await operator.advance({ transition: 'users.full_name', to: 'hide' })
  await knex.raw("insert into users (id, full_name, remark) values (2, 'Grace Hopper', '8')")
  await operator.advance({ transition: 'users.remark', to: 'read-new' })
  t.match(await knex('users').orderBy('id').select('id', 'full_name', 'note', 'remark'), [{ id: 1, full_name: 'Ada Byron', note: 7, remark: '7' }, { id: 2, full_name: 'Grace Hopper', note: 8, remark: '8' }])
})
