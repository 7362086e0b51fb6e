import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import type { OperatorEvent } from '../../src/data/events.js'
import { openOperator } from '../../src/data/operator.js'
import { transition } from '../../src/data/transition.js'
import { createGround, createUsers, FULL_NAME, named } from './fixtures.js'

const PENDING = 'vintage_users_full_name_pending'

/** A row of `vintage.backfill_ranges`, on a table whose ids have no gaps. */
interface Range { readonly end: number, readonly filled: number }

async function rangesOf (knex: Knex): Promise<Range[]> {
  return (await knex.raw('select (end_key ->> 0)::int as end, rows_filled::int as filled from vintage.backfill_ranges order by 1')).rows
}

/** Each range has filled just the rows between the end of the one before and its own: none is there twice, none is missed. */
async function checkRanges (t: Test, knex: Knex, rows: number): Promise<void> {
  const ranges = await rangesOf(knex)
  t.strictSame(ranges.map(({ filled }) => filled), ranges.map(({ end }, index) => end - (ranges[index - 1]?.end ?? 0)), 'ranges are disjoint, and leave nothing between them')
  t.equal(ranges.reduce((sum, { filled }) => sum + filled, 0), rows)
  t.match(await knex('vintage.backfills').first(), { rows_filled: `${rows}` })
  t.equal((await knex('users').where(PENDING, true)).length, 0)
}

