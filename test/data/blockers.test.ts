import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import pg from 'pg'
import t, { type Test } from 'tap'
import type { EndedBlocker, OperatorEvent } from '../../src/data/events.js'
import { openDatabase } from '../../src/data/database.js'
import type { Ending } from '../../src/data/governor/blocker-policy.js'
import { findBlockers, type Holder } from '../../src/data/governor/blockers.js'
import { endBlocker } from '../../src/data/governor/end-blocker.js'
import { online } from '../../src/data/online/online.js'
import { createGround, createUsers, type Ground } from './fixtures.js'
import { openKnex, until } from './online/fixtures.js'

/** Half of these attempts fail within a second. */
const IMPATIENT = { lockDeadlineMs: 100, lockAttempts: 6, waitMs: 0 } as const

/** As many as a refusal needs. */
const HURRIED = { ...IMPATIENT, lockAttempts: 3 } as const

/** Somebody else's session. */
interface Visitor {
  readonly client: pg.Client
  readonly pid: number
  alive (): Promise<boolean>
}

async function visit (t: Test, url: string, application = 'a cron job'): Promise<Visitor> {
  const client = new pg.Client({ connectionString: url, application_name: application })
  client.on('error', () => {})
  await client.connect()
  t.teardown(async () => await client.end().catch(() => {}))
  const { rows: [{ pid }] } = await client.query('select pg_backend_pid() as pid')
  return { client, pid, alive: async () => await client.query('select 1').then(() => true, () => false) }
}

/** `users` at read-new, so that the next step is one with a lock that everybody is in the way of, and nothing else is waited for. */
async function createReady (t: Test): Promise<Ground> {
  const ground = await createGround(t, async (knex) => await createUsers(knex, 10))
  await ground.operator.migrate()
  await ground.operator.advance({ to: 'read-new' })
  await forgetChange(ground.knex)
  ground.events.length = 0
  return ground
}

/** Transactions of now are younger than the phase, so that only the lock is in their way. */
async function forgetChange (knex: Knex): Promise<void> {
  await knex.raw("update vintage.transitions set changed_at = now() - interval '1 hour'")
}

async function createFresh (t: Test): Promise<Ground> {
  return await createGround(t, async (knex) => await createUsers(knex, 10))
}

/** Who was ended and how; one who was slow to go may have been told twice. */
function ended (events: readonly OperatorEvent[]): unknown[] {
  const told = new Map(events.flatMap((event) => event.type === 'blocker-ended' ? [[event.blocker.pid, event.how] as const] : []))
  return [...told].map(([pid, how]) => [how, pid])
}

t.test('D24 who is idle in a transaction is terminated when that is allowed, after half of the attempts, and it is kept who it was', async (t) => {
  const { open, knex, url, events } = await createReady(t)
  const idle = await visit(t, url)
  await idle.client.query("begin; update users set note = 'x' where id = 1")
  const bystander = await visit(t, url)
  await bystander.client.query('begin; select count(*) from vintage.transitions')
  const operator = await open({ ...IMPATIENT, blockers: 'terminate', by: 'Ada' })
  t.match(await operator.advance(), { phase: 'hide' })
  t.strictSame(ended(events), [['terminated', idle.pid]])
  t.match(events.slice(0, events.findIndex(({ type }) => type === 'blocker-ended')).map(({ type }) => type), ['lock-retry', 'lock-retry', 'lock-retry'], 'not before')
  t.equal(await idle.alive(), false)
  t.equal(await bystander.alive(), true, 'who is in nobody\'s way stays')
  t.match(await knex('vintage.events').where({ event: 'blocker-ended' }), [{
    transition: 'users.full_name',
    phase: 'read-new',
    epoch: '4',
    by: 'Ada',
    details: { how: 'terminated', table: '"public"."users"', pid: idle.pid, application: 'a cron job', query: /^begin; update users/, lock: 'RowExclusiveLock', ageMs: Number }
  }])
  t.match(await knex('users').where({ id: 1 }).first('note'), { note: null }, 'what it has not committed is undone')
})

