import t from 'tap'
import { openOperator } from '../../src/data/operator.js'
import { transition } from '../../src/data/transition.js'
import { openRegistry, type Registry } from '../../src/data/fleet/registry.js'
import { createDatabase } from '../database.js'
import { createGround, createUsers, FULL_NAME, named } from './fixtures.js'

t.test('status says where every transition is, who has acknowledged what, and how far the backfill is', async (t) => {
  const { operator, open, knex } = await createGround(t, async (knex) => await createUsers(knex, 20))
  t.same((await operator.status()).transitions, [{
    transition: 'users.full_name', table: 'users', phase: null, epoch: null, since: null, known: true, operator: null, paused: null, readView: null, backfill: null, strayWriters: [], shadowReads: { compared: 0, different: 0, last: null }, pendingRows: null, setAsideRows: null, next: 'expand', instances: []
  }])
  await operator.migrate()
  await knex.raw(`
    insert into vintage.instances values
      ('00000000-0000-0000-0000-000000000001', 'api-1', 'a', 1, 'b1', '{users.full_name}', now(), now() + interval '1 minute'),
      ('00000000-0000-0000-0000-000000000002', 'api-2', 'b', 2, null, '{}', now() + interval '1 s', now() - interval '1 minute'),
      ('00000000-0000-0000-0000-000000000003', 'api-3', 'c', 3, null, '{users.full_name}', now() + interval '2 s', now() + interval '1 minute');
    insert into vintage.acknowledgements values ('00000000-0000-0000-0000-000000000001', 'users.full_name', 1, 'expand', now()), ('00000000-0000-0000-0000-000000000002', 'users.full_name', 1, 'no phase', now())`)
  await knex.raw("update vintage.transitions set operator = 'Ada', operator_since = now(), operator_until = now() + interval '1 minute'")
  const [status] = (await operator.status()).transitions
  t.match(status, {
    table: 'public.users',
    phase: 'dual-write',
    epoch: 2,
    since: /^20.*Z$/,
    operator: { by: 'Ada', since: /Z$/, until: /Z$/ },
    pendingRows: 20,
    next: 'backfill',
    instances: [
      { name: 'api-1', live: true, knows: true, acknowledged: { phase: 'expand', epoch: 1 }, lag: 1 },
      { name: 'api-2', live: false, knows: false, acknowledged: null, lag: null },
      { name: 'api-3', live: true, knows: true, acknowledged: null, lag: null }
    ]
  })
  t.same(JSON.parse(JSON.stringify(status)), status, 'ready for JSON')
  await knex('vintage.acknowledgements').update({ epoch: 3 })
  t.equal((await operator.status()).transitions[0]?.instances[0]?.lag, 0, 'the phase may change while the status is read')
  await knex.raw("update vintage.transitions set operator_until = now() - interval '1 minute'; delete from vintage.instances")
  t.equal((await operator.status()).transitions[0]?.operator, null, 'a lease that has run out is nobody\'s')
  await operator.advance()
  t.match((await operator.status()).transitions[0]?.backfill, { filledRows: 20, estimatedRows: 20, percent: 100, finishedAt: String })
  const lock = await knex.transaction()
  await lock.raw('lock table users')
  t.equal((await operator.status()).transitions[0]?.pendingRows, null, 'what cannot be counted in time is not waited for')
  await lock.rollback()
  await operator.advance({ to: 'drop' })
  t.match((await (await open({ transitions: [] })).status()).transitions, [{ phase: 'drop', known: false, next: null, pendingRows: null }])
})

t.test('without any transition there is nothing to name', async (t) => {
  const { open } = await createGround(t, async () => {})
  const idle = await open({ transitions: [] })
  t.same(await idle.status(), { copyOf: null, transitions: [] })
  await t.rejects(idle.verify({ transition: 'x' }), { code: 'FST_ERR_VINTAGE_UNKNOWN_TRANSITION', message: /there are: none/ })
  const elsewhere = await open({ transitions: await named({ x: transition<string, string>({ ...FULL_NAME, table: 'shop.users' }) }) })
  t.match(await elsewhere.status(), { transitions: [{ table: 'shop.users' }] })
})

