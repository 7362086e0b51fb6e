import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import t from 'tap'
import { settleLimits } from '../../src/data/backfill/limits.js'
import { etaOf, largestBatch } from '../../src/data/backfill/pace.js'
import { describeOverload } from '../../src/data/backfill/server-load.js'
import { spanning } from '../../src/data/knex/spanning.js'
import { createGround, createUsers, FULL_NAME } from './fixtures.js'

const countFilled = async (knex: Knex): Promise<number> =>
  Number((await knex('users').where('vintage_users_full_name_pending', false).count({ rows: '*' }))[0]?.rows)

async function until (condition: () => Promise<boolean>): Promise<void> {
  while (!await condition()) await sleep(10)
}

t.test('a running backfill that is paused stops after the batch in hand, says so, and goes on by itself once resumed', async (t) => {
  const { operator, open, knex, events } = await createGround(t, async (knex) => await createUsers(knex, 3_000), { batchRows: 10, maxRowsPerSecond: 2_000 })
  await operator.migrate()
  const other = await open({ by: 'ada' })
  const advancing = operator.advance()
  await until(async () => await countFilled(knex) > 0)
  t.match(await other.pause(), { transition: 'users.full_name', paused: { by: 'ada' } })
  t.match(await open({ by: 'bob' }).then(async (bob) => await bob.pause()), { paused: { by: 'ada' } }, 'pausing twice keeps the first')
  await until(async () => events.some((event) => event.type === 'backfill-held'))
  const filled = await countFilled(knex)
  t.ok(filled < 3_000, `${filled} rows are filled`)
  await sleep(400)
  t.equal(await countFilled(knex), filled)
  const [status] = (await other.status()).transitions
  t.match(status, { paused: { by: 'ada' }, backfill: { held: { reason: 'paused by ada', since: String } } })
  await knex('users').where({ id: 3_000 }).update({ first_name: 'Written', last_name: 'Meanwhile' })
  t.match(await other.resume(), { paused: null })
  t.match(await advancing, { phase: 'backfill' })
  t.equal(await countFilled(knex), 3_000)
  t.match((await other.status()).transitions[0], { paused: null, backfill: { held: null, percent: 100 } })
  t.strictSame(events.filter((event) => event.type === 'backfill-held').map(({ reason }) => reason), ['paused by ada', null])
  t.strictSame((await knex('vintage.events').whereIn('event', ['paused', 'resumed']).orderBy('id')).map(({ event, by }) => `${event} by ${by}`)[0], 'paused by ada')
})

t.test('no step begins while a transition is paused, in neither direction, and an operator who is stopped while he waits stops', async (t) => {
  const { operator, open } = await createGround(t, async (knex) => await createUsers(knex, 1_000), { batchRows: 10 })
  await operator.migrate()
  await operator.pause()
  const refused = { code: 'FST_ERR_VINTAGE_REFUSED_PAUSED', message: /is paused by .* since .*Z: `vintage resume users\.full_name` lets it go on/ }
  await t.rejects(operator.advance(), refused)
  await t.rejects(operator.rollback({ to: 'expand' }), refused)
  await operator.resume()
  await operator.resume()
  const stop = new AbortController()
  const stopping = await open({
    signal: stop.signal,
    maxRowsPerSecond: 50,
    report (event) {
      if (event.type === 'phase') operator.pause().catch(t.fail)
      if (event.type === 'backfill-held') stop.abort()
    }
  })
  await t.rejects(stopping.advance(), { code: 'FST_ERR_VINTAGE_ABORTED' })
  await operator.resume()
  t.match(await operator.advance({ to: 'read-new' }), { phase: 'read-new' })
})

t.test('D20 a slot that holds back more WAL than allowed stops the backfill within one batch, with the reason, until it has gone', async (t) => {
  const { operator, open, knex, events } = await createGround(t, async (knex) => await createUsers(knex, 500), { batchRows: 10 })
  await operator.migrate()
  const slot = 'vintage_backfill_limit'
  await knex.raw('select pg_create_physical_replication_slot(?, true)', [slot])
  t.teardown(async () => await knex.raw('select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = ?', [slot]).catch(() => {}))
  await knex.raw("create table filler as select i, repeat('x', 1000) from generate_series(1, 2000) i")
  const careful = await open({ maxSlotBytes: 1 })
  const advancing = careful.advance()
  await until(async () => events.some((event) => event.type === 'backfill-held'))
  t.equal(await countFilled(knex), 0)
  t.match(events.find((event) => event.type === 'backfill-held'), { reason: /^replication slot vintage_backfill_limit holds back \d+ MB of WAL \(limit 0 MB\)$/ })
  t.match((await operator.status()).transitions[0], { backfill: { held: { reason: /replication slot/ } } })
  await knex.raw('select pg_drop_replication_slot(?)', [slot])
  t.match(await advancing, { phase: 'backfill' })
  t.equal(await countFilled(knex), 500)
})