t.test('D24 a SELECT of a minute is cancelled when that is allowed, and its session lives on; who is idle is not, and is named', async (t) => {
  const { open, url, events } = await createReady(t)
  const reader = await visit(t, url)
  const reading = t.rejects(reader.client.query('select count(*), pg_sleep(60) from users'), { code: '57014', message: /user request/ })
  const operator = await open({ ...IMPATIENT, blockers: 'cancel' })
  t.match(await operator.advance(), { phase: 'hide' })
  await reading
  t.strictSame(ended(events), [['cancelled', reader.pid]])
  t.equal(await reader.alive(), true)
  await reader.client.query('begin; select count(*) from users')
  await t.rejects((await open({ ...HURRIED, blockers: 'cancel' })).rollback({ to: 'read-new' }), {
    code: 'FST_ERR_VINTAGE_REFUSED_LOCK',
    message: new RegExp(`gave up after 3 attempts.* pid ${reader.pid} \\(a cron job\\).* \\(not ended: it is idle, so that there is no statement to cancel\\); nobody else`)
  })
  t.equal(await reader.alive(), true)
})

t.test('D24 nobody is ended by default, be it a statement or a session that is idle', async (t) => {
  const { open, url, knex, events } = await createFresh(t)
  const idle = await visit(t, url)
  await idle.client.query('begin; select count(*) from users')
  const reader = await visit(t, url)
  const reading = reader.client.query('select count(*), pg_sleep(60) from users').catch((error: unknown) => error)
  await t.rejects((await open(HURRIED)).migrate(), { code: 'FST_ERR_VINTAGE_REFUSED_LOCK', message: /Let these end, or have them ended \(`blockers`, or `--terminate-blockers`\), and/ })
  t.strictSame(ended(events), [])
  t.equal(await idle.alive(), true)
  const { rows } = await knex.raw('select pg_cancel_backend(pid) as alive from pg_stat_activity where pid = ? and state = ?', [reader.pid, 'active'])
  t.strictSame(rows, [{ alive: true }])
  await reading
})

t.test('what a serialisable transaction has read is in nobody\'s way once it has ended, whatever its session does next', async (t) => {
  const { open, url, events, knex } = await createReady(t)
  await knex.raw('create table others (id integer)')
  const early = await visit(t, url)
  await early.client.query('begin isolation level serializable; select count(*) from others')
  const reader = await visit(t, url)
  await reader.client.query('begin isolation level serializable; select count(*) from users; insert into others values (1); commit')
  await reader.client.query('begin; select count(*), pg_sleep(0.2) from others')
  t.ok((await knex.raw("select 1 from pg_locks where pid = ? and mode = 'SIReadLock' and relation = 'users'::regclass", [reader.pid])).rows.length > 0)
  t.match(await (await open({ ...IMPATIENT, blockers: 'terminate' })).advance(), { phase: 'hide' })
  t.strictSame(events.filter(({ type }) => type === 'lock-retry'), [])
  t.equal(await reader.alive(), true)
  t.equal(await early.alive(), true)
})

t.test('sessions of ours are never ended: those of operators, and long statements on whatever connection', async (t) => {
  const { open, url, events } = await createFresh(t)
  const other = await visit(t, url, 'vintage operator')
  await other.client.query('begin; select count(*) from users')
  const knex = openKnex(t, url)
  const holder = await visit(t, url)
  await holder.client.query("begin; update users set note = 'x' where id = 1; set local application_name = 'vintage operator'")
  const building = online(knex).addIndex('users', ['note'])
  await until(knex, "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'create index concurrently%'")
  await t.rejects((await open({ ...HURRIED, blockers: 'terminate' })).migrate(), {
    code: 'FST_ERR_VINTAGE_REFUSED_LOCK',
    message: new RegExp(`pid ${other.pid} \\(vintage operator\\).* \\(not ended: it is at work for fastify-vintage\\)`)
  })
  t.strictSame(ended(events), [])
  t.equal(await other.alive(), true)
  await other.client.query('rollback')
  await holder.client.query('rollback')
  t.equal(await building, 'done')
  t.strictSame((await knex.raw("select 1 from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())")).rows, [], 'the sign goes with the work')
})

