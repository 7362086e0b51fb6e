import knexFactory from 'knex'
import t, { type Test } from 'tap'
import { openOperator, type Operator, type OperatorOptions } from '../../src/data/operator.js'
import { spanning } from '../../src/data/knex/spanning.js'
import { copyDatabase, createDatabase } from '../database.js'
import { createUsers, FULL_NAME, named } from './fixtures.js'
import { createRoles, urlAs } from './roles.js'

const VERSIONS = { 'users.full_name': FULL_NAME }
const COPY = { code: 'FST_ERR_VINTAGE_REFUSED_COPY', message: /^this database is a copy of `vintage_test_\w+` \((cluster \d+, )?oid \d+\).*`vintage adopt` takes the copy over/ }

async function open (t: Test, connection: string, options: Partial<OperatorOptions> = {}): Promise<Operator> {
  const operator = await openOperator({ connection, transitions: await named(VERSIONS), waitMs: 500, strayWindowMs: 3_600_000, by: 'ada', ...options })
  t.teardown(async () => await operator.close().catch(() => {}))
  return operator
}

t.test('D29 a restored copy waits for `adopt`, and goes on from where it stands, whoever was at the origin', async (t) => {
  const { url, knex } = await createDatabase(t)
  await createUsers(knex, 20)
  const origin = await open(t, url)
  t.strictSame(await origin.adopt(), { copyOf: null, transitions: [] }, 'nothing is there yet')
  await origin.migrate()
  await origin.advance({ to: 'read-new' })
  await knex('users').where({ id: 1 }).update({ first_name: 'Old', last_name: 'writer' })
  const instance = { name: 'api', host: 'far', pid: 1, build: null, transitions: [], started_at: new Date() }
  const leases = { '00000000-0000-4000-8000-000000000001': 60_000, '00000000-0000-4000-8000-000000000002': -1 }
  for (const [id, leaseMs] of Object.entries(leases)) await knex('vintage.instances').insert({ ...instance, id, lease_until: new Date(Date.now() + leaseMs) })
  await knex('vintage.shadow_reads').insert({ instance: '00000000-0000-4000-8000-000000000001', name: 'api', transition: 'users.full_name', compared: 9, different: 1 })
  await knex('vintage.transitions').update({ operator: 'bob', operator_since: knex.fn.now(), operator_until: knex.raw("now() + interval '1 hour'") })
  t.strictSame(await origin.adopt(), { copyOf: null, transitions: [] }, 'the origin is no copy')
  await Promise.all([origin.close(), knex.destroy()])

  const copy = await copyDatabase(t, url)
  const root = knexFactory({ client: 'pg', connection: copy, pool: { min: 0, max: 2 } })
  t.teardown(async () => await root.destroy())
  const operator = await open(t, copy)
  const { copyOf, transitions } = await operator.status()
  t.match(copyOf, { databaseName: new URL(url).pathname.slice(1), databaseOid: /^\d+$/, systemIdentifier: /^-?\d+$/ })
  t.match(transitions, [{ phase: 'read-new', operator: { by: 'bob' } }])
  const commands = [operator.migrate, operator.advance, operator.plan, operator.verify, operator.pause, operator.resume, operator.listSetAside, operator.retrySetAside, operator.releaseSetAside]
  for (const command of commands) await t.rejects(async () => { await command() }, COPY)
  await t.rejects(operator.rollback({ to: 'backfill' }), COPY)
  t.strictSame((await operator.status()).transitions, transitions, 'nothing was done')

  const app = await spanning({ knex: { client: 'pg', connection: copy }, versions: VERSIONS, pollMs: 20 })
  t.teardown(app.stop)
  await app.start()
  t.match(await app.knex('users').where({ full_name: 'Old writer' }), [{ id: 1 }], 'an app works in a copy')
  t.match(await operator.adopt(), { copyOf, transitions: [{ transition: 'users.full_name', phase: 'read-new' }] })
  t.strictSame(await operator.adopt(), { copyOf: null, transitions: [] }, 'the second time there is nothing to do')
  t.match(await operator.status(), { copyOf: null, transitions: [{ operator: null, strayWriters: [], shadowReads: { compared: 0 }, instances: [{ pid: process.pid }] }] })
  t.equal((await operator.status()).transitions[0]?.instances.length, 1)
  t.match(await root('vintage.events').where({ event: 'adopted' }), [{ by: 'ada', phase: 'read-new', details: { copyOf } }])
  await t.rejects((await open(t, copy, { soakMs: 3_600_000 })).advance(), { code: 'FST_ERR_VINTAGE_REFUSED_SOAK' }, 'soaking begins anew')
  t.match(await operator.advance(), { phase: 'hide' })
  t.match(await app.knex('users').where({ full_name: 'Old writer' }), [{ id: 1 }])
})

t.test('D29 a database of another cluster is a copy, one that was renamed is none, and what a copy has written itself stays', async (t) => {
  const { url, knex } = await createDatabase(t)
  await createUsers(knex, 5)
  const operator = await open(t, url)
  await operator.migrate()
  await operator.advance()
  await knex('vintage.origin').update({ database_name: 'before' })
  t.match(await operator.status(), { copyOf: null })
  // what pg_restore into another server, or pg_upgrade, leaves
  await knex('vintage.origin').update({ system_identifier: '1' })
  t.match(await operator.status(), { copyOf: { databaseName: 'before', systemIdentifier: '1' } })
  await t.rejects(operator.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_COPY', message: /copy of `before` \(cluster 1, oid \d+\)/ })
  await knex('users').where({ id: 1 }).update({ first_name: 'Old', last_name: 'writer' })
  t.match(await operator.adopt(), { transitions: [{ phase: 'backfill' }] })
  t.match(await operator.status(), { transitions: [{ strayWriters: [{ lastAt: String }] }] })
  t.match(await operator.advance(), { phase: 'read-new' })
})

t.test('D29 a role that may not read the number of the cluster goes by the database alone', async (t) => {
  const { url, knex } = await createDatabase(t)
  await createRoles(knex)
  await knex.raw('revoke execute on function pg_control_system() from public')
  await knex.raw('set role vintage_moves; create table users (id int primary key, first_name text, last_name text); reset role')
  const operator = await open(t, urlAs('vintage_moves', url))
  await operator.migrate()
  t.match(await knex('vintage.origin').first(), { system_identifier: null })
  t.match(await operator.status(), { copyOf: null })
  await knex('vintage.origin').update({ database_oid: 1 })
  await t.rejects(operator.migrate(), { code: 'FST_ERR_VINTAGE_REFUSED_COPY', message: / \(oid 1\)/ })
  t.match(await operator.adopt(), { copyOf: { systemIdentifier: null } })
  t.strictSame((await operator.migrate()).migrations, [])
})
