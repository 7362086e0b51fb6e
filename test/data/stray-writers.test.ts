import pg from 'pg'
import t, { type Test } from 'tap'
import { spanning } from '../../src/data/knex/spanning.js'
import { readStrayWriters } from '../../src/data/state/stray-writes.js'
import { createGround, createUsers, FULL_NAME } from './fixtures.js'

async function connect (t: Test, url: string, name: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name: name })
  await client.connect()
  t.teardown(async () => await client.end())
  return client
}

t.test('D30 hide is refused while a stray writer is about, and names his application, role and last time; status shows him', async (t) => {
  const { operator, open, url, knex } = await createGround(t, async (knex) => await createUsers(knex, 10))
  await operator.migrate()
  await operator.advance({ to: 'read-new' })
  const cron = await connect(t, url, 'nightly-import')
  await cron.query("update users set first_name = 'Ada' where id = 1")
  const careful = await open({ strayWindowMs: 600_000 })
  await t.rejects(careful.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_STRAY_WRITERS', message: /written within the last 10 min.*nightly-import as postgres, last at 20.*Z\. Deploy or stop them/ })
  await t.rejects((await open({ strayWindowMs: 60_000 })).advance(), { message: /within the last 60 s/ })
  t.match((await operator.status()).transitions[0], { phase: 'read-new', strayWriters: [{ application: 'nightly-import', role: 'postgres', lastAt: String }] })
  await (await connect(t, url, '')).query("update users set first_name = 'Ada' where id = 2")
  await t.rejects(careful.advance(), { message: /: a session without an application_name as postgres, last at .*; nightly-import as postgres, last at / })
  await knex.raw("update vintage.stray_writes set at = at - interval '11 minutes'")
  t.match(await careful.advance(), { phase: 'hide' })
  t.match((await operator.status()).transitions[0], { strayWriters: [] })
})

t.test('a session is noted once a minute at most whatever it writes, and not for what it takes back', async (t) => {
  const { operator, url, knex } = await createGround(t, async (knex) => await createUsers(knex, 500))
  await operator.migrate()
  const notes = async (): Promise<number> => Number((await knex('vintage.stray_writes').count({ notes: '*' }))[0]?.notes)
  const cron = await connect(t, url, '')
  await cron.query("begin; insert into users (first_name) values ('Ada'); rollback")
  t.equal(await notes(), 0)
  await cron.query("insert into users (first_name) values ('Ada')")
  t.equal(await notes(), 1)
  await cron.query("update users set first_name = first_name || '!'")
  t.ok(await notes() <= 2, 'a minute may have turned')
  await cron.query("select set_config('vintage.stray_users_full_name', '0', false)")
  await knex.raw("update vintage.stray_writes set at = at - interval '2 minutes'")
  await cron.query("update users set last_name = 'X' where id = 1")
  t.ok(await notes() >= 2)
})

t.test('sessions of one application are noted together, those of another and of another role by themselves', async (t) => {
  const { operator, url, knex } = await createGround(t, async (knex) => await createUsers(knex, 5))
  await operator.migrate()
  const write = async (name: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url, application_name: name })
    await client.connect()
    await client.query("update users set first_name = first_name || '!' where id = 1").finally(async () => await client.end())
  }
  for (let session = 0; session < 25; session++) await write('php')
  t.ok((await knex('vintage.stray_writes')).length <= 2, 'a minute may have turned')
  await write('nightly-import')
  await knex.raw("update vintage.stray_writes set role = 'somebody'")
  await write('php')
  t.match(await knex('vintage.stray_writes').distinct('application', 'role').orderBy(['application', 'role']), [
    { application: 'nightly-import', role: 'somebody' }, { application: 'php', role: 'postgres' }, { application: 'php', role: 'somebody' }
  ])
})

