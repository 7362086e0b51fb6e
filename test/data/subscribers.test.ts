import { setTimeout as sleep } from 'node:timers/promises'
import knexFactory, { type Knex } from 'knex'
import t, { type Test } from 'tap'
import { ALL_MAJORS } from '../../scripts/postgres/majors.js'
import { startTestServer } from '../../scripts/testing/test-server.js'
import { openDatabase } from '../../src/data/database.js'
import { refuseUnready } from '../../src/data/gate/refuse-unready-subscribers.js'
import { openOperator, type Operator, type OperatorOptions } from '../../src/data/operator.js'
import { requireTransition } from '../../src/data/state/transitions.js'
import { createDatabase, majorOf } from '../database.js'
import { createUsers, FULL_NAME, named } from './fixtures.js'

const REFUSED = 'FST_ERR_VINTAGE_REFUSED_SUBSCRIBERS'

/** Two databases of a server that has logical replication. */
interface Pair { readonly publisher: Knex, readonly subscriber: Knex, open (options?: Partial<OperatorOptions>, at?: 'publisher' | 'subscriber'): Promise<Operator>, connectionOf (database: string): string }

async function createPair (t: Test): Promise<Pair> {
  const { knex } = await createDatabase(t)
  const served = await majorOf(knex)
  const server = await startTestServer(ALL_MAJORS.find((major) => major === served), { wal_level: 'logical', max_connections: '30', wal_retrieve_retry_interval: '50ms' })
  t.teardown(async () => await server.stop())
  const connectionOf = (database: string): string => Object.assign(new URL(server.url), { pathname: `/${database}` }).href
  const root = knexFactory({ client: 'pg', connection: server.url, pool: { min: 0, max: 1 } })
  await root.raw('create database publisher')
  await root.raw('create database subscriber')
  await root.destroy()
  const connect = (database: string): Knex => {
    const knex = knexFactory({ client: 'pg', connection: connectionOf(database), pool: { min: 0, max: 2 } })
    t.teardown(async () => await knex.destroy())
    return knex
  }
  const transitions = await named({ 'users.full_name': FULL_NAME })
  return {
    publisher: connect('publisher'),
    subscriber: connect('subscriber'),
    connectionOf,
    open: async (options = {}, at = 'publisher') => {
      const operator = await openOperator({ connection: connectionOf(at), transitions, waitMs: 5_000, strayWindowMs: 0, ...options })
      t.teardown(async () => await operator.close())
      return operator
    }
  }
}

/** A subscription within one server needs its slot made by hand. */
async function subscribe ({ publisher, subscriber, connectionOf }: Pair, publication: string): Promise<void> {
  await publisher.raw("select pg_create_logical_replication_slot('feed', 'pgoutput')")
  await subscriber.raw(`create subscription feed connection '${connectionOf('publisher')}' publication ${publication} with (create_slot = false, slot_name = 'feed', copy_data = true)`)
}

/** Waits until the subscriber shows what the publisher does, by the columns that are asked for. */
async function caughtUp (t: Test, { publisher, subscriber }: Pair, columns: readonly string[]): Promise<void> {
  const read = async (knex: Knex): Promise<string> => JSON.stringify(await knex('users').orderBy('id').select(...columns))
  const end = Date.now() + 20_000
  let [here, there] = ['', ' ']
  while (here !== there && Date.now() < end) {
    if (here !== '') await sleep(20);
    [here, there] = [await read(publisher), await read(subscriber)]
  }
  t.equal(there, here, columns.join(', '))
}

/** What the step itself looks at, for a publication that comes while it waits for its lock. */
async function lookUnderLock ({ connectionOf }: Pair): Promise<void> {
  const database = await openDatabase(connectionOf('publisher'))
  try {
    await refuseUnready(database, await requireTransition(database, 'users.full_name'))
  } finally {
    await database.close()
  }
}

async function lettingGo (pair: Pair): Promise<void> {
  await pair.subscriber.raw('alter subscription feed disable')
  await pair.subscriber.raw('alter subscription feed set (slot_name = none)')
  await pair.subscriber.raw('drop subscription feed')
  while ((await pair.publisher.raw("select active from pg_replication_slots where slot_name = 'feed'")).rows[0]?.active === true) await sleep(20)
  await pair.publisher.raw("select pg_drop_replication_slot('feed')")
}

