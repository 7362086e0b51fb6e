import type { Knex } from 'knex'
import type { Test } from 'tap'
import type { OperatorOptions } from '../../src/data/operator.js'
import { transition, type TransitionDefinition } from '../../src/data/transition.js'
import { CENTS, createGround, named, type Ground } from './fixtures.js'

export const PENDING = 'vintage_orders_total_pending'

/** Euros become cents and a currency; what does not fit into a bigint is set aside. */
export const DEFINITION = transition<string, string>({
  ...CENTS,
  after: { ...CENTS.after, currency: 'text' },
  upgrade: { ...CENTS.upgrade, currency: "'EUR'" }
})

/** `orders` at dual-write, with amounts 1, 2, 3, …; those of `bad` do not fit into a bigint. */
export async function createOrders (t: Test, { rows = 10, bad = [], change = {}, options = {} }: {
  rows?: number, bad?: readonly number[], change?: Partial<TransitionDefinition>, options?: Partial<OperatorOptions>
} = {}): Promise<Ground> {
  const transitions = await named({ 'orders.total': transition<string, string>({ ...DEFINITION, ...change }) })
  const ground = await createGround(t, async (knex) => {
    await knex.raw('create table orders (id integer primary key, amount numeric, note text)')
    await knex.raw('insert into orders (id, amount) select i, i from generate_series(1, ?::int) i', [rows])
    await knex('orders').whereIn('id', bad).update({ amount: '1e30' })
  }, { transitions, batchRows: 4, ...options })
  await ground.operator.migrate()
  return ground
}

/** Both sides of a row, and whether its new side is still to be filled. */
export async function read (knex: Knex, id: number): Promise<unknown> {
  return (await knex.raw(`select amount::float8, total::int, currency, ${PENDING} as pending from orders where id = ?`, [id])).rows[0]
}

/** What `read` gives of a row that is set aside. */
export const ASIDE = { amount: 1e30, total: null, currency: null, pending: true }