t.test('hide is entered within its deadline however many notes there are, and takes the old ones away; drop takes the rest', async (t) => {
  const { operator, open, url, knex } = await createGround(t, async (knex) => await createUsers(knex, 5), { strayWindowMs: 600_000, lockDeadlineMs: 100 })
  await operator.migrate()
  await operator.advance({ to: 'read-new' })
  const note = async (count: number, age: string, transition = 'users.full_name'): Promise<void> => {
    await knex.raw("insert into vintage.stray_writes (transition, application, role, at) select ?, 'php', 'ada', now() - ?::interval - i * interval '1 s' from generate_series(1, ?::int) i", [transition, age, count])
  }
  await note(50_000, '2 days')
  await note(3, '20 minutes')
  await note(1, '2 days', 'another')
  const client = await connect(t, url, '')
  const plans: unknown[] = []
  await readStrayWriters({
    query: async (sql, values = []) => {
      plans.push((await client.query(`explain ${sql}`, [...values])).rows)
      return []
    }
  }, 'users.full_name', 600_000)
  t.match(JSON.stringify(plans), /Index/)
  t.notMatch(JSON.stringify(plans), /Seq Scan/)
  t.match(await operator.advance(), { phase: 'hide' })
  t.strictSame(await knex('vintage.stray_writes').select('transition').count({ notes: '*' }).groupBy('transition').orderBy('transition'), [{ transition: 'another', notes: '1' }, { transition: 'users.full_name', notes: '3' }])
  await (await open({ strayWindowMs: 7 * 86_400_000 })).advance()
  t.strictSame(await knex('vintage.stray_writes').select('transition'), [{ transition: 'another' }])
})

t.test('who writes the new side only, an unrelated column, the defaults, or fills rows, is no stray writer', async (t) => {
  const { operator, url, knex } = await createGround(t, async (knex) => await createUsers(knex, 50))
  await operator.migrate()
  const { knex: live, start, stop } = await spanning({ knex: { client: 'pg', connection: url }, versions: { 'users.full_name': FULL_NAME } })
  t.teardown(stop)
  await start()
  await live('users').insert({ full_name: 'Grace Hopper' })
  await live('users').where({ id: 3 }).update({ full_name: 'Grace Hopper' })
  await live('users').update({ note: 'x' })
  await knex('users').insert({ note: 'neither side' })
  await knex('users').where({ id: 4 }).update({ first_name: 'First4' })
  await operator.advance({ to: 'read-new' })
  await live('users').where({ id: 5 }).update({ full_name: 'Grace Hopper' })
  t.strictSame(await knex('vintage.stray_writes'), [])
  await knex('users').where({ id: 6 }).update({ first_name: 'Both', full_name: 'Both Last6' })
  t.equal((await knex('vintage.stray_writes')).length, 1, 'who sets both sides names the old columns too')
})

t.test('an application role without any right in schema vintage can write the old side', async (t) => {
  const { operator, knex } = await createGround(t, async (knex) => await createUsers(knex, 5))
  await operator.migrate()
  await knex.transaction(async (trx) => {
    const role = `vintage_writer_${process.pid}`
    await trx.raw(`create role ${role}; grant insert, update, select on users to ${role}; set local role ${role}; update users set first_name = 'Ada' where id = 1; reset role`)
    t.match(await trx('vintage.stray_writes'), [{ role: 'postgres' }], 'the role that logged in')
    await trx.rollback()
  })
})

t.test('hide and drop wait for the soak of the phase before, and say until when', async (t) => {
  const { operator, open, knex } = await createGround(t, async (knex) => await createUsers(knex, 5))
  await operator.migrate()
  await operator.advance({ to: 'read-new' })
  const patient = await open({ soakMs: 3_600_000 })
  for (const [from, to] of [['read-new', 'hide'], ['hide', 'drop']] as const) {
    await t.rejects(patient.advance(), { code: 'FST_ERR_VINTAGE_REFUSED_SOAK', message: new RegExp(`has been at \`${from}\` since .*Z, and is to stay there until .*Z`) })
    await knex.raw("update vintage.transitions set changed_at = now() - interval '1 hour'")
    t.match(await patient.advance(), { phase: to })
  }
})