t.test('D31 logical subscribers keep up through all phases when they are ready, and expand is refused when not', async (t) => {
  const pair = await createPair(t)
  const { publisher, subscriber, open } = pair
  await createUsers(publisher, 20)
  await createUsers(subscriber, 0)
  await subscriber.raw('alter table users alter last_name set not null')
  await publisher.raw('create publication shop for table users where (id > 0)')
  await subscribe(pair, 'shop')
  const unsure = await open()
  const ready = await open({ subscribersReady: true, by: 'ada' })
  const error: unknown = await unsure.migrate().catch((error: unknown) => error)
  t.match(error, { code: REFUSED, message: /publication shop carries "public"\."users", .*say `--subscribers-ready`: alter table "public"\."users" add column/ })
  t.notOk(await publisher.schema.hasColumn('users', 'full_name'), 'before any DDL')
  await subscriber.raw(/: (alter table .*)$/.exec(error instanceof Error ? error.message : '')?.[1] ?? 'no statement')
  await ready.migrate()
  t.match(await publisher('vintage.events').where({ event: 'subscribers-ready' }), [{ by: 'ada', details: { subscribers: ['publication shop'] } }])
  const sides = ['id', 'first_name', 'last_name', 'full_name', 'vintage_users_full_name_pending']
  await publisher('users').where({ id: 1 }).update({ first_name: 'Ada' })
  await publisher('users').where({ id: 2 }).update({ full_name: 'Grace Hopper' })
  await caughtUp(t, pair, sides)
  await unsure.advance({ to: 'backfill' })
  await caughtUp(t, pair, sides)
  await unsure.advance({ to: 'read-new' })
  await publisher('users').insert({ id: 100, full_name: 'Mary Ann' })
  await caughtUp(t, pair, sides)

  await publisher.raw('create publication late for tables in schema public')
  await t.rejects(unsure.advance({ to: 'hide' }), { code: REFUSED, message: /: publication late carries/ })
  await t.rejects(lookUnderLock(pair), { code: REFUSED, message: /: publication late carries/ })
  await ready.advance({ to: 'hide' })
  await lookUnderLock(pair)
  await publisher('users').where({ id: 3 }).update({ full_name: 'Hidden Column' })
  await publisher('users').insert({ id: 101, full_name: 'While Hidden' })
  await caughtUp(t, pair, ['id', 'full_name'])
  t.match(await subscriber('users').where({ id: 101 }).first(), { first_name: null, vintage_users_full_name_hidden_first_name: 'While' })
  await unsure.rollback({ to: 'backfill' })
  await publisher('users').where({ id: 101 }).update({ first_name: 'Again' })
  await caughtUp(t, pair, ['id', 'full_name'])
  await unsure.advance({ to: 'drop' })
  await publisher('users').where({ id: 4 }).update({ full_name: 'After Drop' })
  await publisher('users').insert({ id: 102, full_name: 'New Row' })
  await caughtUp(t, pair, ['id', 'full_name'])
  await lettingGo(pair)

  t.test('all tables carry schema vintage too; a slot of another plugin, and an identity of old columns', async (t) => {
    await publisher.raw('drop schema vintage cascade; drop table users; drop publication shop; drop publication late; create publication everything for all tables')
    await createUsers(publisher, 3)
    await t.rejects(unsure.migrate(), { code: REFUSED, message: /publication everything would carry the tables of schema `vintage` too/ })
    t.notOk((await publisher.raw("select to_regnamespace('vintage') as found")).rows[0].found)
    await publisher.raw('alter table users replica identity full')
    await t.rejects(ready.migrate(), { code: REFUSED, message: /publication everything carries .* replica identity \(FULL\)/ })
    await publisher.raw('update users set last_name = id; alter table users alter last_name set not null; create unique index users_last on users (last_name); alter table users replica identity using index users_last')
    await t.rejects(ready.migrate(), { code: REFUSED, message: /replica identity \(users_last\)/ })
    await publisher.raw('alter table users replica identity default; drop publication everything')
    await publisher.raw('create publication columns for table users (id, note)')
    await publisher.raw("select pg_create_logical_replication_slot('lake', 'test_decoding')")
    await t.rejects(unsure.migrate(), { code: REFUSED, message: /: logical slot lake \(test_decoding\), publication columns carries/ })
    t.match(await ready.migrate(), { transitions: [{ phase: 'dual-write' }] })
    await publisher.raw("select pg_drop_replication_slot('lake')")
  })

  t.test('a subscriber of all tables keeps up where it has schema vintage', async (t) => {
    await publisher.raw('drop schema vintage cascade; drop table users; drop publication columns; create publication everything for all tables')
    await subscriber.raw('drop table users')
    await createUsers(publisher, 3)
    await createUsers(subscriber, 0)
    await (await open({ transitions: [] }, 'subscriber')).migrate()
    await subscribe(pair, 'everything')
    await subscriber.raw('alter table users add column full_name text, add column vintage_users_full_name_pending boolean default true')
    await ready.migrate()
    await ready.advance({ to: 'read-new' })
    await caughtUp(t, pair, ['id', 'first_name', 'full_name', 'vintage_users_full_name_pending'])
    await lettingGo(pair)
  })
})
