import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import t from 'tap'
import type { OperatorEvent } from '../../src/data/events.js'
import { createGround, createUsers } from './fixtures.js'

/** Registers an instance as the fleet does; `epoch` null: it has acknowledged nothing. */
async function register (knex: Knex, name: string, { transitions = ['users.full_name'], epoch = null, leaseMs = 60_000 }: { transitions?: string[], epoch?: number | null, leaseMs?: number } = {}): Promise<string> {
  const id = randomUUID()
  await knex.raw(`
    insert into vintage.instances (id, name, host, pid, build, transitions, started_at, lease_until)
    values (?, ?, 'test-host', 4711, null, ?, now(), clock_timestamp() + ? * interval '1 ms')`, [id, name, transitions, leaseMs])
  if (epoch !== null) await acknowledge(knex, id, epoch)
  return id
}

async function acknowledge (knex: Knex, instance: string, epoch: number): Promise<void> {
  await knex.raw(`
    insert into vintage.acknowledgements (instance, transition, epoch, phase, acknowledged_at) values (?, 'users.full_name', ?, 'dual-write', now())
    on conflict (instance, transition) do update set epoch = excluded.epoch`, [instance, epoch])
}

t.test('D12 a step is refused while an instance has not acknowledged the present epoch, and names it', async (t) => {
  const { operator, knex, events } = await createGround(t, async (knex) => await createUsers(knex, 3), { waitMs: 250 })
  await operator.migrate()
  const first = await register(knex, 'api-1')
  await register(knex, 'api-2', { epoch: 2 })
  await register(knex, 'api-gone', { leaseMs: -1 })
  await register(knex, 'old-build', { transitions: [] })
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_FLEET', message: /`dual-write`, epoch 2.*api-1 \(test-host, pid 4711\) has acknowledged nothing\./ })
  t.match(events.filter((event) => event.type === 'waiting'), [{ for: 'acknowledgements', instances: ['api-1 (test-host, pid 4711)'] }])
  await acknowledge(knex, first, 1)
  await t.rejects(operator.advance(), { message: /api-1 .* is at epoch 1/ })
  const advancing = operator.advance()
  await sleep(50)
  await acknowledge(knex, first, 2)
  t.match(await advancing, { phase: 'backfill', epoch: 3 })
  await t.rejects(operator.advance({ to: 'drop' }), { message: /epoch 3.*api-1 .* is at epoch 2; api-2/ }, 'each of several steps waits for the one before')
})

t.test('D12 a step is refused while a transaction from before the present phase holds a lock on the table, and names it', async (t) => {
  const { operator, knex, events } = await createGround(t, async (knex) => await createUsers(knex, 3), { waitMs: 250 })
  await operator.migrate()
  const old = await knex.transaction()
  await old.raw("set local application_name = 'report'")
  await old.raw('select note from users')
  await knex.raw('update vintage.transitions set changed_at = clock_timestamp()')
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_TRANSACTIONS', message: /pid \d+ \(report\), open for .* s, AccessShareLock: select note from users/ })
  t.match(events.filter((event) => event.type === 'waiting'), [{ for: 'transactions', blockers: [{ application: 'report' }] }])
  const advancing = operator.advance()
  await sleep(50)
  await old.rollback()
  t.match(await advancing, { phase: 'backfill' })
})

t.test('hide and drop are refused while a live instance\'s build does not know the transition', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 3))
  await operator.migrate()
  await operator.advance({ to: 'read-new' })
  const id = await register(knex, 'old-build', { transitions: ['orders.total'] })
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_FLEET', message: /`hide` .* old-build/ })
  await knex.raw('update vintage.instances set transitions = ?', [['users.full_name']])
  await acknowledge(knex, id, 4)
  await operator.advance()
  await knex.raw("update vintage.instances set transitions = '{}'")
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_FLEET', message: /`drop` .* old-build/ })
})

t.test('going back to expand is refused while a live instance\'s build knows the transition', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 3))
  await operator.migrate()
  await register(knex, 'api-1', { epoch: 2 })
  await t.rejects(operator.rollback({ to: 'expand' }), { code: 'FST_ERR_VINTAGE_REFUSED_FLEET', message: /back to `expand` .* api-1/ })
  await knex('vintage.instances').del()
  t.match(await operator.rollback({ to: 'expand' }), { phase: 'expand', steps: ['expand'] })
  t.match(await operator.migrate(), { transitions: [{ phase: 'dual-write', fresh: false }] }, 'migrate takes it up again')
})

t.test('an instance that serves an empty table keeps the short way from being taken', async (t) => {
  const { operator, open, knex } = await createGround(t, async (knex) => await createUsers(knex, 0))
  const other = await open({ transitions: [] })
  await other.migrate()
  await register(knex, 'old-build', { transitions: [] })
  t.match(await operator.migrate(), { transitions: [{ phase: 'dual-write', fresh: false }] })
})

