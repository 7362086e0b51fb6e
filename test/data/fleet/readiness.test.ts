import t, { type Test } from 'tap'
import { transition } from '../../../src/data/transition.js'
import { spanning, type SpanningOptions } from '../../../src/data/knex/spanning.js'
import { createDatabase } from '../../database.js'
import { createTwins, fullName } from '../knex/twins.js'

async function join (t: Test, url: string, versions: SpanningOptions['versions']) {
  const instance = await spanning({ knex: { client: 'pg', connection: url }, versions })
  t.teardown(instance.stop)
  return instance
}

t.test('D16 a build that needs what the database does not have yet refuses, and says what to run', async (t) => {
  const { url, knex: root } = await createDatabase(t)
  const early = await join(t, url, { 'users.full_name': fullName })
  const refusal = { code: 'FST_ERR_VINTAGE_REFUSED_NOT_READY', message: /`users\.full_name` has not begun\. Run `vintage migrate`/ }
  await t.rejects(early.start(), refusal)
  await t.rejects(early.knex('users'), refusal, 'nor is a statement sent')
  t.same((await root.raw("select to_regclass('vintage.instances') as found")).rows, [{ found: null }])
})

t.test('a build without transitions runs on a database that has never seen any', async (t) => {
  const { url } = await createDatabase(t)
  const { knex, start } = await join(t, url, {})
  await start()
  t.same((await knex.raw('select 1 as one')).rows, [{ one: 1 }])
})

t.test('D16 each way in which build and database do not fit is refused, and leaves no trace in the fleet', async (t) => {
  const { url, root, move } = await createTwins(t, 'dual-write')
  const changed = transition({ ...fullName, upgrade: { full_name: 'first_name' } })
  const refused = async (versions: SpanningOptions['versions'], expected: { code?: string, message: RegExp }): Promise<void> => {
    const { start } = await join(t, url, versions)
    await t.rejects(start(), expected)
    t.equal((await root('vintage.instances')).length, 1)
  }
  await refused({ 'users.full_name': changed }, { code: 'FST_ERR_VINTAGE_REFUSED_NOT_READY', message: /other columns or expressions/ })
  await refused({ 'users.full_name': fullName, 'users.other': fullName }, { message: /`users\.other` has not begun/ })
  await root('vintage.transitions').update({ phase: 'expand' })
  await refused({ 'users.full_name': fullName }, { code: 'FST_ERR_VINTAGE_REFUSED_NOT_READY', message: /is at `expand`/ })
  await root('vintage.transitions').update({ phase: 'dual-write', table_name: 'gone' })
  await refused({ 'users.full_name': fullName }, { message: /the table of transition `users\.full_name` is not there/ })
  await root('vintage.transitions').update({ phase: 'dual-write', table_name: 'users' })
  await move('hide')
  await refused({}, { code: 'FST_ERR_VINTAGE_REFUSED_UNKNOWN_TRANSITION', message: /`users\.full_name` is at `hide`.*Deploy a build/ })
  await move('drop')
  await refused({}, { code: 'FST_ERR_VINTAGE_REFUSED_UNKNOWN_TRANSITION', message: /`users\.full_name` is at `drop`/ })
})

t.test('a build that does not know a transition yet goes on with the old side', async (t) => {
  const { url, root } = await createTwins(t, 'dual-write')
  const { knex, start } = await join(t, url, {})
  await start()
  t.equal((await knex('live.users').where('id', 1).first('first_name')).first_name, 'Ada')
  t.equal((await root('vintage.instances').whereRaw("transitions = '{}'")).length, 1)
})

t.test('a second start() after a refusal tries again', async (t) => {
  const { url, root } = await createTwins(t, 'dual-write')
  await root('vintage.transitions').update({ phase: 'expand' })
  const { start, knex } = await join(t, url, { 'users.full_name': fullName })
  await t.rejects(start(), { code: 'FST_ERR_VINTAGE_REFUSED_NOT_READY' })
  await root('vintage.transitions').update({ phase: 'dual-write' })
  await start()
  t.equal((await knex('live.users').where('full_name', 'Bob').first('id')).id, 2)
})
