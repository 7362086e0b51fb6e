import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import pg from 'pg'
import t, { type Test } from 'tap'
import type { OperatorEvent } from '../../src/data/events.js'
import { openDatabase, sessionsOver } from '../../src/data/database.js'
import { runLong } from '../../src/data/governor/run-long.js'
import { outlastFormerWork } from '../../src/data/state/former-work.js'
import { createDatabase } from '../database.js'
import { until, untilWaiting } from '../until.js'
import { createGround, createUsers, type Ground } from './fixtures.js'
import { createRoles, urlAs } from './roles.js'

/** `users` with ten filled rows at `backfill`, so that the next step builds an index and a NOT NULL. */
async function createFilled (t: Test): Promise<Ground> {
  const ground = await createGround(t, async (knex) => await createUsers(knex, 10))
  await ground.operator.migrate()
  await ground.operator.advance()
  ground.events.length = 0
  return ground
}

/** As when its heartbeat has not come through for longer than the lease. */
async function loseLease (knex: Knex): Promise<void> {
  await knex.raw('update vintage.transitions set operator = null, operator_token = operator_token + 1')
}

const formerWork = (events: readonly OperatorEvent[]): unknown[] => events.flatMap((event) => event.type === 'former-work' ? [[event.ending, event.blocker.pid]] : [])

t.test('D14 D25 an operator that has lost its lease while it builds an index is waited for, and does no DDL afterwards', async (t) => {
  const { operator, open, knex } = await createFilled(t)
  const holder = await knex.transaction()
  await holder.raw("update users set note = 'y' where id = 1")
  const refused = t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_FENCE' })
  const [pid] = await untilWaiting(knex, 'create index%')
  await loseLease(knex)
  const events: OperatorEvent[] = []
  const next = (await open({ report: (event) => events.push(event) })).advance()
  await until('former work', () => formerWork(events).length > 0)
  await holder.commit()
  t.match(await next, { phase: 'read-new' })
  t.strictSame(formerWork(events), [[false, pid]])
  t.match(events.filter((event) => event.type === 'index').map(({ state }) => state), ['present'], 'what it has built is taken')
  await refused
})

t.test('D14 an operator that has lost its lease while it validates a constraint is ended by the next one, and takes nothing back', async (t) => {
  const { operator, open, knex } = await createFilled(t)
  // the CHECK waits for the reader; whoever queues up behind it comes before its validation
  const reader = await knex.transaction()
  await reader.raw('select 1 from users')
  const ended = t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_FENCE', cause: { code: '57P01' } })
  await untilWaiting(knex, 'alter table%')
  const holder = await knex.transaction()
  const held = holder.raw('lock table users in share update exclusive mode').then(() => {})
  await untilWaiting(knex, 'lock table%')
  await reader.rollback()
  await held
  const [pid] = await untilWaiting(knex, '%validate constraint%')
  await loseLease(knex)
  const events: OperatorEvent[] = []
  const next = (await open({ report: (event) => events.push(event) })).advance()
  // a validation that gets its lock before it is ended ends by itself
  await until('the end of the session', async () => (await knex.raw('select 1 from pg_stat_activity where pid = ?', [Number(pid)])).rows.length === 0)
  await holder.rollback()
  await ended
  t.match(await next, { phase: 'read-new' })
  t.strictSame(formerWork(events), [[true, pid]])
})

t.test('an operator that is called off while it waits for what another has left gives the lease back', async (t) => {
  const { operator, open, knex } = await createFilled(t)
  const holder = await knex.transaction()
  await holder.raw("update users set note = 'y' where id = 1")
  const refused = t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_FENCE' })
  await untilWaiting(knex, 'create index%')
  await loseLease(knex)
  const stop = new AbortController()
  const next = await open({ signal: stop.signal, report: () => stop.abort() })
  await t.rejects(next.advance(), { code: 'FST_ERR_VINTAGE_ABORTED' })
  t.match(await knex('vintage.transitions').first(), { operator: null })
  await holder.rollback()
  await refused
})

