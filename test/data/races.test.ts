import { settleLimits } from '../../src/data/backfill/limits.js'
import t, { type Test } from 'tap'
import { alterTable, unlessThere } from '../../src/data/constrain/establish.js'
import { unlessAnnounced } from '../../src/data/constrain/require-columns.js'
import { runInTurn } from '../../src/data/constrain/run-in-turn.js'
import { orTakeBack, takeBackConstraints } from '../../src/data/constrain/take-back.js'
import type { Context } from '../../src/data/context.js'
import { openDatabase } from '../../src/data/database.js'
import { ensureSchema, hasSchema } from '../../src/data/state/ensure-schema.js'
import { acquireLease, fence } from '../../src/data/state/lease.js'
import { definitionJson, requireTransition } from '../../src/data/state/transitions.js'
import { beginTransition } from '../../src/data/steps/begin.js'
import { commitStep } from '../../src/data/steps/commit-step.js'
import { untilWaiting } from '../until.js'
import { createGround, createUsers, FULL_NAME, type Ground } from './fixtures.js'

const NAME = 'users.full_name'

const NOBODY = { tablesBefore: [], ownPids: () => [] }

/** The parts that an operator is made of, to bring them into states that only a race has. */
async function createParts (t: Test): Promise<Ground & { context: Context }> {
  const ground = await createGround(t, async (knex) => await createUsers(knex, 3))
  const database = await openDatabase(ground.url)
  t.teardown(async () => await database.close())
  const signal = new AbortController().signal
  return { ...ground, context: { database, report: (event) => ground.events.push(event), by: 'test', signal, waitMs: 100, lockDeadlineMs: 500, lockAttempts: 2, blockers: 'wait', batchRows: 10, workers: 1, limits: settleLimits({}), leaseMs: 10_000, strayWindowMs: 0, soakMs: 0, fireTriggers: false, subscribersReady: false } }
}

t.test('D27 a step whose commit was not heard of is not taken twice', async (t) => {
  const { operator, context } = await createParts(t)
  await operator.migrate()
  const lease = await acquireLease(context, NAME)
  const before = await requireTransition(context.database, NAME)
  await commitStep(context, lease, before, 'backfill', null)
  await commitStep(context, lease, before, 'backfill', null)
  t.match(await requireTransition(context.database, NAME), { phase: 'backfill', epoch: before.epoch + 1 })
  await t.rejects(commitStep(context, lease, before, 'hide', null), { code: 'FST_ERR_VINTAGE_REFUSED_STEP', message: /is at `backfill` \(epoch 3\) and no longer at `dual-write` \(epoch 2\)/ })
  await lease.release()
})

t.test('D27 a constraint whose commit was not heard of is not added twice, nor taken back from the phase that was entered', async (t) => {
  const { operator, context, knex } = await createParts(t)
  await operator.migrate()
  await operator.advance({ to: 'read-new' })
  const required = async (): Promise<unknown> => (await knex.raw("select attnotnull as required from pg_attribute where attrelid = 'users'::regclass and attname = 'full_name'")).rows
  const lease = await acquireLease(context, NAME)
  const state = await requireTransition(context.database, NAME)
  await alterTable(context, lease, state, 'key', unlessThere(state, 'users_pkey', ['select 1 / 0']))
  await takeBackConstraints(context, lease, { ...state, phase: 'backfill', epoch: state.epoch - 1 }, 'all')
  t.same(await required(), [{ required: true }])
  await takeBackConstraints(context, lease, state, 'all')
  t.same(await required(), [{ required: false }])
  await lease.release()
})

t.test('D27 a NOT NULL whose commit was not heard of is not added twice, whatever else bears its name', async (t) => {
  const { operator, context, knex } = await createParts(t)
  await operator.migrate()
  const state = await requireTransition(context.database, NAME)
  const announce = unlessAnnounced(state, { column: 'full_name', form: 'native', name: 'taken' }, 'the statement')
  await knex.raw('alter table users add constraint taken check (id > 0)')
  t.strictSame(await announce(context.database), ['the statement'])
  await knex.raw("update users set full_name = 'Ada Byron'; alter table users alter column full_name set not null")
  t.strictSame(await announce(context.database), [])
})

