import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import { transition, type TransitionDefinition } from '../../src/data/transition.js'
import { CENTS, createGround, named, type Ground } from './fixtures.js'

const { onError: _, ...DEFINITION } = CENTS

const REFUSED = { code: 'FST_ERR_VINTAGE_REFUSED_TRIGGERS', message: /no longer has `zz_vintage_orders_total_update`/ }
const UPDATE_TRIGGER = 'zz_vintage_orders_total_update'

/** `orders` at dual-write, with twenty rows to be filled four at a time. */
async function createOrders (t: Test, change: Partial<TransitionDefinition> = {}): Promise<Ground> {
  const ground = await createGround(t, async (knex) => {
    await knex.raw('create table orders (id integer primary key, amount numeric)')
    await knex.raw('insert into orders select i, i from generate_series(1, 20) i')
  }, { transitions: await named({ 'orders.total': transition<string, string>({ ...DEFINITION, ...change }) }), batchRows: 4, lockDeadlineMs: 10_000 })
  await ground.operator.migrate()
  return ground
}

/** Until a session of the operator waits for a lock with a statement like this. */
async function untilWaiting (knex: Knex, statement: string): Promise<void> {
  for (let tries = 0; tries < 2_000; tries++) {
    const { rows } = await knex.raw("select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like ?", [statement])
    if (rows.length > 0) return
    await sleep(5)
  }
  throw new Error(`nobody waits with: ${statement}`)
}

async function pendingOf (knex: Knex): Promise<number> {
  return Number((await knex.raw('select count(*)::int as pending from orders where vintage_orders_total_pending')).rows[0].pending)
}

for (const onError of ['reject', 'set-aside'] as const) {
  t.test(`D27 a trigger that is switched off before a batch (${onError}) undoes that batch and stops the backfill`, async (t) => {
    const { operator, knex } = await createOrders(t, { onError })
    const vandal = await knex.transaction()
    await vandal.raw(`alter table orders disable trigger ${UPDATE_TRIGGER}`)
    const refused = t.rejects(operator.advance(), REFUSED)
    await untilWaiting(knex, '%update only%')
    await vandal.commit()
    await refused
    t.equal(await pendingOf(knex), 20, 'no row passes for filled')
    await knex.raw(`alter table orders enable always trigger ${UPDATE_TRIGGER}`)
    t.match(await operator.advance({ to: 'read-new' }), { phase: 'read-new' })
  })

  t.test(`D27 a trigger that is switched off, or made to run something else, after the verification (${onError}) keeps read-new from being entered`, async (t) => {
    const { operator, knex } = await createOrders(t, { onError })
    // the index of pending rows is there then, or its build would wait for the vandal
    await operator.advance({ to: 'read-new' })
    await operator.rollback({ to: 'backfill' })
    await knex.raw("create function public.nothing () returns trigger language plpgsql as 'begin return new; end'")
    const { definition } = (await knex.raw('select pg_get_triggerdef(oid) as definition from pg_trigger where tgname = ?', [UPDATE_TRIGGER])).rows[0]
    const enable = `alter table orders enable always trigger ${UPDATE_TRIGGER}`
    for (const change of [`alter table orders disable trigger ${UPDATE_TRIGGER}`, `create or replace trigger ${UPDATE_TRIGGER} before update on orders for each row execute function public.nothing(); ${enable}`]) {
      const vandal = await knex.transaction()
      await vandal.raw(change)
      const refused = t.rejects(operator.advance(), REFUSED)
      await untilWaiting(knex, 'lock table%')
      await vandal.commit()
      await refused
      t.match(await operator.status(), { transitions: [{ phase: 'backfill' }] })
      await knex.raw(`drop trigger ${UPDATE_TRIGGER} on orders; ${definition}; ${enable}`)
    }
    t.match(await operator.advance(), { phase: 'read-new' })
  })
}