t.test('D20 statements of the application that take longer than allowed hold the backfill back, with the reason, until they are quick again', async (t) => {
  const { operator, open, knex: plain, url, events } = await createGround(t, async (knex) => await createUsers(knex, 3_000), { batchRows: 10 })
  await operator.migrate()
  const { knex, start, stop } = await spanning({ knex: { client: 'pg', connection: url }, versions: { 'users.full_name': FULL_NAME }, instance: { name: 'api' }, pollMs: 50 })
  await start()
  const traffic = { isSlow: true }
  const application = async (): Promise<void> => {
    while (traffic.isSlow) await knex.raw('select pg_sleep(0.3)')
  }
  const careful = await open({ maxRowsPerSecond: 1_000, maxAppLatencyMs: 200 })
  const advancing = careful.advance()
  const using = application()
  await until(async () => events.some((event) => event.type === 'backfill-held'))
  const filled = await countFilled(plain)
  t.ok(filled < 3_000, `${filled} rows are filled`)
  t.match(events.find((event) => event.type === 'backfill-held'), { reason: /^statements of api \(.*, pid \d+\) take \d+ ms \(99 of 100 of them at most; limit 200 ms\)$/ })
  t.match((await operator.status()).transitions[0], { backfill: { held: { reason: /statements of api/ } } })
  t.equal(await countFilled(plain), filled)
  traffic.isSlow = false
  await using
  t.match(await advancing, { phase: 'backfill' })
  t.equal(await countFilled(plain), 3_000)
  await stop()
})

t.test('D20 the first limit that is passed is named with its figures', async (t) => {
  const limits = settleLimits({ maxReplicaLagMs: 2_000, maxActiveSessions: 8 })
  const load = { lagMs: null, standby: null, slotBytes: null, slot: null, sessions: 8, latencyMs: null, instance: null }
  t.equal(describeOverload(load, limits), null)
  t.equal(describeOverload({ ...load, lagMs: 2_000, standby: 's1', slotBytes: 5, slot: 'a' }, limits), null)
  t.equal(describeOverload({ ...load, lagMs: 12_340, standby: 's1' }, limits), 'standby s1 is 12.3 s behind (limit 2.0 s)')
  t.equal(describeOverload({ ...load, slotBytes: 11 * 1024 ** 3, slot: 'a' }, limits), 'replication slot a holds back 11264 MB of WAL (limit 10240 MB)')
  t.equal(describeOverload({ ...load, sessions: 9 }, limits), '9 sessions are at work (limit 8)')
  const slow = { ...load, latencyMs: 812.3, instance: 'api (host, pid 7)' }
  t.equal(describeOverload(slow, settleLimits({ maxAppLatencyMs: 500 })), 'statements of api (host, pid 7) take 812 ms (99 of 100 of them at most; limit 500 ms)')
  t.equal(describeOverload(load, settleLimits({ maxAppLatencyMs: 500 })), null)
  t.equal(describeOverload({ ...slow, sessions: 900 }, settleLimits({})), null)
})

t.test('a backfill fills no more rows per second than it may, and its rate is a moving average', async (t) => {
  const { operator, knex, events } = await createGround(t, async (knex) => await createUsers(knex, 600), { maxRowsPerSecond: 500 })
  await operator.migrate()
  const start = performance.now()
  await operator.advance()
  const tookMs = performance.now() - start
  t.equal(await countFilled(knex), 600)
  t.ok(tookMs >= 900, `600 rows at 500 rows/s took ${Math.round(tookMs)} ms`)
  const rates = events.flatMap((event) => event.type === 'backfill' && !event.finished ? [event.rowsPerSecond] : [])
  t.ok(Number(rates.at(-1)) < 700, rates.join(' '))
  await knex.raw("update vintage.backfills set started_at = now() - interval '1 hour', updated_at = now() - interval '10 seconds', rows_per_second = 100")
  await knex.raw('alter table users disable trigger user; update users set vintage_users_full_name_pending = true where id <= 100; alter table users enable always trigger zz_vintage_users_full_name_insert, enable always trigger zz_vintage_users_full_name_update')
  await operator.advance({ to: 'backfill' })
  const rate = (await operator.status()).transitions[0]?.backfill?.rowsPerSecond
  t.ok(Number(rate) > 50 && Number(rate) < 90, `100 rows/s, and then 100 rows in 10 s: ${rate} rows/s`)
  t.equal(etaOf(600, 1_000, 0), null)
  t.equal(etaOf(600, 1_000, 100), 4_000)
  t.strictSame([largestBatch(null), largestBatch(1_000), largestBatch(2)], [50_000, 200, 1])
})
