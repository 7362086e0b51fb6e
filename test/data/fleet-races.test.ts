import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import type { OperatorEvent } from '../../src/data/events.js'
import { KEEP_LEASE } from '../../src/data/fleet/sql/keep-lease.js'
import type { Phase } from '../../src/data/phases.js'
import { createGround, createUsers, type Ground } from './fixtures.js'

/** Registers as an instance does. */
async function register (knex: Knex, transitions: readonly string[]): Promise<void> {
  const values = [randomUUID(), 'late', 'test-host', 4711, null, transitions, 60_000]
  await knex.transaction(async (trx) => { await trx.raw(KEEP_LEASE.replaceAll(/\$(\d)/g, ':v$1'), Object.fromEntries(values.map((value, index) => [`v${index + 1}`, value]))) })
}

/** At `phase`, with an instance that registers while the next step, whose look at the fleet is over, waits for a transaction. */
async function createLateInstance (t: Test, phase: Phase, transitions: readonly string[]): Promise<Ground> {
  const late: Promise<void>[] = []
  const reader: Knex.Transaction[] = []
  const report = (event: OperatorEvent): void => {
    if (event.type === 'waiting' && event.for === 'transactions') late.push(register(ground.knex, transitions).finally(async () => await reader[0]?.rollback()))
  }
  const ground = await createGround(t, async (knex) => await createUsers(knex, 3), { report })
  await ground.operator.migrate()
  await ground.operator.advance({ to: phase })
  const trx = await ground.knex.transaction()
  await trx.raw('select note from users')
  reader.push(trx)
  await ground.knex.raw('update vintage.transitions set changed_at = clock_timestamp()')
  t.teardown(async () => await Promise.all(late))
  return ground
}

t.test('D16 an old build that registers while hide, or drop, is being taken keeps it from being taken', async (t) => {
  for (const phase of ['read-new', 'hide'] as const) {
    const { operator, knex } = await createLateInstance(t, phase, [])
    await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_FLEET', message: /late \(test-host/ })
    t.match(await knex('vintage.transitions').first(), { phase })
  }
})

t.test('D16 a new build that registers while the way back to expand is being taken keeps it from being taken', async (t) => {
  const { operator, knex } = await createLateInstance(t, 'dual-write', ['users.full_name'])
  await t.rejects(operator.rollback({ to: 'expand' }), { code: 'FST_ERR_VINTAGE_REFUSED_FLEET', message: /late \(test-host/ })
  t.match(await knex('vintage.transitions').first(), { phase: 'dual-write' })
})

t.test('D16 an instance that registers later than the last look waits, and finds the new phase', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 3), { lockDeadlineMs: 2_000 })
  await operator.migrate()
  await operator.advance({ to: 'read-new' })
  const reader = await knex.transaction()
  await reader.raw('select note from users')
  const hiding = operator.advance()
  await untilWaiting(knex)
  const found = register(knex, []).then(async () => (await knex('vintage.transitions').first()).phase)
  await sleep(100)
  await reader.rollback()
  t.equal(await found, 'hide')
  t.match(await hiding, { phase: 'hide' })
})

/** Until somebody waits for the lock on `users`. */
async function untilWaiting (knex: Knex): Promise<void> {
  for (let waiting = false; !waiting; await sleep(10)) {
    waiting = (await knex.raw("select exists (select 1 from pg_locks where relation = 'users'::regclass and not granted) as waiting")).rows[0].waiting
  }
}
