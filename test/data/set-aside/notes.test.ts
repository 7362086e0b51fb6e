import t from 'tap'
import { openDatabase, type Session } from '../../../src/data/database.js'
import { FIRST_NOTE, readNotes } from '../../../src/data/set-aside/choose-notes.js'
import { forgetSettled, openLedger } from '../../../src/data/set-aside/ledger.js'
import { requireTransition } from '../../../src/data/state/transitions.js'
import { createOrders } from '../orders-aside.js'

/** The same session, whose statements are explained. */
function explaining (session: Session, plans: unknown[]): Session {
  return {
    query: async (sql, values) => {
      plans.push(...await session.query(`explain (analyze, format json) ${sql}`, values))
      return []
    }
  }
}

/** Rows that all nodes of a plan have given, together. */
function rowsOf (plan: unknown): number {
  if (typeof plan !== 'object' || plan === null) return 0
  const { 'Actual Rows': rows = 0, 'Actual Loops': loops = 0 }: { 'Actual Rows'?: number, 'Actual Loops'?: number } = plan
  return Object.values(plan).reduce((sum, part) => sum + rowsOf(part), rows * loops)
}

t.test('D19 a batch of a retry reads its own notes only, however many there are, and looks up their rows; what is settled is forgotten in one pass', async (t) => {
  const { operator, knex, url } = await createOrders(t, { rows: 20_000 })
  await operator.advance({ to: 'backfill' })
  await knex.raw('alter table orders disable trigger user; update orders set amount = 1e30, total = null, vintage_orders_total_pending = true where id <= 15000')
  await knex.raw("insert into vintage.set_aside (transition, key, direction, sqlstate, message) select 'orders.total', jsonb_build_array(i::text), 'upgrade', '22003', 'too large' from generate_series(1, 20000) i")
  const database = await openDatabase(url)
  t.teardown(async () => await database.close())
  for (const known of [false, true]) {
    if (known) await knex.raw('analyze vintage.set_aside, orders')
    await database.transaction(async (session) => {
      const state = await requireTransition(session, 'orders.total')
      const ledger = await openLedger(session, state)
      const plans: unknown[] = []
      for (const after of [FIRST_NOTE, '10000']) await readNotes(explaining(session, plans), state, ledger, { upTo: '20000', keys: null }, after, 100)
      for (const plan of plans) t.ok(rowsOf(plan) <= 1_000, `${rowsOf(plan)} rows were read for 100: ${JSON.stringify(plan)}`)
      plans.length = 0
      await forgetSettled(explaining(session, plans), state.name, ledger)
      t.ok(rowsOf(plans) <= 100_000, `${rowsOf(plans)} rows were read: ${JSON.stringify(plans)}`)
      t.notMatch(JSON.stringify(plans), /SubPlan/)
      await session.query('rollback')
      await session.query('begin')
    })
  }
  t.match(await operator.listSetAside({ limit: 1 }), { setAsideRows: 15_000 })
})

t.test('D19 a row of which there are several notes is tried once, and those that are not chosen are passed over', async (t) => {
  const { operator, knex } = await createOrders(t, { rows: 10, bad: [2, 3] })
  await operator.advance({ to: 'backfill' })
  for (let times = 2; times < 8; times++) await knex.raw('update orders set amount = amount + 1e20 where id = 2')
  await knex.raw("alter table orders disable trigger user; update orders set note = 'deleted and inserted again' where id = 3")
  await knex.raw('alter table orders enable always trigger zz_vintage_orders_total_update, enable always trigger zz_vintage_orders_total_insert')
  t.match(await operator.retrySetAside(), { filledRows: 0, setAsideRows: 2 })
  t.match((await operator.listSetAside()).rows, [{ key: { id: '2' }, times: 8 }, { key: { id: '3' }, times: 2 }])
})
