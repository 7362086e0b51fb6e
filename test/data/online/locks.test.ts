import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import t from 'tap'
import type { OnlineEvent } from '../../../src/data/online/events.js'
import { createOnlineGround } from './fixtures.js'

/** Reads the table over and over; what it returns ends that, and gives the time that each read has taken, in ms. */
function measureReads (knex: Knex): () => Promise<number[]> {
  const waits: number[] = []
  const work = { going: true }
  const reading = (async () => {
    while (work.going) {
      const start = performance.now()
      await knex('users').where({ id: 2 }).first('id')
      waits.push(performance.now() - start)
    }
  })()
  return async () => {
    work.going = false
    await reading
    return waits
  }
}

t.test('D24 behind a reader and an idle transaction, no query waits longer than the deadline, measured at the client; nobody is killed', async (t) => {
  const { open, knex, events } = await createOnlineGround(t)
  const lockDeadlineMs = 1_000
  // so that nobody waits for a connection later
  await Promise.all(Array.from({ length: 5 }, async () => await knex.raw('select pg_sleep(0.05)')))
  const reader = await knex.transaction()
  await reader.raw('select count(*) from users')
  const idle = await knex.transaction()
  await idle.raw("set local application_name = 'a cron job'; update users set note = 'y' where id = 1")
  const finish = measureReads(knex)
  // young at the first attempt, which queues up for as long as it may; old at the later ones, which do not queue up at all
  await t.rejects(open({ lockDeadlineMs, lockAttempts: 3 }).addColumn('users', 'nickname', 'text'), {
    code: 'FST_ERR_VINTAGE_REFUSED_LOCK',
    message: /^addColumn\("public"\."users"\): gave up after 3 attempts, nothing was changed .*pid \d+, open for .* s, AccessShareLock: select count.*a cron job/
  })
  const waits = await finish()
  t.ok(Math.max(...waits) < lockDeadlineMs + 150, `the longest of ${waits.length} reads took ${Math.round(Math.max(...waits))} ms`)
  t.ok(Math.max(...waits) > lockDeadlineMs / 2, 'the first attempt was felt')
  const retries = events.filter((event) => event.type === 'retry')
  t.strictSame(retries.map(({ attempt, attempts, blockers }) => [attempt, attempts, blockers.length]), [[1, 3, 2], [2, 3, 2]])
  t.equal(events.filter(({ type }) => type === 'statement').length, 1, 'the later attempts did not come to a statement')
  await reader.raw('select 1')
  await idle.commit()
  t.equal((await knex('users').where({ id: 1 }).first()).note, 'y')
  await reader.commit()
})

t.test('D24 a change goes through by itself once the reader has ended', async (t) => {
  const { knex, open } = await createOnlineGround(t)
  const reader = await knex.transaction()
  await reader.raw('select count(*) from users')
  const events: OnlineEvent[] = []
  const table = open({ lockDeadlineMs: 50, report: (event) => { events.push(event); if (event.type === 'retry' && event.attempt === 2) reader.rollback().catch(t.fail) } })
  t.equal(await table.dropColumn('users', 'note'), 'done')
  t.ok(events.filter(({ type }) => type === 'retry').length >= 2)
})

t.test('D24 a foreign key has a deadline for both of its tables', async (t) => {
  const { knex, open, events } = await createOnlineGround(t)
  const writer = await knex.transaction()
  await writer.raw("update users set note = 'y' where id = 1")
  await t.rejects(open({ lockDeadlineMs: 100, lockAttempts: 2 }).addForeignKey('orders', ['user_id'], { references: { table: 'users', columns: ['id'] } }), {
    code: 'FST_ERR_VINTAGE_REFUSED_LOCK',
    message: /RowExclusiveLock: update users/
  })
  t.equal(events.filter(({ type }) => type === 'retry').length, 1)
  await writer.rollback()
})

