import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import type { Operator } from '../../src/data/operator.js'
import type { Ground } from './fixtures.js'
import { ASIDE, createOrders, read } from './orders-aside.js'

const PENDING_INDEX = 'vintage_orders_total_pending_rows'

t.test('from read-new on a bad write fails, since the column itself is read; after a rollback it is set aside again', async (t) => {
  const { operator, knex } = await createOrders(t, { change: { notNull: ['total'] } })
  await operator.advance({ to: 'read-new' })
  const write = async (): Promise<unknown> => await knex.raw('update orders set amount = 1e30 where id = 1')
  await t.rejects(write(), { code: '22003' })
  await operator.advance({ to: 'hide' })
  await operator.rollback({ to: 'read-new' })
  await t.rejects(write(), { code: '22003' })
  t.match(await operator.rollback({ to: 'backfill' }), { phase: 'backfill' })
  await write()
  t.match(await operator.listSetAside(), { setAsideRows: 1 })
  await operator.rollback({ to: 'expand' })
  t.same((await knex.raw('select 1 from vintage.set_aside')).rows, [])
  t.same((await knex.raw("select proname from pg_proc where pronamespace = 'vintage'::regnamespace and proname like 'orders%'")).rows, [])
  await operator.advance({ to: 'backfill' })
  t.match(await operator.listSetAside(), { setAsideRows: 1, rows: [{ times: 1 }] })
})

/** An `advance` to read-new that is refused; `write` is done when all rows have been looked at, and commits when the step waits for it. The index of pending rows is there already, or its build would wait. */
async function advanceBeside ({ knex, events }: Ground, operator: Operator, write: (writer: Knex.Transaction) => Promise<unknown>, message: RegExp, t: Test): Promise<void> {
  const writer = await knex.transaction()
  await writer.raw('lock table orders in row exclusive mode')
  events.length = 0
  const advancing = t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_SET_ASIDE', message })
  while (!events.some((event) => event.type === 'verify' && event.finished)) await sleep(5)
  await write(writer)
  for (let waiting = false; !waiting; await sleep(5)) {
    const { rows } = await knex.raw("select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like 'lock table%'")
    waiting = rows.length > 0
  }
  await writer.commit()
  await advancing
}

t.test('a bad write that commits while read-new is being entered is waited for, and found by its marker, whatever its key has become', async (t) => {
  const ground = await createOrders(t)
  const { knex, open } = ground
  const patient = await open({ lockDeadlineMs: 10_000 })
  await patient.advance({ to: 'read-new' })
  await patient.rollback({ to: 'backfill' })
  await advanceBeside(ground, patient, async (writer) => await writer.raw('update orders set amount = 1e30 where id = 1'), /set aside \(1\): id = 1: 22003 bigint out of range\. Mend/, t)
  t.same(await read(knex, 1), ASIDE)
  await knex.raw('update orders set amount = 1 where id = 1')
  await advanceBeside(ground, patient, async (writer) => {
    await writer.raw('update orders set amount = 1e30 where id = 2')
    await writer.raw('update orders set id = 20 where id = 2')
  }, /set aside \(1\): id = 20: its key has changed since it was noted\. Mend/, t)
  await t.rejects(patient.advance(), { message: /id = 20: 22003/ }, 'and then it is noted')
  await knex.raw('update orders set amount = 1 where id = 20')
  await advanceBeside(ground, patient, async (writer) => await writer.raw('update orders set amount = 1e30 where id between 3 and 8'), /set aside \(more than 5\): id = 3: 22003.*; …\. Mend/, t)
  await knex.raw('update orders set amount = 1 where id between 3 and 8')
  t.match(await patient.advance(), { phase: 'read-new' })
  t.same((await knex.raw('select 1 from vintage.set_aside')).rows, [], 'what is settled is forgotten before the last look')
})

t.test('an index of the new side has no twin where rows may be set aside, and is built for read-new', async (t) => {
  const { operator, knex } = await createOrders(t, { bad: [1], change: { indexes: [['total']] } })
  const indexes = async (): Promise<string[]> => (await knex.raw("select indexname from pg_indexes where tablename = 'orders' order by 1")).rows.map(({ indexname: name }: { indexname: string }) => name)
  await operator.advance({ to: 'backfill' })
  t.same(await indexes(), ['orders_pkey'])
  await knex.raw('update orders set amount = 1 where id = 1')
  await operator.advance({ to: 'read-new' })
  t.same(await indexes(), ['orders_pkey', 'orders_total_index', PENDING_INDEX])
  await operator.advance({ to: 'drop' })
  t.same(await indexes(), ['orders_pkey', 'orders_total_index'])
})
