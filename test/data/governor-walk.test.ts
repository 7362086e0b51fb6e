import t from 'tap'
import { recordDdl, strongLockOf } from './ddl-recorder.js'
import { createGround, createUsers } from './fixtures.js'

t.test('D24 D26 over all phases and back, no row is read under a lock that holds up others, and each such lock has a deadline of 500 ms', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 50))
  const read = await recordDdl(knex, ['public.users'])
  await operator.migrate()
  await operator.advance({ to: 'hide' })
  await operator.rollback({ to: 'expand' })
  await operator.migrate()
  await operator.advance({ to: 'drop' })
  const recorded = await read()
  const strong = recorded.filter((ddl) => strongLockOf(ddl) !== undefined)
  t.ok(strong.length >= 20, `${strong.length} of ${recorded.length}`)
  for (const { statement, lock_timeout: timeout, rows_read: rows } of strong) {
    t.ok(timeout.endsWith('ms') && parseInt(timeout) <= 500 && Number(rows) === 0, `${timeout}, ${rows} rows: ${statement}`)
  }
  t.ok(recorded.some(({ statement, lock_timeout: timeout, rows_read: rows }) => Number(rows) >= 50 && timeout === '0' && statement.includes('validate')), 'rows are read where nobody waits')
})

/** Cuts the connection after the 1st, 3rd, 6th, 10th … DDL statement of the operator, whatever is rolled back. */
const CUTTER = `
create sequence public.ddl_count;
create sequence public.cut_count;
grant all on sequence public.ddl_count, public.cut_count to public;
create function public.cut () returns event_trigger language plpgsql as $$
declare n bigint;
begin
  if current_setting('application_name') = 'vintage operator' then
    n := nextval('public.ddl_count');
    if sqrt(8 * n + 1) = floor(sqrt(8 * n + 1)) then
      perform nextval('public.cut_count');
      perform pg_terminate_backend(pg_backend_pid());
    end if;
  end if;
end $$;
create event trigger cut on ddl_command_end execute function public.cut()`

t.test('D27 connections that are cut after a DDL statement, again and again: the same commands come to the same end', async (t) => {
  const catalogue = async (cut: boolean): Promise<unknown> => {
    const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 20))
    // what a transition needs in order to begin is tried out, and a connection that is cut then is a refusal
    await operator.migrate()
    if (cut) await knex.raw(CUTTER)
    const again = async (work: () => Promise<unknown>): Promise<void> => {
      for (let tries = 0; tries < 20; tries++) {
        try {
          await work()
          return
        } catch (error) {
          if (Reflect.get(Object(error), 'code') !== '57P01') throw error
        }
      }
    }
    await again(async () => await operator.rollback({ to: 'expand' }))
    await again(async () => await operator.migrate())
    for (const to of ['backfill', 'read-new', 'hide', 'drop'] as const) await again(async () => await operator.advance({ transition: 'users.full_name', to }))
    if (cut) t.ok(Number((await knex.raw('select last_value as cuts from cut_count')).rows[0].cuts) >= 5)
    const read = async (sql: string): Promise<unknown> => (await knex.raw(sql)).rows
    return [
      await read("select attname, format_type(atttypid, atttypmod), attnotnull from pg_attribute where attrelid = 'users'::regclass and attnum > 0 and not attisdropped order by attname"),
      await read("select conname, pg_get_constraintdef(oid) from pg_constraint where conrelid = 'users'::regclass order by 1"),
      await read("select pg_get_indexdef(indexrelid), indisvalid from pg_index where indrelid = 'users'::regclass order by 1"),
      await read("select tgname from pg_trigger where tgrelid = 'users'::regclass"),
      await read("select proname from pg_proc where pronamespace = 'vintage'::regnamespace"),
      await read('select id, full_name from users order by id')
    ]
  }
  t.strictSame(await catalogue(true), await catalogue(false))
})

t.test('D27 a trigger or column that somebody else has taken away halts every step, and is named', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 3))
  await operator.migrate()
  const halted = async (code: string, message: RegExp): Promise<void> => {
    await t.rejects(operator.advance(), { code: `FST_ERR_VINTAGE_${code}`, message })
    await t.rejects(operator.rollback({ to: 'expand' }), { code: `FST_ERR_VINTAGE_${code}`, message })
  }
  const trigger = (await knex.raw("select pg_get_triggerdef(oid) as definition from pg_trigger where tgname = 'zz_vintage_users_full_name_update'")).rows[0].definition
  await knex.raw('drop trigger zz_vintage_users_full_name_update on users')
  await halted('REFUSED_TRIGGERS', /no longer has `zz_vintage_users_full_name_update` \(or not ENABLE ALWAYS, or with another function\).*`vintage verify`: create trigger "zz_vintage/)
  await knex.raw(trigger)
  await halted('REFUSED_TRIGGERS', /ENABLE ALWAYS/)
  await knex.raw('alter table users enable always trigger zz_vintage_users_full_name_update')
  await operator.advance({ to: 'hide' })
  await knex.raw('alter table users disable trigger zz_vintage_users_full_name_insert')
  await halted('REFUSED_TRIGGERS', /`zz_vintage_users_full_name_insert`/)
  await knex.raw('alter table users enable always trigger zz_vintage_users_full_name_insert')
  await operator.rollback({ to: 'expand' })
  await knex.raw('alter table users drop column full_name')
  await halted('REFUSED_COLUMNS', /"users" no longer has `full_name`, so somebody else has changed it: nothing is done/)
})