t.test('D14 a session of before that this role may not end is waited for no longer than a step waits, and named', async (t) => {
  const { knex, url } = await createDatabase(t)
  await createRoles(knex)
  const database = await openDatabase(urlAs('vintage_moves', url))
  t.teardown(async () => await database.close())
  const holder = await knex.transaction()
  const { rows: [{ pid }] } = await holder.raw("select pg_backend_pid() as pid, pg_advisory_lock(hashtextextended('users.name', ?))", [0x76696e74])
  const events: OperatorEvent[] = []
  const context = { database, signal: new AbortController().signal, waitMs: 300, report: (event: OperatorEvent) => { events.push(event) } }
  await t.rejects(outlastFormerWork(context, 'users.name'), { code: 'FST_ERR_VINTAGE_REFUSED_OPERATOR', message: new RegExp(`pid ${pid}\\) that this role may not end .*pg_terminate_backend`) })
  t.strictSame(formerWork(events), [[true, pid]])
  await holder.raw('select pg_advisory_unlock_all()')
  await outlastFormerWork(context, 'users.name')
  await holder.rollback()
})

t.test('D14 the time that an index of before takes is not that of a session which this role may not end', async (t) => {
  const { knex, url } = await createDatabase(t)
  await createRoles(knex)
  await knex.raw('create table users (id integer)')
  const database = await openDatabase(urlAs('vintage_moves', url))
  t.teardown(async () => await database.close())
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  t.teardown(async () => await client.end())
  await client.query("select pg_advisory_lock(hashtextextended('users.name', $1))", [0x76696e74])
  const writer = await knex.transaction()
  await writer.raw('insert into users values (1)')
  const building = client.query('create index concurrently on users (id)')
  await untilWaiting(knex, 'create index%')
  const events: OperatorEvent[] = []
  const waitMs = 800
  const outlasting = t.rejects(outlastFormerWork({ database, signal: new AbortController().signal, waitMs, report: (event) => events.push(event) }, 'users.name'), { code: 'FST_ERR_VINTAGE_REFUSED_OPERATOR' })
  await until('former work', () => events.length > 0)
  await sleep(waitMs)
  await writer.rollback()
  await building
  const built = performance.now()
  await outlasting
  t.ok(performance.now() - built > waitMs / 3, 'it is waited for from then on')
  t.match(formerWork(events), [[false, Number]])
})

t.test('a turn is waited for, outside the server, and looked at again when it comes', async (t) => {
  const { knex, url } = await createDatabase(t)
  await knex.raw('create table users (id integer)')
  const database = await openDatabase(url)
  t.teardown(async () => await database.close())
  const holder = await knex.transaction()
  await holder.raw('insert into users values (1)')
  const context = { database, signal: new AbortController().signal }
  const wanted = async (): Promise<boolean> => (await knex.raw("select 1 from pg_index where indrelid = 'users'::regclass")).rows.length === 0
  const build = async (): Promise<void> => await runLong(context, 'create index concurrently on users (id)', { turn: { key: 'users', wanted } })
  const first = build()
  await untilWaiting(knex, 'create index%')
  const second = build()
  await until('the second asks for the turn', async () => (await knex.raw("select 1 from pg_stat_activity where datname = current_database() and query like 'select pg_try_advisory_lock%'")).rows.length > 0)
  t.equal((await untilWaiting(knex, 'create index%')).length, 1)
  await holder.rollback()
  await Promise.all([first, second])
  t.equal(await wanted(), false)
  t.equal((await knex.raw("select 1 from pg_index where indrelid = 'users'::regclass")).rows.length, 1, 'built once')
  t.strictSame((await knex.raw("select 1 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())")).rows, [])
})

for (const endsWithClient of [true, false]) {
  t.test(`D25 a statement whose client is gone ${endsWithClient ? 'is ended by the server, where it would be in the way' : 'goes on in the server, where its result is of use'}`, async (t) => {
    const { knex, url } = await createDatabase(t)
    await knex.raw('create table users (id integer)')
    const client = new pg.Client({ connectionString: url })
    client.on('error', () => {})
    await client.connect()
    const sessions = sessionsOver(async (work) => await work({ query: async (sql, values) => (await client.query(sql, values === undefined ? undefined : [...values])).rows }))
    const holder = await knex.transaction()
    await holder.raw('lock table users in share update exclusive mode')
    const lost = t.rejects(runLong({ database: sessions, signal: new AbortController().signal }, 'analyze users', { endsWithClient }), { message: /Connection terminated/ })
    await untilWaiting(knex, 'analyze%')
    Reflect.get(client, 'connection').stream.destroy()
    await lost
    const gone = async (): Promise<boolean> => (await knex.raw("select 1 from pg_stat_activity where datname = current_database() and query like 'analyze%'")).rows.length === 0
    // the server looks once a second
    if (endsWithClient) await until('the end of the statement', gone)
    else await sleep(1_200)
    t.equal(await gone(), endsWithClient)
    await holder.rollback()
  })
}
