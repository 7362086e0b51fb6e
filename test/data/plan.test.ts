import t from 'tap'
import type { PlanResult } from '../../src/data/results.js'
import { transition } from '../../src/data/transition.js'
import { CENTS, createGround, createUsers, FULL_NAME, named } from './fixtures.js'

/** Notes each DDL statement of the operator as the server gets it; a DROP INDEX CONCURRENTLY cannot be noted, since it must be the first to write. */
const RECORDER = `
create table executed (id int generated always as identity, statement text);
create function record_ddl () returns event_trigger language plpgsql as $$
begin
  if current_setting('application_name') = 'vintage operator' and tg_tag <> 'DROP INDEX' then insert into public.executed (statement) values (current_query()); end if;
end $$;
create event trigger record_ddl on ddl_command_start execute function record_ddl()`

const ddlOf = ({ steps }: PlanResult): string[] => steps.flatMap(({ statements }) => statements.map(({ statement }) => statement)).filter((statement) => /^(?:create|alter|revoke|drop (?!index))/.test(statement))

t.test('D24 what --dry-run plans for each step is what the step then runs, statement by statement', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 20))
  await operator.migrate()
  await knex.raw(RECORDER)
  for (const to of ['backfill', 'read-new', 'hide', 'drop'] as const) {
    const plan = await operator.plan()
    t.match(plan, { transition: 'users.full_name', to, steps: [{ phase: to }] })
    t.strictSame(await knex('executed'), [], 'a plan runs nothing')
    await operator.advance()
    t.strictSame((await knex('executed').orderBy('id')).map(({ statement }) => statement), ddlOf(plan), to)
    await knex('executed').del()
  }
  t.match(await operator.plan({ transition: 'users.full_name' }), { from: 'drop', to: 'drop', steps: [] })
})

t.test('a plan over several phases says what each statement locks, whom it holds up and for how long at most', async (t) => {
  const { operator, open, knex } = await createGround(t, async (knex) => await createUsers(knex, 20))
  await operator.migrate()
  await operator.rollback({ to: 'expand' })
  const plan = await (await open({ lockDeadlineMs: 250 })).plan({ to: 'drop' })
  t.strictSame(plan.steps.map(({ phase }) => phase), ['dual-write', 'backfill', 'read-new', 'hide', 'drop'])
  const all = plan.steps.flatMap(({ statements }) => statements)
  const locksOf = (pattern: RegExp): unknown[] => all.filter(({ statement }) => pattern.test(statement)).map(({ lock, atMostMs }) => [lock, atMostMs])
  t.strictSame(locksOf(/^create trigger/), [['ACCESS EXCLUSIVE', 250], ['ACCESS EXCLUSIVE', 250]])
  t.strictSame(locksOf(/^alter table .* validate constraint/), [['SHARE UPDATE EXCLUSIVE', null]])
  t.ok(locksOf(/^create (?:or replace )?function/).every((lock) => JSON.stringify(lock) === '[null,null]'))
  t.match(all.find(({ statement }) => statement.startsWith('update')), { lock: 'ROW EXCLUSIVE', holdsUp: 'writes of the rows of one batch' })
  t.match(await operator.status(), { transitions: [{ phase: 'expand' }] })
  t.strictSame((await knex.raw("select 1 from pg_trigger where tgname like 'zz_vintage%'")).rows, [])
})

t.test('what a step has found done already is not in its plan: a valid index, a column that is NOT NULL', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 5))
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  const planned = async (): Promise<string[]> => (await operator.plan()).steps.flatMap(({ statements }) => statements.map(({ statement }) => statement.split(' ').slice(0, 3).join(' ')))
  const whole = await planned()
  t.match(whole.join('; '), /create index concurrently; alter table "public"\."users"/)
  await operator.advance({ to: 'read-new' })
  await operator.rollback({ to: 'backfill' })
  t.notMatch((await planned()).join('; '), /create index/, 'the index is kept when the phase goes back')
  await knex.raw('alter table users alter full_name set not null')
  t.notMatch((await planned()).join('; '), /create index|alter table/)
})

t.test('a transition that requires nothing and has no index plans no DDL for read-new', async (t) => {
  const { notNull: _, indexes: __, ...plain } = FULL_NAME
  const { operator } = await createGround(t, async (knex) => await createUsers(knex, 5), { transitions: await named({ 'users.full_name': transition(plain) }) })
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  t.match(await operator.plan(), { steps: [{ phase: 'read-new', statements: [{ lock: 'ACCESS SHARE' }] }] })
  t.equal((await operator.plan()).steps[0]?.statements.length, 1)
})

t.test('a plan tells of the lock under which read-new is entered where rows may be set aside: writers wait, readers do not', async (t) => {
  const { operator } = await createGround(t, async (knex) => await knex.raw('create table orders (id integer primary key, amount numeric); insert into orders values (1, 1)'), { transitions: await named({ 'orders.total': CENTS }) })
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  const [step] = (await operator.plan()).steps
  t.match(step?.statements.at(-1), { statement: 'lock table "public"."orders" in share row exclusive mode', lock: 'SHARE ROW EXCLUSIVE', holdsUp: 'writes of the table', atMostMs: 500 })
})
