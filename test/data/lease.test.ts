import { EventEmitter, once } from 'node:events'
import type { QueryResultRow } from 'pg'
import t, { type Test } from 'tap'
import type { Context } from '../../src/data/context.js'
import { settleLimits } from '../../src/data/backfill/limits.js'
import { openDatabase } from '../../src/data/database.js'
import type { OperatorEvent } from '../../src/data/events.js'
import { acquireLease, fence } from '../../src/data/state/lease.js'
import { requireTransition } from '../../src/data/state/transitions.js'
import { until } from '../until.js'
import { createGround, createUsers, type Ground } from './fixtures.js'

const NAME = 'users.full_name'

/** A transition at dual-write, with the parts of a second operator. */
async function createBegun (t: Test, parts: Partial<Context> = {}): Promise<Ground & { context: Context }> {
  const ground = await createGround(t, async (knex) => await createUsers(knex, 1))
  await ground.operator.migrate()
  ground.events.length = 0
  const database = await openDatabase(ground.url)
  t.teardown(async () => await database.close())
  const context: Context = { database, report: (event) => ground.events.push(event), by: 'Bob', signal: new AbortController().signal, waitMs: 100, lockDeadlineMs: 500, lockAttempts: 2, blockers: 'wait', batchRows: 10, workers: 1, limits: settleLimits({}), leaseMs: 10_000, strayWindowMs: 0, soakMs: 0, fireTriggers: false, subscribersReady: false, ...parts }
  return { ...ground, context }
}

t.test('a transaction that locks the state row is ended when its operator stops in the middle of it, but for a batch, which keeps nobody out', async (t) => {
  const { context: { database }, context } = await createBegun(t)
  const lease = await acquireLease(context, NAME)
  t.teardown(async () => await lease.release())
  for (const [strength, limit] of [['update', '10s'], ['share', '10s'], ['key share', '0']] as const) {
    await database.transaction(async (session) => {
      await fence(session, lease, strength)
      t.strictSame(await session.query('show idle_in_transaction_session_timeout'), [{ idle_in_transaction_session_timeout: limit }], strength)
    })
  }
})

t.test('an operator that waits for a session which has locked the state row says so, once, and can be called off', async (t) => {
  const told = new EventEmitter()
  const stop = new AbortController()
  const events: OperatorEvent[] = []
  const { knex, context } = await createBegun(t, { signal: stop.signal, report: (event) => { events.push(event); told.emit(event.type) } })
  const holder = await knex.transaction()
  await holder.raw('select 1 from vintage.transitions for update')
  const acquiring = acquireLease(context, NAME)
  await once(told, 'waiting')
  await holder.rollback()
  const lease = await acquiring
  t.match(events, [{ type: 'waiting', transition: NAME, for: 'operator', instances: ['another session'] }])
  await lease.release()
  const again = await knex.transaction()
  await again.raw('select 1 from vintage.transitions for share')
  const refused = t.rejects(acquireLease(context, NAME), { code: 'FST_ERR_VINTAGE_ABORTED' })
  await once(told, 'waiting')
  stop.abort()
  await refused
  await again.rollback()
  t.match(await requireTransition(context.database, NAME), { operator: null })
})

t.test('a sign of life that comes after its lease was given back leaves no trace', async (t) => {
  const { context, knex } = await createBegun(t, { leaseMs: 200 })
  const state = { asked: false, released: false, prolonged: false }
  const lease = await acquireLease({
    ...context,
    database: {
      ...context.database,
      query: async <Row extends QueryResultRow>(sql: string, values?: readonly unknown[]) => {
        if (!sql.includes('operator_until = clock_timestamp()')) return await context.database.query<Row>(sql, values)
        state.asked = true
        await until('the release', () => state.released)
        return await context.database.query<Row>(sql, values).finally(() => { state.prolonged = true })
      }
    }
  }, NAME)
  await until('a sign of life', () => state.asked)
  await lease.release()
  state.released = true
  await until('the late sign of life', () => state.prolonged)
  t.match(await knex('vintage.transitions').first(), { operator: null, operator_until: null })
  await knex.raw("update vintage.transitions set operator_until = now() + interval '1 minute'")
  t.match(await requireTransition(context.database, NAME), { operated: false }, 'nobody is at it, whatever was left')
})

t.test('a lease that cannot be given back, since the server is gone, runs out by itself, and what came before is told', async (t) => {
  const { context, url } = await createBegun(t)
  const database = await openDatabase(url)
  const lease = await acquireLease({ ...context, database }, NAME)
  await database.close()
  await lease.release()
  t.match(await requireTransition(context.database, NAME), { operator: 'Bob', operated: true })
})