t.test('D14 a second operator is told who holds the transition and since when', async (t) => {
  const { operator, open, knex } = await createGround(t, async (knex) => await createUsers(knex, 2_000), { by: 'Ada', batchRows: 10 })
  await operator.migrate()
  const second = await open({ by: 'Bob', report: () => {} })
  const advancing = operator.advance({ to: 'backfill' })
  for (let tries = 0; (await knex('vintage.transitions').first('operator')).operator === null && tries < 100; tries++) await sleep(5)
  await t.rejects(second.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_OPERATOR', message: /moved by Ada since 20\d\d-.*Z/ })
  await advancing
  t.match(await second.advance(), { phase: 'read-new' })
})

t.test('D14 an operator that wakes up after losing its lease does no DDL and fills no row', async (t) => {
  const { open, operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 100))
  await operator.migrate()
  const sleeper = await open({
    batchRows: 10,
    report: (event) => {
      if (event.type === 'backfill' && event.doneRows === 10) blocked = knex.raw("update vintage.transitions set operator = 'Bob', operator_token = operator_token + 1, operator_until = now() + interval '1 hour'").then(() => {})
    }
  })
  let blocked: Promise<void> | undefined
  await t.rejects(sleeper.advance({ to: 'hide' }), { code: 'FST_ERR_VINTAGE_REFUSED_FENCE', message: /Bob has taken over/ })
  await blocked
  t.equal((await knex('vintage.backfills').first()).finished_at, null)
  t.match(await knex('vintage.transitions').first(), { phase: 'backfill', operator: 'Bob' }, 'the lease of the other is left alone')
})

t.test('D14 the lease of an operator that was killed is waited for, and its step taken up', async (t) => {
  const events: OperatorEvent[] = []
  const { operator, open, knex } = await createGround(t, async (knex) => await createUsers(knex, 10))
  await operator.migrate()
  await knex.raw("update vintage.transitions set operator = 'Ada', operator_token = operator_token + 1, operator_since = now(), operator_until = now() + interval '400 ms'")
  const second = await open({ by: 'Bob', report: (event) => events.push(event) })
  t.match(await second.advance(), { phase: 'backfill' })
  t.match(events[0], { type: 'waiting', for: 'operator', instances: ['Ada'] })
})

t.test('D14 an operator that has ended meanwhile has moved the transition, so the second one does nothing', async (t) => {
  const { operator, open, knex } = await createGround(t, async (knex) => await createUsers(knex, 10))
  await operator.migrate()
  await knex.raw("update vintage.transitions set operator = 'Ada', operator_token = operator_token + 1, operator_since = now(), operator_until = now() + interval '1 hour'")
  const second = await open({ by: 'Bob', report: (event) => { if (event.type === 'waiting') released = knex.raw('update vintage.transitions set operator = null, operator_since = null, operator_until = null').then(() => {}) } })
  let released: Promise<void> | undefined
  await t.rejects(second.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_OPERATOR', message: /moved by Ada/ })
  await released
  t.match(await knex('vintage.transitions').first(), { phase: 'dual-write' })
})

t.test('an operator at work keeps its lease alive', async (t) => {
  const { operator, open, knex } = await createGround(t, async (knex) => await createUsers(knex, 10), { leaseMs: 400, waitMs: 60_000 })
  await operator.migrate()
  const second = await open()
  const id = await register(knex, 'api-1')
  const working = operator.advance()
  await sleep(1_000)
  await t.rejects(second.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_OPERATOR' })
  await acknowledge(knex, id, 2)
  t.match(await working, { phase: 'backfill' })
})

t.test('two operators that migrate at once begin a transition once', async (t) => {
  const { operator, open, knex } = await createGround(t, async (knex) => await createUsers(knex, 3))
  const second = await open()
  const results = await Promise.allSettled([operator.migrate(), second.migrate()])
  for (const result of results) {
    if (result.status === 'rejected') t.match(result.reason, { code: /^FST_ERR_VINTAGE_REFUSED_(?:OPERATOR|STEP)$/ })
  }
  t.ok(results.some(({ status }) => status === 'fulfilled'))
  t.match(await knex('vintage.transitions').first(), { phase: 'dual-write', epoch: '2' })
})

t.test('an operator that is stopped while the last reader of read-new acknowledges has entered the phase, and leaves the twins for later', async (t) => {
  const { operator, open, knex } = await createGround(t, async (knex) => await createUsers(knex, 3))
  await operator.migrate()
  await operator.advance({ to: 'backfill' })
  const api = await register(knex, 'api-1', { epoch: 3 })
  const stop = new AbortController()
  const stopping = await open({ signal: stop.signal, waitMs: 60_000, report (event) { if (event.type === 'waiting') stop.abort() } })
  await t.rejects(stopping.advance(), { code: 'FST_ERR_VINTAGE_ABORTED' })
  t.match((await operator.status()).transitions[0], { phase: 'read-new', operator: null })
  await acknowledge(knex, api, 4)
  t.match(await operator.advance(), { phase: 'hide' })
})
