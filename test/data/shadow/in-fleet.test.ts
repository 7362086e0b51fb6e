import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import { spanning, type Spanning, type SpanningOptions } from '../../../src/data/knex/spanning.js'
import { createGround, createUsers, FULL_NAME } from '../fixtures.js'

const TRIGGER = 'zz_vintage_users_full_name_update'

const { knex, operator, url, events } = await createGround(t, async (knex) => await createUsers(knex, 20))
await operator.migrate()
await operator.advance({ to: 'backfill' })

async function startApi (t: Test, options: Partial<SpanningOptions> = {}): Promise<Spanning> {
  const api = await spanning({
    knex: { client: 'pg', connection: { connectionString: url, application_name: 'api' }, pool: { min: 0, max: 1 } },
    versions: { 'users.full_name': FULL_NAME },
    pollMs: 20,
    instance: { name: 'api-1' },
    ...options
  })
  t.teardown(api.stop)
  await api.start()
  return api
}

/** What no trigger sees. */
async function bypass (change: string): Promise<void> {
  await knex.raw(`alter table users disable trigger ${TRIGGER}; ${change}; alter table users enable always trigger ${TRIGGER}`)
}

const countsOf = async (root: Knex) => (await root('vintage.shadow_reads').orderBy('different')).map(({ compared, different }) => `${compared} ${different}`)

const shown = async () => (await operator.status()).transitions[0]?.shadowReads

t.test('without the option there is no connection and no statement more', async (t) => {
  const api = await startApi(t)
  t.equal((await api.knex('users').where({ id: 1 })).length, 1)
  await sleep(50)
  const { rows } = await knex.raw("select query from pg_stat_activity where datname = current_database() and application_name = 'api'")
  t.notOk(rows.some(({ query }: { query: string }) => /backfills|vintage_row/.test(query)))
  t.equal(rows.length, 2, 'its own and that of the registry')
  await api.stop()
  t.strictSame(await countsOf(knex), [])
  for (const shadowReads of [-0.1, 1.1, NaN]) {
    await t.rejects(spanning({ knex: { client: 'pg' }, versions: {}, shadowReads }), { code: 'FST_ERR_VINTAGE_INVALID_OPTION', message: /`shadowReads` must be a share from 0 to 1/ })
  }
})

t.test('the application never waits for one: its pool of one connection stays its own, whatever stands in the way of the shadow', async (t) => {
  const api = await startApi(t, { shadowReads: 1 })
  const sent: string[] = []
  api.knex.on('query', ({ sql }) => sent.push(sql))
  const lock = await knex.transaction()
  await lock.raw('lock table vintage.backfills in access exclusive mode')
  const pool = api.knex.client.pool
  const read = async (id: number): Promise<unknown> => t.match(await api.knex('users').where({ id }).first(), { full_name: `First${id} Last${id}` })
  await read(1)
  // a shadow read gives up after 100 ms, and another one is made after a second
  while ((await knex.raw("select from pg_locks where relation = 'vintage.backfills'::regclass and not granted")).rows.length === 0) await read(1)
  t.equal(pool.numUsed(), 0, 'the shadow waits, and holds nothing of it')
  for (const id of [2, 3]) await read(id)
  t.notOk(sent.some((sql) => /backfills|vintage_row/.test(sql)), 'nor are they among its statements')
  await api.stop()
  await lock.rollback()
  t.strictSame(await countsOf(knex), [], 'it gave up')
})

t.test('what is neither a SELECT of its own nor answered is not compared', async (t) => {
  const api = await startApi(t, { shadowReads: 1 })
  await api.knex.transaction(async (trx) => await trx('users').where({ id: 1 }).first())
  await t.rejects(api.knex('users').select('full_name', api.knex.raw('1 / (id - id)')), { code: '22012' })
  await api.knex('users').where({ id: 1 }).update({ note: 'x' }).returning('full_name')
  await api.stop()
  t.strictSame(await countsOf(knex), [])
})