/** The owner of `users`, who may move it, and one who may read it, as connections. */
async function createTwoRoles (t: Test, { knex, url }: Ground): Promise<{ role: string, owner: string, reader: string }> {
  const role = `vintage_ends_${randomBytes(4).toString('hex')}`
  const other = `${role}_reader`
  await knex.raw(`create role ${role} login password 'x'; create role ${other} login password 'x'`)
  await knex.raw(`grant create on database ?? to ${role}; grant usage, create on schema public to ${role}; alter table users owner to ${role}; grant select on users to ${other}`, [new URL(url).pathname.slice(1)])
  t.teardown(async () => await knex.raw(`drop owned by ${role}, ${other}; drop role ${role}, ${other}`))
  const as = (username: string): string => Object.assign(new URL(url), { username, password: 'x' }).href
  return { role, owner: as(role), reader: as(other) }
}

t.test('a role that may not end others says so; one that may, but does not see since when they have been there, waits for the deadline first', async (t) => {
  const ground = await createFresh(t)
  const { knex, open, events } = ground
  const { role, owner, reader } = await createTwoRoles(t, ground)
  const idle = await visit(t, reader)
  await idle.client.query('begin; select count(*) from users')
  const operator = await open({ ...IMPATIENT, connection: owner, blockers: 'terminate' })
  await t.rejects((await open({ ...HURRIED, connection: owner, blockers: 'terminate' })).migrate(), { code: 'FST_ERR_VINTAGE_REFUSED_LOCK', message: /not ended: this role may not: .*(?:permission denied|pg_signal_backend).*pg_signal_backend is enough/ })
  t.equal(await idle.alive(), true)
  t.match(events.find(({ type }) => type === 'lock-retry'), { blockers: [{ pid: idle.pid, ageMs: null }] })
  await knex.raw(`grant pg_signal_backend to ${role}`)
  t.match(await operator.migrate(), { transitions: [{ phase: 'dual-write' }] })
  t.strictSame(ended(events), [['terminated', idle.pid]])
  t.match(await knex('vintage.events').where({ event: 'blocker-ended' }), [{ transition: 'users.full_name', phase: null, details: { pid: idle.pid } }])
})

t.test('a session of replication is not ended, though what it is is not visible to whoever may end it', async (t) => {
  const ground = await createFresh(t)
  const { knex, open, events } = ground
  const { role, owner, reader } = await createTwoRoles(t, ground)
  await knex.raw(`grant pg_signal_backend to ${role}; alter role ${role}_reader replication`)
  const feed = await visit(t, `${reader}?replication=database`)
  await feed.client.query('begin')
  await feed.client.query('select count(*) from users')
  await t.rejects((await open({ ...HURRIED, connection: owner, blockers: 'terminate' })).migrate(), { code: 'FST_ERR_VINTAGE_REFUSED_LOCK', message: new RegExp(`pid ${feed.pid}.* \\(not ended: it is no client: autovacuum, replication`) })
  t.strictSame(ended(events), [])
  t.equal(await feed.alive(), true)
})

t.test('a session that has begun another transaction meanwhile is not the one that was seen, and what has no session is left alone', async (t) => {
  const { url } = await createFresh(t)
  const database = await openDatabase(url)
  t.teardown(async () => await database.close())
  const other = await visit(t, url)
  const kept: EndedBlocker[] = []
  const ending: Ending = { policy: 'terminate', keep: async (_session, ended) => { kept.push(ended) } }
  const find = async (): Promise<Holder> => {
    const [holder] = await findBlockers(database, '"public"."users"', 'access exclusive')
    if (holder === undefined) throw new Error('nobody holds a lock')
    return holder
  }
  await other.client.query('begin; select count(*) from users')
  const before = await find()
  await other.client.query('commit; begin; select count(*) from users')
  t.equal(await endBlocker({ database }, ending, before), null)
  t.equal(await other.alive(), true)
  const early = await visit(t, url)
  await early.client.query('begin isolation level serializable; select count(*) from pg_class')
  await other.client.query('commit; begin isolation level serializable; select count(*) from users')
  const serialisable = await find()
  await other.client.query('commit; begin; select count(*) from users')
  t.equal(await endBlocker({ database }, ending, serialisable), null)
  t.equal(await other.alive(), true, 'nor for what an earlier one has read')
  t.equal(await endBlocker({ database }, ending, { ...await find(), table: '"pg_catalog"."pg_type"' }), null, 'nor is it ended for a lock on another table')
  t.equal(await other.alive(), true)
  t.match(await endBlocker({ database }, ending, { ...before, pid: null }), /COMMIT PREPARED/)
  t.strictSame(kept, [])
  t.equal(await endBlocker({ database }, ending, await find()), null)
  t.match(kept, [{ how: 'terminated', blocker: { pid: other.pid } }])
  await t.rejects(endBlocker({ database }, ending, { ...before, id: '\0' }), { code: '22021' }, 'what else fails is told')
})