t.test('a phase that this build does not know is an error, not a guess', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 1))
  await operator.migrate()
  await knex.raw("update vintage.transitions set phase = 'later'")
  await t.rejects(operator.status(), { message: /phase `later` of `users.full_name` is not known/ })
})

t.test('a column that somebody took away under way stops the step', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 1))
  await operator.migrate()
  await operator.advance({ to: 'read-new' })
  await knex.raw('alter table users rename last_name to surname')
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_COLUMNS', message: /"users" no longer has `last_name`/ })
  await t.rejects(operator.plan(), { message: /column "last_name" of "public"."users" is not there any more/ })
})

t.test('every default will do, and the connection may be text, an object or a function', async (t) => {
  const { url, knex } = await createDatabase(t)
  await createUsers(knex, 1)
  const transitions = await named({ 'users.full_name': FULL_NAME })
  for (const connection of [url, { connectionString: url }, async () => ({ connectionString: url })]) {
    const operator = await openOperator({ connection, transitions })
    await operator.migrate()
    t.match((await operator.status()).transitions, [{ phase: 'dual-write' }])
    await operator.close()
  }
  t.match((await knex('vintage.events').first()).by, / \(pid \d+\)$/)
  const nowhere = await openOperator({ connection: 'postgres://nobody@127.0.0.1:1/none', transitions })
  await t.rejects(nowhere.status(), { code: 'ECONNREFUSED' })
  await nowhere.close()
})

t.test('a role that may use the table later than the first migrate takes part in the fleet, and speaks for itself only', async (t) => {
  const { operator, knex, url } = await createGround(t, async (knex) => {
    await createUsers(knex, 5)
    for (const role of ['late', 'other']) await knex.raw(`do $$ begin create role vintage_${role} login password '${role}'; exception when duplicate_object or unique_violation then null; end $$`)
    await knex.raw('grant select on users to public, vintage_other')
  })
  await operator.migrate()
  await knex.raw('grant select on users to vintage_late')
  t.same(await operator.migrate(), { migrations: [], transitions: [] })
  const as = async (role: string): Promise<Registry> => {
    const connection = Object.assign(new URL(url), { username: `vintage_${role}`, password: role }).href
    const registry = openRegistry({ served: (await import('knex')).default({ client: 'pg', connection, pool: { min: 0, max: 1 } }) }, ['users.full_name'], 10_000)
    t.teardown(async () => await registry.close())
    return registry
  }
  const late = await as('late')
  t.equal(await late.keepLease(), 'joined')
  t.equal(await late.keepLease(), 'renewed')
  const phases = await late.readPhases() ?? []
  await late.acknowledge(phases)
  await late.acknowledge(phases)
  const [instance] = await knex('vintage.instances')
  t.match(instance, { role: 'vintage_late' })
  const forge = async (sql: string): Promise<{ rowCount: number }> => {
    const trx = await knex.transaction()
    try {
      await trx.raw('set local role vintage_other')
      return await trx.raw(sql)
    } finally {
      await trx.rollback()
    }
  }
  t.match(await forge('delete from vintage.instances'), { rowCount: 0 })
  t.match(await forge("update vintage.instances set lease_until = now() - interval '1 day'"), { rowCount: 0 })
  t.match(await forge('update vintage.acknowledgements set epoch = 9'), { rowCount: 0 })
  const mine = `'${instance.id}', 'another', 9, 'hide', now()`
  await t.rejects(forge(`insert into vintage.acknowledgements values (${mine})`), { code: '42501' })
  await t.rejects(forge(`insert into vintage.acknowledgements values (${mine}, 'vintage_late')`), { code: '42501' })
  t.match(await forge('select * from vintage.instances'), { rowCount: 1 })
  t.equal((await knex.raw("select has_schema_privilege('public', 'vintage', 'usage') as granted")).rows[0].granted, false)
  await late.leave()
  t.same(await knex('vintage.acknowledgements'), [])
})

