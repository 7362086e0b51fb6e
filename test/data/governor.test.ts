import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t from 'tap'
import { describeBlocker } from '../../src/data/governor/blockers.js'
import { DeadlinePassedError, startDeadline } from '../../src/data/governor/deadline.js'
import { transientReasonOf } from '../../src/data/governor/transient.js'
import { nextBatchRows } from '../../src/data/backfill/pace.js'
import { openDatabase } from '../../src/data/database.js'
import { messageOf } from '../../src/caught.js'
import { createDatabase } from '../database.js'
import { untilFound } from '../until.js'
import { createGround, createUsers } from './fixtures.js'

t.test('D24 behind a reader and an idle transaction no application query waits past the deadline, and the step is refused naming both', async (t) => {
  const deadlineMs = 1_000
  const { operator, open, knex, events } = await createGround(t, async (knex) => await createUsers(knex, 10))
  await operator.migrate()
  await operator.advance({ to: 'read-new' })
  const reader = await knex.transaction()
  const readerPid = (await reader.raw('select pg_backend_pid() as pid')).rows[0].pid
  await reader.raw('select count(*) from users')
  const writer = await knex.transaction()
  await writer.raw("set local application_name = 'a cron job'; update users set note = 'x' where id = 1")
  const waits: number[] = []
  const application = { going: true }
  const reading = (async () => {
    while (application.going) {
      const start = performance.now()
      await knex('users').where({ id: 2 }).first('id')
      waits.push(performance.now() - start)
    }
  })()
  const patient = await open({ lockDeadlineMs: deadlineMs, lockAttempts: 4, waitMs: 0 })
  // both are younger than the phase, so that only the lock is in the way
  await knex.raw("update vintage.transitions set changed_at = now() - interval '1 hour'")
  await t.rejects(patient.advance(), {
    code: 'FST_ERR_VINTAGE_REFUSED_LOCK',
    message: new RegExp(`gave up after 4 attempts.*pid ${readerPid}, open for .* s, AccessShareLock: select count`)
  })
  application.going = false
  await reading
  const retries = events.filter((event) => event.type === 'lock-retry')
  t.equal(retries.length, 3)
  t.match(retries[0], { step: 'hide', attempt: 1, attempts: 4, reason: /in time|timeout|long transaction/, blockers: [{ pid: Number, lock: String }] })
  t.ok(retries.some(({ blockers }) => blockers.some(({ application }) => application === 'a cron job')))
  t.ok(retries.every(({ delayMs }) => delayMs > 0 && delayMs <= 5_000))
  t.ok(Math.max(...waits) < deadlineMs + 150, `the longest of ${waits.length} queries waited ${Math.round(Math.max(...waits))} ms`)
  t.match((await operator.status()).transitions[0], { phase: 'read-new', operator: null })
  await reader.rollback()
  await writer.rollback()
  t.match(await patient.advance(), { phase: 'hide' })
})

t.test('D24 a step goes through by itself once the blocker has ended', async (t) => {
  const { operator, open, knex, events } = await createGround(t, async (knex) => await createUsers(knex, 10))
  await operator.migrate()
  await operator.advance({ to: 'read-new' })
  const reader = await knex.transaction()
  await reader.raw('select count(*) from users')
  await knex.raw("update vintage.transitions set changed_at = now() - interval '1 hour'")
  const patient = await open({ lockDeadlineMs: 100, report: (event) => { events.push(event); if (event.type === 'lock-retry' && event.attempt === 2) reader.rollback().catch(t.fail) } })
  t.match(await patient.advance(), { phase: 'hide' })
  t.ok(events.filter((event) => event.type === 'lock-retry').length >= 2)
})

