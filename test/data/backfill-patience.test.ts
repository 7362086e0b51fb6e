import t from 'tap'
import { createPatience } from '../../src/data/backfill/patience.js'
import { openDatabase } from '../../src/data/database.js'
import { transition } from '../../src/data/transition.js'
import { createDatabase } from '../database.js'
import { createGround, createUsers, named } from './fixtures.js'
import { createOrders, PENDING } from './orders-aside.js'
import { until, untilWaiting } from '../until.js'

for (const [keeps, value] of [['skips it', 'null'], ['takes it back', 'old']] as const) {
  t.test(`D21 a row that a trigger of somebody keeps from being filled is named, where the trigger ${keeps}`, async (t) => {
    const { operator, knex } = await createGround(t, async (knex) => {
      await createUsers(knex, 5)
      await knex.raw(`create function keep() returns trigger language plpgsql as 'begin if new.id = 3 then return ${value}; end if; return new; end'`)
    }, { fireTriggers: true })
    await operator.migrate()
    await knex.raw('create trigger a_keep before update on users for each row execute function keep()')
    await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_BACKFILL', message: /the row with id = 3 is not filled, although nothing fails: does a trigger/ })
    await knex.raw('drop trigger a_keep on users')
    t.match(await operator.advance({ to: 'read-new' }), { phase: 'read-new' })
  })
}

t.test('D20 a server that ends the session of a look between two batches ends no backfill, be it for ranges or for what is left over', async (t) => {
  const stop = new AbortController()
  const { operator, open, knex, events } = await createGround(t, async (knex) => await createUsers(knex, 30), { batchRows: 10 })
  await operator.migrate()
  const first = await open({ batchRows: 10, signal: stop.signal, report: ({ type }) => { if (type === 'backfill') stop.abort() } })
  await t.rejects(first.advance(), { code: 'FST_ERR_VINTAGE_ABORTED' })
  for (const [table, statement] of [['vintage.backfill_ranges', 'select 1 from vintage.backfill_ranges'], ['users', 'select pg_relation_size']] as const) {
    events.length = 0
    const holder = await knex.transaction()
    await holder.raw('lock table ?? in access exclusive mode', [table])
    const advancing = operator.advance({ to: 'backfill' })
    for (const pid of await untilWaiting(knex, `%${statement}%`)) await knex.raw('select pg_terminate_backend(?)', [pid])
    await until('the look to be taken again', () => events.some(({ type }) => type === 'backfill-retry'))
    await holder.rollback()
    t.match(await advancing, { phase: 'backfill' })
    t.match(events.filter(({ type }) => type === 'backfill-retry'), [{ attempt: 1, reason: 'the server ended the connection' }])
  }
  t.match(await operator.verify(), { ok: true, checkedRows: 30 })
})

/** Gives a row back as it was, before the dual writer sees it. */
const KEEP = "create function keep() returns trigger language plpgsql as 'begin if old.note = ''closed'' then return old; end if; return new; end'; create trigger a_keep before update on orders for each row execute function keep()"

t.test('D19 D21 a row that a trigger of somebody gives back as it was ends a backfill that sets rows aside, and does not keep it from the others', async (t) => {
  const { operator, knex } = await createOrders(t, { rows: 20, bad: [2, 19], options: { fireTriggers: true } })
  await knex.raw(`update orders set note = 'closed' where id in (1, 4); ${KEEP}`)
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_BACKFILL', message: /the row with id = [14] is not filled, although nothing fails: does a trigger/ })
  t.strictSame(await knex('orders').where(PENDING, true).orderBy('id').pluck('id'), [1, 2, 4, 19])
  t.match(await operator.listSetAside(), { setAsideRows: 2, rows: [{ key: { id: '2' }, times: 1 }, { key: { id: '19' }, times: 1 }] })
  await knex.raw('drop trigger a_keep on orders')
  t.match(await operator.advance({ to: 'backfill' }), { phase: 'backfill' })
  t.strictSame(await knex('orders').where(PENDING, true).orderBy('id').pluck('id'), [2, 19])
})