t.test('the whole walk works for an owner who is no superuser, with an application role beside it', async (t) => {
  const { url, knex, open } = await createGround(t, async (knex) => {
    await createUsers(knex, 50)
    await knex.raw("do $$ begin create role vintage_owner login password 'owner'; exception when duplicate_object or unique_violation then null; end $$")
    await knex.raw("do $$ begin create role vintage_app login password 'app'; exception when duplicate_object or unique_violation then null; end $$")
    const { rows: [{ db }] } = await knex.raw('select current_database() as db')
    await knex.raw('grant create on database ?? to vintage_owner', [db])
    await knex.raw('grant create on schema public to vintage_owner; alter table users owner to vintage_owner; grant select, insert, update, delete on users to vintage_app')
  })
  const as = (user: string): string => {
    const connection = new URL(url)
    connection.username = `vintage_${user}`
    connection.password = user
    return connection.href
  }
  const owner = await open({ connection: as('owner') })
  const reader = await knex.transaction()
  await reader.raw('select count(*) from users')
  const impatient = await open({ connection: as('owner'), lockAttempts: 1 })
  await t.rejects(impatient.migrate(), { code: 'FST_ERR_VINTAGE_REFUSED_LOCK', message: /pid \d+, AccessShareLock: <insufficient privilege>/ }, 'what another role does is counted, though not seen')
  await reader.rollback()
  await owner.migrate()
  const application = (await import('knex')).default({ client: 'pg', connection: as('app'), pool: { min: 0, max: 1 } })
  t.teardown(async () => await application.destroy())
  const write = async (): Promise<void> => {
    const [row] = await application('users').insert({ full_name: 'Ada Byron' }).returning('*')
    await application('users').where({ id: row.id }).update({ full_name: 'Grace Hopper' })
  }
  await write()
  t.match(await application('users').where({ first_name: 'Grace' }).first(), { last_name: 'Hopper' })
  await application.raw("insert into vintage.instances values (gen_random_uuid(), 'api', 'h', 1, null, '{}', now(), now())")
  t.match(await application('vintage.transitions').first(), { phase: 'dual-write' })
  for (const to of ['read-new', 'backfill', 'hide', 'read-new', 'drop'] as const) {
    const { phase } = (await owner.status()).transitions[0] ?? {}
    await ((phase === 'read-new' && to === 'backfill') || (phase === 'hide' && to === 'read-new') ? owner.rollback({ to }) : owner.advance({ to }))
    await write()
  }
  t.equal((await application('users').where({ full_name: 'Grace Hopper' })).length, 6)
  await knex.raw('drop schema vintage cascade; drop table users')
})

t.test('a number that is none is refused before anything is connected', async (t) => {
  const opening = async (options: object): Promise<unknown> => await openOperator({ connection: () => { throw new Error('connects') }, transitions: [], ...options })
  for (const name of ['workers', 'lockDeadlineMs', 'lockAttempts', 'batchRows', 'leaseMs', 'maxRowsPerSecond']) {
    for (const value of [0, 1.5, Number.NaN]) await t.rejects(opening({ [name]: value }), { code: 'FST_ERR_VINTAGE_INVALID_OPTION', message: new RegExp(`option \`${name}\` must be a whole number above 0, got ${value}`) })
  }
  for (const name of ['waitMs', 'strayWindowMs', 'soakMs', 'maxReplicaLagMs', 'maxSlotBytes', 'maxActiveSessions', 'maxAppLatencyMs']) {
    for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY]) await t.rejects(opening({ [name]: value }), { code: 'FST_ERR_VINTAGE_INVALID_OPTION', message: new RegExp(`option \`${name}\` must be a number of 0 or above, got ${value}`) })
  }
})
