import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import t from 'tap'
import { createGround, createUsers } from './fixtures.js'

/** Until a session waits for a lock on a row of `users`. */
async function untilWaiting (knex: Knex): Promise<void> {
  for (let waiting = false; !waiting; await sleep(10)) {
    waiting = (await knex.raw("select exists (select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock') as waiting")).rows[0].waiting
  }
}

t.test('D18 a key that moves to the end while its batch is being bounded stretches no batch', async (t) => {
  const { operator, knex, events } = await createGround(t, async (knex) => await createUsers(knex, 200), { batchRows: 10 })
  await operator.migrate()
  await knex('users').where({ id: 199 }).del()
  const mover = await knex.transaction()
  await mover.raw('update users set id = 199 where id = 10')
  const advancing = operator.advance({ to: 'backfill' })
  await untilWaiting(knex)
  await mover.commit()
  await advancing
  const done = events.filter((event) => event.type === 'backfill').map(({ doneRows }) => doneRows)
  const batches = done.map((rows, index) => rows - (done[index - 1] ?? 0))
  t.ok(Math.max(...batches) < 60, `the largest batch filled ${Math.max(...batches)} rows`)
  t.match(await operator.verify(), { ok: true, checkedRows: 199 })
})

t.test('D17 a batch whose commit fails leaves the checkpoint where it was', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 30), { batchRows: 10, fireTriggers: true })
  await knex.raw("create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$")
  await operator.migrate()
  await knex.raw('create constraint trigger refused after update on users deferrable initially deferred for each row when (new.id > 10) execute function refuse()')
  await t.rejects(operator.advance({ to: 'backfill' }), { code: 'FST_ERR_VINTAGE_BACKFILL', message: /id = 11 cannot be filled/ })
  t.match(await knex('vintage.backfill_ranges').first(), { last_key: ['10'], rows_filled: '10' })
  t.match(await knex('vintage.backfills').first(), { rows_filled: '10' })
  await knex.raw('drop trigger refused on users')
  await operator.advance({ to: 'backfill' })
  t.match(await knex('vintage.backfill_ranges').first(), { last_key: ['30'], rows_filled: '30' })
})

t.test('D1 what a new writer has written before a batch comes to its row stays, be it what `upgrade` would not give, and is not written again', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 3))
  await operator.migrate()
  await knex('users').where({ id: 2 }).update({ full_name: ' Ada' })
  const readVersion = async (): Promise<unknown> => await knex('users').where({ id: 2 }).first(knex.raw('ctid::text'))
  const written = await readVersion()
  await operator.advance({ to: 'backfill' })
  t.same(await readVersion(), written)
  t.match(await knex('users').where({ id: 2 }).first(), { first_name: '', last_name: 'Ada', full_name: ' Ada' })
  t.match(await operator.verify(), { ok: true })
})
