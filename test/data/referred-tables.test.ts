import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import { openOperator } from '../../src/data/operator.js'
import { createGround, createUsers } from './fixtures.js'
import { createOnlineGround } from './online/fixtures.js'

const DEADLINE_MS = 100
const HURRIED = { lockAttempts: 2, lockDeadlineMs: DEADLINE_MS }
const REFERENCES = { references: { table: 'places', columns: ['name'] } }

/** Refuses with the name of who reads `places`, before it queues up behind, and goes through without. */
async function refusedWhileRead (t: Test, knex: Knex, work: () => Promise<unknown>, named = /AccessShareLock: select from places/): Promise<void> {
  const reader = await knex.transaction()
  await reader.raw('select from places')
  // older than a deadline
  await sleep(DEADLINE_MS + 20)
  await t.rejects(work(), { message: named })
  await reader.rollback()
}

t.test('D24 who reads the table that a foreign key of an old column refers to is named at drop, and nobody queues up behind', async (t) => {
  const { operator, open, knex, events } = await createGround(t, async (knex) => {
    await createUsers(knex, 3)
    await knex.raw('create table places (name text primary key); insert into places select distinct last_name from users; alter table users add foreign key (last_name) references places')
  })
  await operator.migrate()
  await operator.advance({ to: 'hide' })
  const hurried = await open(HURRIED)
  await refusedWhileRead(t, knex, async () => await hurried.advance())
  t.match(events.find(({ type }) => type === 'lock-retry'), { reason: 'a long transaction holds a lock on the table' })
  t.match(await operator.advance(), { phase: 'drop' })
})

t.test('D24 who reads the table that a foreign key refers to is named when online drops its column, or takes it back', async (t) => {
  const { knex, open } = await createOnlineGround(t)
  await knex.raw("create table places (name text primary key); insert into places values ('x'); alter table users add foreign key (note) references places")
  const hurried = open(HURRIED)
  await refusedWhileRead(t, knex, async () => await hurried.dropColumn('users', 'note'))
  t.equal(await open().dropColumn('users', 'note'), 'done')
  const reading = open({ lockAttempts: 3, report: (event) => { if (event.type === 'statement' && event.statement.includes('validate')) reader.raw('select from places').catch(t.fail) } })
  const reader = await knex.transaction()
  await t.rejects(reading.addForeignKey('users', ['email'], REFERENCES), { code: 'FST_ERR_VINTAGE_REFUSED_ROWS', message: /could not be taken back, .*select from places/ })
  await reader.rollback()
})

t.test('D24 who reads the table that a foreign key refers to is named when the key is swept', async (t) => {
  const { knex, url, open } = await createOnlineGround(t)
  const [operator, hurried] = [await openOperator({ connection: url, transitions: [] }), await openOperator({ connection: url, transitions: [], ...HURRIED })]
  t.teardown(async () => await Promise.all([operator.close(), hurried.close()]))
  await operator.migrate()
  await knex.raw('create table places (name text primary key)')
  const dying = open({ report: (event) => { if (event.type === 'statement' && event.statement.includes('validate')) throw new Error('killed') } })
  await t.rejects(dying.addForeignKey('users', ['email'], REFERENCES), { message: 'killed' })
  await knex('vintage.online_work').update({ at: knex.raw("at - interval '2 minutes'") })
  await refusedWhileRead(t, knex, async () => await hurried.sweep())
  t.match(await operator.sweep(), { objects: [{ kind: 'constraint', name: 'users_email_foreign' }] })
})

t.test('a constraint that was taken back is not noted as unfinished', async (t) => {
  const { knex, url, open } = await createOnlineGround(t)
  const operator = await openOperator({ connection: url, transitions: [] })
  t.teardown(async () => await operator.close())
  await operator.migrate()
  await t.rejects(open().addCheck('users', 'id > 3', { name: 'large' }), { message: /was taken back/ })
  t.strictSame(await knex('vintage.online_work'), [])
})