function start (t: Test, url: string, by: string): ChildProcess {
  const child = fork(new URL('./worker-process.ts', import.meta.url), [url, by], { execArgv: process.execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  t.teardown(() => child.kill('SIGKILL'))
  return child
}

async function heard (child: ChildProcess, wanted: (message: unknown) => boolean): Promise<unknown> {
  for (;;) {
    const [message] = await once(child, 'message')
    if (wanted(message)) return message
  }
}

t.test('D22 three workers, one of them a process that is killed with kill -9: disjoint ranges, nothing twice, nothing missed', async (t) => {
  const rows = 3_000
  const { operator, open, knex, url } = await createGround(t, async (knex) => await createUsers(knex, rows), { by: 'operator', batchRows: 20, maxRowsPerSecond: 3_000 })
  await operator.migrate()
  const ada = start(t, url, 'ada')
  await heard(ada, (message) => message === 'ready')
  let bobs = 0
  const bob = (await open({ by: 'bob', waitMs: 30_000, report: ({ type }) => { if (type === 'backfill') bobs++ } })).joinBackfill()
  const dying = heard(ada, (message) => message === 'batch').then(async () => {
    ada.kill('SIGKILL')
    const atDeath = await rangesOf(knex)
    return atDeath.reduce((sum, { filled }) => sum + filled, 0)
  })
  t.match(await operator.advance(), { phase: 'backfill' })
  t.ok(await dying < rows, `${await dying} rows were filled when a worker that had filled some of them was killed`)
  t.match(await bob, { transition: 'users.full_name', outcome: 'filled' })
  await checkRanges(t, knex, rows)
  t.ok(bobs > 0, `bob has filled ${bobs} batches`)
  t.match(await operator.verify(), { ok: true, checkedRows: rows })
})

t.test('D20 D22 several workers of one process share the ranges and keep below one limit together', async (t) => {
  const { operator, knex, events } = await createGround(t, async (knex) => await createUsers(knex, 600), { by: 'op', batchRows: 10, workers: 3, maxRowsPerSecond: 200 })
  await operator.migrate()
  const began = performance.now()
  await operator.advance()
  const tookMs = performance.now() - began
  t.ok(tookMs >= 2_400, `600 rows at 200 rows/s took ${Math.round(tookMs)} ms`)
  await checkRanges(t, knex, 600)
  const done = events.flatMap((event) => event.type === 'backfill' ? [event.doneRows] : [])
  t.strictSame(done, done.toSorted((a, b) => a - b), 'progress counts what all have filled')
})

t.test('D20 D22 a pause, and a sign of life of the operator, come through while batches of several workers overlap without a gap', async (t) => {
  const slow = transition<string, string>({ ...FULL_NAME, upgrade: { full_name: `public.slow(${FULL_NAME.upgrade.full_name})` }, notNull: [], indexes: [] })
  const { operator, open, knex, events } = await createGround(t, async (knex) => {
    await createUsers(knex, 600)
    await knex.raw("create function slow(name text) returns text language plpgsql immutable as 'begin perform pg_sleep(0.005); return name; end'")
  }, { transitions: await named({ 'users.full_name': slow }), batchRows: 10, workers: 8, leaseMs: 400 })
  await operator.migrate()
  const other = await open()
  const advancing = operator.advance()
  while (events.filter((event) => event.type === 'backfill').length < 6) await sleep(10)
  await sleep(500)
  t.ok((await other.status()).transitions[0]?.operator, 'its lease holds')
  await other.pause()
  while (!events.some((event) => event.type === 'backfill-held')) await sleep(10)
  const left = (await knex('users').where(PENDING, true)).length
  t.ok(left > 0, `${left} rows are left`)
  await other.resume()
  await advancing
  await checkRanges(t, knex, 600)
})

t.test('D22 status lists who fills which keys, in every process, with a last sign; a worker that is gone until its range is taken', async (t) => {
  const stop = new AbortController()
  const { operator, open, knex } = await createGround(t, async (knex) => await createUsers(knex, 60), { batchRows: 10, by: 'op' })
  const workersOf = async (): Promise<unknown> => (await operator.status()).transitions[0]?.backfill?.workers
  await operator.migrate()
  const stopping = await open({ by: 'ada', signal: stop.signal, report: ({ type }) => { if (type === 'backfill') stop.abort() } })
  await t.rejects(stopping.advance(), { code: 'FST_ERR_VINTAGE_ABORTED' })
  t.match(await workersOf(), [{ worker: 'ada', host: hostname(), pid: process.pid, range: { after: ['10'], upTo: ['60'] }, filledRows: 10, lastSign: /^20.*Z$/ }])
  // of another process, cut off what ada had; and one that ada had before
  await knex.raw("update vintage.backfill_ranges set end_key = '[\"40\"]'")
  await knex.raw("insert into vintage.backfill_ranges (transition, last_key, end_key, worker, worker_host, worker_pid) values ('users.full_name', '[\"40\"]', '[\"60\"]', 'bob', 'elsewhere', 7), ('users.full_name', null, '[\"0\"]', null, null, null)")
  await knex.raw("insert into vintage.backfill_ranges (transition, last_key, end_key, worker, worker_host, worker_pid, updated_at) values ('users.full_name', null, '[\"0\"]', 'ada', ?, ?, now() - interval '1 hour')", [hostname(), process.pid])
  t.match(await workersOf(), [
    { worker: 'ada', range: { after: ['10'], upTo: ['40'] } },
    { worker: 'bob', host: 'elsewhere', pid: 7, range: { after: ['40'], upTo: ['60'] }, filledRows: 0 }
  ])
  await operator.advance({ to: 'backfill' })
  t.strictSame(await workersOf(), [], 'no range is open any more')
})

t.test('a number of workers that is none is refused', async (t) => {
  for (const workers of [0, 1.5, NaN]) {
    await t.rejects(openOperator({ connection: '', transitions: [], workers }), { code: 'FST_ERR_VINTAGE_INVALID_OPTION', message: /option `workers` must be a whole number above 0/ })
  }
})

t.test('D22 a row that cannot be filled ends all workers of a process, and is named', async (t) => {
  const transitions = await named({ 'users.full_name': transition({ ...FULL_NAME, after: { full_name: 'integer' }, upgrade: { full_name: 'first_name::integer' }, downgrade: { first_name: 'full_name::text', last_name: "''" }, notNull: [], indexes: [] }) })
  const { operator, knex } = await createGround(t, async (knex) => {
    await createUsers(knex, 0)
    await knex.raw("insert into users (first_name, last_name) select case i when 433 then 'no number' else i::text end, '' from generate_series(1, 500) i")
  }, { transitions, batchRows: 10, workers: 3 })
  await operator.migrate()
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_BACKFILL', message: /id = 433 cannot be filled/ })
  await knex('users').where({ id: 433 }).update({ first_name: '433' })
  await operator.advance({ to: 'read-new' })
  t.match(await operator.verify(), { ok: true, checkedRows: 500 })
})

t.test('D22 workers of another process work for the operator who is at work, within his limits, and stop when he does', async (t) => {
  const stop = new AbortController()
  const { operator, open, knex } = await createGround(t, async (knex) => await createUsers(knex, 1_000), { batchRows: 10 })
  const told: OperatorEvent[] = []
  const helper = await open({ by: 'helper', waitMs: 0, report: (event) => told.push(event) })
  const untilTold = async (type: OperatorEvent['type']): Promise<void> => {
    while (!told.some((event) => event.type === type)) await sleep(10)
  }
  const help = async (): Promise<string> => {
    for (;;) {
      const { outcome } = await helper.joinBackfill()
      if (outcome !== 'none' || told.length > 0) return outcome
    }
  }
  await operator.migrate()
  t.match(await helper.joinBackfill(), { transition: 'users.full_name', outcome: 'none' }, 'before anything is begun')
  const leading = await open({ by: 'operator', maxRowsPerSecond: 500, signal: stop.signal })
  const advancing = leading.advance()
  const helping = help()
  await untilTold('backfill')
  t.match(await helper.joinBackfill({ forMs: 50 }), { outcome: 'time-is-up' })
  await operator.pause()
  await untilTold('backfill-held')
  // which the operator notes when he is held as well
  while ((await knex('vintage.backfills').first()).held_reason === null) await sleep(10)
  const filled = await knex('users').where(PENDING, false)
  t.ok(filled.length < 1_000, `${filled.length} rows are filled`)
  stop.abort()
  await t.rejects(advancing, { code: 'FST_ERR_VINTAGE_ABORTED' })
  t.equal(await helping, 'none', 'it ends with the operator')
  t.equal((await knex('users').where(PENDING, false)).length, filled.length)
  await operator.resume()
  t.match(await helper.joinBackfill(), { outcome: 'none' }, 'nobody is at work')
  await operator.advance({ to: 'read-new' })
  t.match(await helper.joinBackfill(), { outcome: 'filled' }, 'the phase is over')
  await checkRanges(t, knex, 1_000)
})

t.test('D22 a range that its worker has left is cut no further than it is worth, and what else goes wrong comes through', async (t) => {
  const { operator, open, knex } = await createGround(t, async (knex) => await createUsers(knex, 40), { batchRows: 100 })
  await operator.migrate()
  const holder = await knex.transaction()
  await holder.raw('select 1 from users where id = 20 for update')
  const advancing = operator.advance()
  const helper = await open({ by: 'helper', waitMs: 30_000 })
  const helping = helper.joinBackfill()
  await sleep(300)
  await holder.rollback()
  await advancing
  t.match(await helping, { outcome: 'filled' })
  t.equal((await rangesOf(knex)).length, 1)
  await operator.rollback({ to: 'dual-write' })
  await operator.advance()
  await knex.raw('update vintage.backfills set finished_at = null')
  await knex.raw('update vintage.backfill_ranges set finished_at = null')
  await knex.raw("update vintage.transitions set operator = 'somebody', operator_until = now() + interval '1 minute'")
  await knex.raw('alter table users disable trigger user')
  await t.rejects(helper.joinBackfill(), { code: 'FST_ERR_VINTAGE_REFUSED_TRIGGERS' })
})