/** Notes, for each DDL statement, its limit of time and the locks that it has on tables when it has run, and the rows of them that it has read. */
const RECORDER = `
create table public.recorded (id int generated always as identity, statement text, lock_timeout text, modes text[], rows_read int);
create function public.rows_read () returns bigint return pg_stat_get_xact_tuples_returned('users'::regclass) + pg_stat_get_xact_tuples_returned('orders'::regclass);
create function public.begin_ddl () returns event_trigger language plpgsql as $$
begin
  perform set_config('test.rows_read', public.rows_read()::text, false);
end $$;
create function public.record_ddl () returns event_trigger language plpgsql as $$
begin
  if current_query() ~ '^(alter table|create .*index)' and current_query() !~ 'pg_temp|recorded' then
    insert into public.recorded (statement, lock_timeout, modes, rows_read) values (
      current_query(), current_setting('lock_timeout'),
      (select array_agg(distinct mode order by mode) from pg_catalog.pg_locks where pid = pg_backend_pid() and relation in ('users'::regclass, 'orders'::regclass)),
      public.rows_read() - current_setting('test.rows_read')::bigint);
  end if;
end $$;
create event trigger begin_ddl on ddl_command_start execute function public.begin_ddl();
create event trigger record_ddl on ddl_command_end execute function public.record_ddl()`

const STRONG = ['AccessExclusiveLock', 'ShareRowExclusiveLock']

t.test('D26 no row is read under a lock that holds up others, and each statement says its lock and has a deadline for it', async (t) => {
  const { knex, open, events } = await createOnlineGround(t)
  await knex.raw(RECORDER)
  const table = open()
  await table.addNotNull('users', 'email')
  await table.addCheck('orders', 'amount > 0', { name: 'positive' })
  await table.addForeignKey('orders', ['user_id'], { references: { table: 'users', columns: ['id'] } })
  await table.addUnique('users', ['email'])
  await table.addIndex('orders', ['user_id'])
  await table.addColumn('users', 'nickname', 'text', { default: "'none'", notNull: true })
  await table.dropColumn('users', 'note')
  const recorded: Array<{ statement: string, lock_timeout: string, modes: string[] | null, rows_read: number }> = await knex('recorded').orderBy('id')
  t.ok(recorded.length >= 10)
  let held = 0
  for (const { statement, lock_timeout: timeout, modes, rows_read: rows } of recorded) {
    const said = events.find((event) => event.type === 'statement' && event.statement === statement)
    t.match(said, { holdsUp: String }, `${statement} was told before`)
    // CREATE INDEX CONCURRENTLY has given its lock back by then
    const strong = (modes ?? ['ShareUpdateExclusiveLock']).filter((mode) => STRONG.includes(mode))
    const lock = said?.type === 'statement' ? said.lock : ''
    t.equal(`${lock.toLowerCase().replaceAll(' ', '')}lock`, (strong[0] ?? 'ShareUpdateExclusiveLock').toLowerCase(), `${statement} takes the lock that it says: ${modes?.join(', ')}`)
    if (strong.length > 0) {
      held++
      t.match(timeout, /^[1-9]\d{0,2}ms$/, 'with a deadline')
      t.equal(rows, 0, 'and reads no row')
    } else t.equal(timeout, '0', 'without a deadline')
  }
  t.ok(held >= 6)
  t.ok(recorded.some(({ rows_read: rows }) => rows >= 5), 'rows are read where nobody waits')
})

t.test('D25 a reader of another table, and short timeouts of the database, do not make the build of an index fail', async (t) => {
  const { knex, open, url } = await createOnlineGround(t)
  await knex.raw(`alter database "${new URL(url).pathname.slice(1)}" set lock_timeout = '50ms'; alter database "${new URL(url).pathname.slice(1)}" set statement_timeout = '100ms'`)
  await knex.destroy()
  knex.initialize()
  const reader = await knex.transaction({ isolationLevel: 'repeatable read' })
  await reader.raw('set local statement_timeout = 0; select count(*) from orders')
  const building = open().addIndex('users', ['email'])
  let done = false
  building.then(() => { done = true }, t.fail)
  await sleep(400)
  t.equal(done, false, 'it waits for the old snapshot')
  await reader.commit()
  t.equal(await building, 'done')
  const settings = (await knex.raw("select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement")).rows
  t.strictSame(settings, [{ lock: '50ms', statement: '100ms' }], 'and the connection is given back as it was')
})
