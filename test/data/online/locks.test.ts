import { setTimeout as sleep } from 'node:timers/promises'
import knexFactory, { type Knex } from 'knex'
import pg from 'pg'
import t from 'tap'
import type { OnlineEvent } from '../../../src/data/online/events.js'
import { online } from '../../../src/data/online/online.js'
import { recordDdl, strongLockOf } from '../ddl-recorder.js'
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
  t.strictSame(retries.map(({ attempt, attempts }) => [attempt, attempts]), [[1, 3], [2, 3]])
  t.ok(retries.every(({ blockers }) => blockers.length >= 2), 'a read of ours may be among them')
  t.equal(events.filter(({ type }) => type === 'statement').length, 1, 'the later attempts did not come to a statement')
  await reader.raw('select 1')
  await idle.commit()
  t.equal((await knex('users').where({ id: 1 }).first()).note, 'y')
  await reader.commit()
})

t.test('D24 who stands in the way is ended when that is allowed, and told; a policy that is none is refused', async (t) => {
  const { open, events, url } = await createOnlineGround(t)
  const idle = new pg.Client({ connectionString: url, application_name: 'a cron job' })
  idle.on('error', () => {})
  await idle.connect()
  t.teardown(async () => await idle.end().catch(() => {}))
  await idle.query('begin; select count(*) from users')
  await t.rejects(open({ lockDeadlineMs: 60, lockAttempts: 2, blockers: 'cancel' }).dropColumn('users', 'note'), { code: 'FST_ERR_VINTAGE_REFUSED_LOCK', message: /not ended: it is idle/ })
  t.equal(await open({ lockDeadlineMs: 60, lockAttempts: 2, blockers: 'terminate' }).dropColumn('users', 'note'), 'done')
  t.match(events.filter(({ type }) => type === 'blocker-ended'), [{ operation: 'dropColumn', table: '"public"."users"', how: 'terminated', blocker: { pid: Number, application: 'a cron job', query: /^begin; select/ } }])
  await t.rejects(idle.query('select 1'))
  // @ts-expect-error: of the three words none
  await t.rejects(open({ blockers: 'kill' }).dropColumn('users', 'id'), { code: 'FST_ERR_VINTAGE_INVALID_OPTION', message: /`blockers`/ })
})

t.test('D24 who reads a partition is named when all of the table is to be locked, before anybody queues up behind, and is ended when that is allowed', async (t) => {
  const { open, knex, events, url } = await createOnlineGround(t)
  await knex.raw('create table logs (id integer, note text) partition by range (id); create table logs_2 partition of logs for values from (0) to (9) partition by range (id); create table logs_2_1 partition of logs_2 for values from (0) to (3)')
  const idle = new pg.Client({ connectionString: url, application_name: 'a cron job' })
  idle.on('error', () => {})
  await idle.connect()
  t.teardown(async () => await idle.end().catch(() => {}))
  await idle.query('begin; select from logs_2_1')
  await sleep(120)
  await t.rejects(open({ lockDeadlineMs: 100, lockAttempts: 2 }).dropColumn('logs', 'note'), { code: 'FST_ERR_VINTAGE_REFUSED_LOCK', message: /\(a long transaction holds a lock on the table\)\. Who blocks: .*AccessShareLock: begin; select from logs_2_1/ })
  t.equal(events.filter(({ type }) => type === 'statement').length, 0)
  t.equal(await open({ lockDeadlineMs: 100, lockAttempts: 2, blockers: 'terminate' }).dropColumn('logs', 'note'), 'done')
  t.match(events.filter(({ type }) => type === 'blocker-ended'), [{ table: '"public"."logs"', blocker: { application: 'a cron job' } }])
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

t.test('D26 no row is read under a lock that holds up others, and each statement says its lock and has a deadline for it', async (t) => {
  const { knex, open, events } = await createOnlineGround(t)
  const read = await recordDdl(knex, ['public.users', 'public.orders'])
  const table = open()
  await table.addNotNull('users', 'email')
  await table.addCheck('orders', 'amount > 0', { name: 'positive' })
  await table.addForeignKey('orders', ['user_id'], { references: { table: 'users', columns: ['id'] } })
  await table.addUnique('users', ['email'])
  await table.addIndex('orders', ['user_id'])
  await table.addColumn('users', 'nickname', 'text', { default: "'none'", notNull: true })
  await table.dropColumn('users', 'note')
  const recorded = await read()
  t.ok(recorded.length >= 10)
  for (const ddl of recorded) {
    const { statement, lock_timeout: timeout, modes, rows_read: rows } = ddl
    const said = events.find((event) => event.type === 'statement' && event.statement === statement)
    t.match(said, { holdsUp: String }, `${statement} was told before`)
    const strong = strongLockOf(ddl)
    const lock = said?.type === 'statement' ? said.lock : ''
    t.equal(`${lock.toLowerCase().replaceAll(' ', '')}lock`, (strong ?? 'ShareUpdateExclusiveLock').toLowerCase(), `${statement} takes the lock that it says: ${modes?.join(', ')}`)
    if (strong === undefined) t.equal(timeout, '0', 'without a deadline')
    else t.ok(timeout.endsWith('ms') && parseInt(timeout) <= 500 && rows === 0, `within ${timeout}, ${rows} rows were read`)
  }
  t.ok(recorded.filter((ddl) => strongLockOf(ddl) !== undefined).length >= 6)
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

t.test('limits that the application has set on its connections are there again afterwards', async (t) => {
  const { knex, url } = await createOnlineGround(t)
  await knex.destroy()
  const own = knexFactory({
    client: 'pg',
    connection: url,
    pool: { min: 2, max: 2, afterCreate (connection: { query (sql: string, done: (error?: Error) => void): void }, done: (error?: Error, connection?: unknown) => void) { connection.query("set statement_timeout = '5s'; set lock_timeout = '4s'", (error) => done(error, connection)) } }
  })
  t.teardown(async () => await own.destroy())
  await online(own).addIndex('orders', ['amount'])
  const [first, second] = await Promise.all([own.transaction(), own.transaction()])
  for (const connection of [first, second]) {
    t.same((await connection.raw("select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock")).rows, [{ statement: '5s', lock: '4s' }])
    await connection.rollback()
  }
})