t.test('D14 a transition that another operator begins first is not begun twice', async (t) => {
  const { context, knex } = await createParts(t)
  await ensureSchema(context)
  await ensureSchema(context)
  await knex.raw("insert into vintage.transitions values (?, 'public', 'users', ?, 'expand', 1, now(), now())", [NAME, definitionJson(FULL_NAME)])
  t.equal(await beginTransition(context, { ...FULL_NAME, name: NAME }, NOBODY), null, 'between the preflights and the lock')
  await knex.raw('alter table users add full_name text')
  t.equal(await beginTransition(context, { ...FULL_NAME, name: NAME }, NOBODY), null, 'before the preflights')
  t.notOk(await knex.schema.hasColumn('users', 'vintage_users_full_name_pending'))
})

t.test('D14 a lease that was taken over, or released, fences its old holder off', async (t) => {
  const { operator, context, knex } = await createParts(t)
  await operator.migrate()
  const lease = await acquireLease(context, NAME)
  await knex.raw('update vintage.transitions set operator = null, operator_token = operator_token + 1')
  await t.rejects(context.database.transaction(async (session) => await fence(session, lease, 'update')), { code: 'FST_ERR_VINTAGE_REFUSED_FENCE', message: /another operator has taken over/ })
  await lease.release()
  await t.rejects(acquireLease(context, 'nothing'), { code: 'FST_ERR_VINTAGE_UNKNOWN_TRANSITION', message: /`nothing` has not begun/ })
})

t.test('D14 a long statement, which no transaction fences, is not begun by an operator that has lost its lease', async (t) => {
  const { operator, context, knex } = await createParts(t)
  await operator.migrate()
  const lease = await acquireLease(context, NAME)
  await runInTurn(context, lease, 'create index concurrently first on users (note)')
  await knex.raw('update vintage.transitions set operator = null, operator_token = operator_token + 1')
  await t.rejects(runInTurn(context, lease, 'create index concurrently second on users (note)'), { code: 'FST_ERR_VINTAGE_REFUSED_FENCE' })
  t.match((await knex.raw("select to_regclass('first') is not null as first, to_regclass('second') is not null as second")).rows, [{ first: true, second: false }])
  await lease.release()
})

t.test('a long statement that failed is told as it failed where nobody is seen to have taken over, and a lost lease is told once', async (t) => {
  const { operator, context, knex } = await createParts(t)
  await operator.migrate()
  const lease = await acquireLease(context, NAME)
  await t.rejects(runInTurn(context, lease, 'select 1 / 0'), { code: '22012' })
  const refused: unknown = await runInTurn(context, { ...lease, token: lease.token - 1 }, 'select 1').catch((error: unknown) => error)
  t.match(refused, { code: 'FST_ERR_VINTAGE_REFUSED_FENCE' })
  t.equal(refused instanceof Error && refused.cause, undefined)
  const ended = t.rejects(runInTurn(context, lease, 'select pg_sleep(60)'), { code: '57014' })
  const [pid] = await untilWaiting(knex, 'select pg_sleep(60)', { kind: 'Timeout' })
  // so that nobody can look
  await knex.raw('alter table vintage.transitions rename to elsewhere')
  await knex.raw('select pg_cancel_backend(?)', [Number(pid)])
  await ended
  await knex.raw('alter table vintage.elsewhere rename to transitions')
  await lease.release()
})

t.test('two operators that find no schema at once both find it afterwards', async (t) => {
  const { context, open } = await createParts(t)
  await Promise.all([ensureSchema(context), ensureSchema(context), (await open({ transitions: [] })).migrate()])
  t.equal(await hasSchema(context.database), true)
})

t.test('D14 an operator that has lost its lease takes nothing back, queues up for no lock and ends nobody who has one', async (t) => {
  const { operator, context, knex, events } = await createParts(t)
  await operator.migrate()
  const lease = await acquireLease(context, NAME)
  t.teardown(async () => await lease.release())
  const state = await requireTransition(context.database, NAME)
  // as of whoever has taken over, while it is held against the rows
  const constraint = 'vintage_users_full_name_not_null'
  await knex.raw(`alter table users add constraint ${constraint} check (full_name is not null) not valid`)
  const other = await knex.transaction()
  await other.raw('lock table users in share update exclusive mode')
  await knex('vintage.transitions').update({ operator: 'Bob', operator_token: knex.raw('operator_token + 1') })
  events.length = 0
  const impatient: Context = { ...context, lockDeadlineMs: 1, blockers: 'terminate' }
  await t.rejects(orTakeBack(impatient, lease, state, async () => { throw new Error('what the step failed for') }), { message: 'what the step failed for' })
  t.strictSame(events, [])
  await other.raw('select 1')
  await other.rollback()
  t.equal((await knex('pg_constraint').where({ conname: constraint })).length, 1)
})