t.test('the workers of a parallel query are not ended, but the session that they work for', async (t) => {
  const { open, url, events } = await createFresh(t)
  const reader = await visit(t, url)
  await reader.client.query('set parallel_setup_cost = 0; set parallel_tuple_cost = 0; set min_parallel_table_scan_size = 0')
  const reading = reader.client.query('select count(pg_sleep(10)) from users').catch(() => {})
  t.match(await (await open({ ...IMPATIENT, blockers: 'terminate' })).migrate(), { transitions: [{ phase: 'dual-write' }] })
  await reading
  t.strictSame(ended(events), [['terminated', reader.pid]])
})

t.test('D13 D24 a transaction from before the phase is ended when that is allowed, after half of the time that a step waits', async (t) => {
  const { open, url, events, knex } = await createGround(t, async (knex) => await createUsers(knex, 10))
  const first = await open({ lockDeadlineMs: 60, waitMs: 400, blockers: 'cancel' })
  await first.migrate()
  const old = await visit(t, url)
  await old.client.query('begin; select count(*) from users')
  await first.advance()
  events.length = 0
  await sleep(100)
  await t.rejects(first.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_TRANSACTIONS', message: new RegExp(`pid ${old.pid} .* \\(not ended: it is idle, .*have them ended \\(\`blockers\`, or \`--terminate-blockers\`\\)`) })
  t.equal(await old.alive(), true)
  const began = performance.now()
  t.match(await (await open({ lockDeadlineMs: 60, waitMs: 400, blockers: 'terminate' })).advance(), { phase: 'read-new' })
  t.ok(performance.now() - began >= 200)
  t.strictSame(ended(events), [['terminated', old.pid]])
  t.match(await knex('vintage.events').where({ event: 'blocker-ended' }), [{ phase: 'backfill', details: { pid: old.pid } }])
  const patient = await open({ lockDeadlineMs: 60_000, waitMs: 300, blockers: 'terminate' })
  await patient.rollback({ to: 'backfill' })
  const young = await visit(t, url)
  await young.client.query('begin; select count(*) from users')
  await knex.raw('update vintage.transitions set changed_at = clock_timestamp()')
  await t.rejects(patient.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_TRANSACTIONS' })
  t.equal(await young.alive(), true, 'nobody is ended who has not been there for longer than the deadline')
})

t.test('a transaction from before the phase that outlives being cancelled is cancelled again once a second, and told as often', async (t) => {
  const { open, url, events } = await createGround(t, async (knex) => await createUsers(knex, 10))
  const operator = await open({ lockDeadlineMs: 60, waitMs: 1_600, blockers: 'cancel' })
  await operator.migrate()
  const old = await visit(t, url)
  await old.client.query('begin; select count(*) from users; savepoint before')
  await operator.advance()
  events.length = 0
  const refused = t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_TRANSACTIONS' }).then(() => 'refused')
  const stubborn = (async () => {
    for (;;) await old.client.query('select pg_sleep(60)').catch(async () => await old.client.query('rollback to savepoint before'))
  })().catch(() => {})
  t.equal(await refused, 'refused')
  const times = events.filter(({ type }) => type === 'blocker-ended').length
  t.ok(times === 1 || times === 2, `${times} times`)
  await old.client.end()
  await stubborn
})

t.test('a policy that is none is refused', async (t) => {
  const { open } = await createGround(t, async (knex) => await createUsers(knex, 1))
  // @ts-expect-error: of the three words none
  await t.rejects(open({ blockers: 'kill' }), { code: 'FST_ERR_VINTAGE_INVALID_OPTION', message: /`blockers` must be one of 'wait', 'cancel', 'terminate', got kill/ })
})