// a manual VACUUM, since when the launcher starts a worker cannot be told; a worker gives way after a second
t.test('D24 a step waits for a VACUUM without holding up anybody, and names one that takes too long', async (t) => {
  const { open, knex, url } = await createGround(t, async (knex) => {
    await knex.raw('create table users (id integer primary key, first_name text, last_name text, note text) with (fillfactor = 10, autovacuum_enabled = false)')
    await knex.raw("insert into users select i, 'Ada', 'Byron', repeat('x', 800) from generate_series(1, 60) i")
  })
  const client = new pg.Client({ connectionString: url })
  t.teardown(async () => await client.end())
  await client.connect()
  const vacuum = async (delayMs: number): Promise<unknown> => {
    await client.query(`set vacuum_cost_limit = 1; set vacuum_cost_delay = ${delayMs}`)
    const done = client.query('vacuum (disable_page_skipping) users')
    await untilFound(knex, "select 1 from pg_locks where relation = 'users'::regclass and mode = 'ShareUpdateExclusiveLock' and granted")
    return done
  }
  const patient = await open({ lockAttempts: 1, lockDeadlineMs: 300 })
  const short = vacuum(8)
  await sleep(500)
  t.match(await patient.migrate(), { transitions: [{ phase: 'dual-write' }] })
  await short
  await patient.advance({ to: 'read-new' })
  const long = vacuum(100).catch(() => {})
  await sleep(500)
  const refused = t.rejects(patient.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_LOCK', message: /ShareUpdateExclusiveLock: vacuum .*prevents wraparound, does not give way/ })
  const start = performance.now()
  await knex('users').where({ id: 1 }).update({ note: 'x' })
  t.ok(performance.now() - start < 300)
  await refused
  await knex.raw("select pg_cancel_backend(pid) from pg_stat_activity where query like 'vacuum%'")
  await long
})

t.test('an operator that is told to stop between two attempts does so', async (t) => {
  const stop = new AbortController()
  const { open, knex } = await createGround(t, async (knex) => await createUsers(knex, 10))
  const reader = await knex.transaction()
  await reader.raw('select count(*) from users')
  const stopping = await open({ lockDeadlineMs: 50, signal: stop.signal, report: () => stop.abort() })
  await t.rejects(stopping.migrate(), { code: 'FST_ERR_VINTAGE_ABORTED' })
  const later = new AbortController()
  const stoppingLater = await open({ lockDeadlineMs: 50, signal: later.signal, report: () => setTimeout(() => later.abort(), 10) })
  await t.rejects(stoppingLater.migrate(), { code: 'FST_ERR_VINTAGE_ABORTED' }, 'also in the middle of a pause')
  await reader.rollback()
  await t.rejects(stopping.migrate(), { code: 'FST_ERR_VINTAGE_ABORTED' })
})

t.test('D20 an operator whose connection is cut in the middle of a step tries again', async (t) => {
  // nobody is taken for a long transaction here
  const { operator, knex, events } = await createGround(t, async (knex) => await createUsers(knex, 10), { lockDeadlineMs: 10_000 })
  await operator.migrate()
  await operator.advance({ to: 'read-new' })
  const holder = await knex.transaction()
  await holder.raw('select 1 from vintage.transitions for update')
  const refused = t.rejects(operator.advance(), { code: '57P01' }, 'before it has begun, it fails as it is')
  // the claim of the lease waits for the row; the session that waits is cut
  await untilFound(knex, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'vintage operator' and wait_event_type = 'Lock'")
  await refused
  await holder.rollback()
  const next = await knex.transaction()
  await next.raw('lock table users in access share mode')
  await knex.raw("update vintage.transitions set changed_at = now() - interval '1 hour'")
  const again = operator.advance()
  await untilFound(knex, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'vintage operator' and query like 'lock table%' and state = 'active'")
  await next.rollback()
  t.match(await again, { phase: 'hide' })
  t.match(events.filter((event) => event.type === 'lock-retry')[0], { reason: /connection/ })
})

t.test('the clock of a transaction runs over all its statements', async (t) => {
  const { url } = await createDatabase(t)
  const database = await openDatabase(() => ({ connectionString: url }))
  t.teardown(async () => await database.close())
  await t.rejects(database.transaction(async (session) => {
    const run = startDeadline(session, 100)
    await run('select 1')
    await sleep(120)
    await run('select 1')
  }), new DeadlinePassedError(100))
  await t.rejects(database.transaction(async (session) => await startDeadline(session, 50)('select pg_sleep(1)')), { code: '57014' })
})

t.test('a session that the server ends between two statements counts as lost', async (t) => {
  const { url } = await createDatabase(t)
  const database = await openDatabase(url)
  t.teardown(async () => await database.close())
  const error = await database.transaction(async (session) => {
    await session.query('set local idle_in_transaction_session_timeout = 20')
    await sleep(200)
    await session.query('select 1')
  }).catch((error: unknown) => error)
  t.equal(transientReasonOf(error), 'the connection was lost')
})

t.test('errors that pass are told from those that do not', async (t) => {
  t.equal(transientReasonOf(Object.assign(new Error('x'), { code: 'ECONNRESET' })), 'the connection was lost')
  t.equal(transientReasonOf(new Error('Connection terminated unexpectedly')), 'the connection was lost')
  t.equal(transientReasonOf(new Error('Client has encountered a connection error and is not queryable')), 'the connection was lost')
  t.equal(transientReasonOf(Object.assign(new Error('x'), { code: '42703' })), undefined)
  t.equal(transientReasonOf('no error'), undefined)
  t.equal(transientReasonOf(new DeadlinePassedError(500)), 'the transaction had 500 ms for all its locks')
  t.equal(messageOf('no error'), 'no error')
})

t.test('a blocker is described by what this role may see of it', async (t) => {
  t.equal(describeBlocker({ pid: null, ageMs: null, query: null, application: null, lock: 'AccessShareLock' }), 'a prepared transaction, AccessShareLock')
  t.equal(describeBlocker({ pid: 7, ageMs: 61_049, query: 'select\n  1', application: 'psql', lock: 'AccessShareLock' }), 'pid 7 (psql), open for 61.0 s, AccessShareLock: select 1')
})

t.test('D20 a batch that was slow is followed by one of half its size, a quick one by one of at most 20% more', async (t) => {
  t.equal(nextBatchRows(1_000, 10), 1_200)
  t.equal(nextBatchRows(1_000, 300), 1_000)
  t.equal(nextBatchRows(1_000, 500), 500)
  t.equal(nextBatchRows(1, 500), 1)
  t.equal(nextBatchRows(50_000, 10), 50_000)
})