t.test('equal answers and a difference are counted for each instance, shown in status, and told once in the history', async (t) => {
  const api = await startApi(t, { shadowReads: 1, instance: { name: 'api-2' } })
  t.match(await api.knex('users').where({ id: 1 }).first('full_name'), { full_name: 'First1 Last1' })
  while ((await knex('vintage.shadow_reads').select()).length === 0) await sleep(20)
  t.strictSame(await shown(), { compared: 1, different: 0, last: null })
  t.strictSame(await knex('vintage.events').where({ event: 'shadow difference' }), [])
  await bypass("update users set first_name = 'Wrong' where id = 1")
  const client: Knex.Client = api.knex.client
  const connection = await client.acquireConnection()
  t.match(await client.query(connection, 'select full_name from users where id = 1'), { response: { rows: [{ full_name: 'First1 Last1' }] } }, 'a text, as knex sends some itself')
  await client.releaseConnection(connection)
  await api.stop()
  t.match(await shown(), { compared: 2, different: 1, last: { statement: 'select full_name from users where id = $1', at: String, instance: 'api-2' } })
  const other = await startApi(t, { shadowReads: 1 })
  await other.knex('users').where({ full_name: 'First1 Last1' }).count()
  await other.stop()
  t.match(await shown(), { compared: 3, different: 2, last: { statement: 'select count(*) from "users" where "full_name" = $1', instance: 'api-1' } })
  t.strictSame(await countsOf(knex), ['2 1', '1 1'])
  t.match((await knex('vintage.events').where({ event: 'shadow difference' }).orderBy('id')), [
    { transition: 'users.full_name', phase: 'backfill', epoch: '3', by: 'api-2', details: { statement: 'select full_name from users where id = $1' } },
    { by: 'api-1' }
  ])
  await knex('vintage.shadow_reads').update({ different: knex.raw('different + 1') })
  t.equal((await knex('vintage.events').where({ event: 'shadow difference' })).length, 2)
})

t.test('read-new is refused for a difference since the verification, and tells of one before it', async (t) => {
  await bypass("update users set first_name = 'First1' where id = 1")
  await knex('vintage.shadow_reads').del()
  await knex('vintage.shadow_reads').insert({ instance: '00000000-0000-4000-8000-000000000001', name: 'api-1', transition: 'users.full_name', compared: 3, different: 2, statement: 'select 1', different_at: knex.raw("clock_timestamp() + interval '1 hour'") })
  const refusal = { code: 'FST_ERR_VINTAGE_REFUSED_SHADOW_READS', message: /^transition `users.full_name`: a shadow read of api-1 gave other rows than `read-new` will, at .*Z, after the rows were verified: select 1\. Run it again/ }
  await t.rejects(operator.advance(), refusal)
  await knex('vintage.shadow_reads').update({ different_at: knex.raw("clock_timestamp() - interval '1 hour'") })
  await knex.raw("create function public.differ () returns trigger language plpgsql as $$ begin if new.event = 'index' then update vintage.shadow_reads set different_at = clock_timestamp(); end if; return null; end $$")
  await knex.raw('create trigger differ after insert on vintage.events for each row execute function public.differ()')
  await t.rejects(operator.advance(), refusal, 'also when it comes after the first look')
  t.match((await operator.status()).transitions[0], { phase: 'backfill' })
  await knex.raw('drop trigger differ on vintage.events')
  await knex('vintage.shadow_reads').update({ different_at: knex.raw("clock_timestamp() - interval '1 hour'") })
  t.match(await operator.advance(), { phase: 'read-new' })
  t.match(events.findLast(({ type }) => type === 'shadow-reads'), { transition: 'users.full_name', compared: 3, different: 2, lastAt: Date, statement: 'select 1' })
})

t.test('what was counted is not shown from hide on, and goes with drop', async (t) => {
  t.match(await shown(), { compared: 3, different: 2 })
  await knex('vintage.shadow_reads').insert({ instance: '00000000-0000-4000-8000-000000000001', name: 'api-1', transition: 'another', compared: 1, different: 0 })
  await operator.advance()
  t.strictSame(await shown(), { compared: 0, different: 0, last: null })
  await operator.advance()
  t.strictSame(await knex('vintage.shadow_reads').pluck('transition'), ['another'])
})