t.test('D19 D21 a row that is set aside and given back as it was ends a retry and a release, is taken for neither, and does not keep them from the others', async (t) => {
  const { operator, knex } = await createOrders(t, { bad: [1, 2, 3, 4, 5, 6, 7, 8, 9], options: { fireTriggers: true } })
  await operator.advance({ to: 'backfill' })
  await knex.raw(`update orders set note = 'closed' where id in (5, 6, 7, 8); ${KEEP}`)
  const named = { code: 'FST_ERR_VINTAGE_BACKFILL', message: /the row with id = [5678] is not filled, although nothing fails: does a trigger/ }
  await t.rejects(operator.retrySetAside(), named)
  const times = async (): Promise<unknown[]> => (await operator.listSetAside()).rows.map(({ key, times }) => [key.id, times])
  t.strictSame(await times(), [['1', 2], ['2', 2], ['3', 2], ['4', 2], ['5', 1], ['6', 1], ['7', 1], ['8', 1], ['9', 2]])
  await t.rejects(operator.releaseSetAside(), named)
  t.strictSame(await times(), [['5', 1], ['6', 1], ['7', 1], ['8', 1]], 'the others are released')
  t.strictSame((await knex('vintage.set_aside').whereNotNull('released_at').distinct('key')).length, 5)
  await knex.raw('drop trigger a_keep on orders')
  t.match(await operator.releaseSetAside(), { filledRows: 0, releasedRows: 4, setAsideRows: 0 })
  t.match(await operator.advance(), { phase: 'read-new' })
})

t.test('D22 a range that its worker holds for longer than a lock is waited for does not end the others; what held a run before is over', async (t) => {
  const stop = new AbortController()
  const { operator, open, knex } = await createGround(t, async (knex) => await createUsers(knex, 300), { batchRows: 10, workers: 2 })
  await operator.migrate()
  const first = await open({ batchRows: 10, signal: stop.signal, report: ({ type }) => { if (type === 'backfill') stop.abort() } })
  await t.rejects(first.advance(), { code: 'FST_ERR_VINTAGE_ABORTED' })
  await knex('vintage.backfills').update({ held_reason: 'paused by somebody', held_since: knex.fn.now() })
  const holder = await knex.transaction()
  await holder.raw('select from vintage.backfill_ranges for update')
  const advancing = operator.advance()
  // both of them have waited for it for as long as a lock is waited for, and look again
  const waited = new Set<unknown>()
  await until('two to have waited', async () => {
    for (const { pid, xact_start: begun } of await knex('pg_stat_activity').whereRaw("datname = current_database() and wait_event_type = 'Lock' and ltrim(query, e' \\n') like 'with cut as%'")) waited.add(`${pid} ${begun?.toISOString()}`)
    return waited.size > 2
  })
  t.match((await operator.status()).transitions[0]?.backfill, { held: null })
  await holder.rollback()
  t.match(await advancing, { phase: 'read-new' })
})

t.test('D22 a range that cannot be cut for a reason that does not pass ends the run, and the same command goes on', async (t) => {
  const stop = new AbortController()
  const { operator, open, knex } = await createGround(t, async (knex) => await createUsers(knex, 2_000), { batchRows: 10, workers: 2, maxRowsPerSecond: 2_000 })
  await operator.migrate()
  const first = await open({ batchRows: 10, signal: stop.signal, report: ({ type }) => { if (type === 'backfill') stop.abort() } })
  await t.rejects(first.advance(), { code: 'FST_ERR_VINTAGE_ABORTED' })
  await knex.raw("create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no more ranges'; end $$; create trigger refuse before insert on vintage.backfill_ranges for each row execute function refuse()")
  const holder = await knex.transaction()
  await holder.raw('select from vintage.backfill_ranges for update')
  const refused = t.rejects(operator.advance(), { message: /no more ranges/ })
  await untilWaiting(knex, '%with cut as%')
  await holder.rollback()
  await refused
  await knex.raw('drop trigger refuse on vintage.backfill_ranges')
  t.match(await operator.advance({ to: 'read-new' }), { phase: 'read-new' })
})

t.test('a row that is found again and again, and filled by others at last, is no reason to end', async (t) => {
  const { url } = await createDatabase(t)
  const database = await openDatabase(url)
  t.teardown(async () => await database.close())
  const context = { database, signal: new AbortController().signal }
  const patience = createPatience({ context, lease: { transition: 'users.name' }, key: { columns: [], operatorSchemas: [] } })
  for (let look = 0; look < 10; look++) await patience.spend(0, async () => look === 9 ? null : undefined)
  await patience.spend(1, async () => [])
  await t.resolves(patience.spend(0, async () => ['1']), 'counted anew')
})

t.test('D20 D19 rows that are written and set aside count for the limit as well', async (t) => {
  const digits = transition<string, string>({ table: 'users', before: { note: 'text' }, after: { number: 'integer' }, upgrade: { number: 'note::integer' }, downgrade: { note: 'number::text' }, lossy: 'downgrade', onError: 'set-aside' })
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 200), { transitions: await named({ 'users.number': digits }), maxRowsPerSecond: 100 })
  await knex.raw("update users set note = 'no number'")
  await operator.migrate()
  const began = performance.now()
  await operator.advance()
  const tookMs = performance.now() - began
  t.ok(tookMs >= 1_500, `200 rows at 100 rows/s took ${Math.round(tookMs)} ms`)
  t.match(await operator.listSetAside({ limit: 1 }), { rows: [{ times: 1 }] })
})
