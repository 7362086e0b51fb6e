import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import { spanning, type SpanningOptions } from '../../../src/data/knex/spanning.js'
import { transition } from '../../../src/data/transition.js'
import { createTwins, fullName } from '../knex/twins.js'

async function until (condition: () => Promise<unknown>): Promise<void> {
  while (!await condition()) await sleep(10)
}

/** What a read is refused with, once the lease has run out. */
async function refusalOf (knex: Knex): Promise<unknown> {
  for (;;) {
    const refusal: unknown = await knex('users').first().then(() => undefined, (error: unknown) => error)
    if (refusal !== undefined) return refusal
    await sleep(10)
  }
}

/** One more instance in this process. */
async function join (t: Test, url: string, options: Partial<SpanningOptions> = {}) {
  const errors: unknown[] = []
  const instance = await spanning({
    knex: { client: 'pg', connection: url, searchPath: ['live', 'public'] },
    versions: { 'users.full_name': fullName },
    pollMs: 20,
    ...options
  }, (error) => errors.push(error))
  t.teardown(instance.stop)
  return { ...instance, errors }
}

const phasesOf = async (root: Knex): Promise<string[]> =>
  (await root('vintage.acknowledgements as a').join('vintage.instances as i', 'i.id', 'a.instance').orderBy('i.name').select('i.name', 'a.phase')).map(({ name, phase }) => `${name} ${phase}`)

t.test('each instance acknowledges a phase on its own, when its own work of the earlier one has ended', async (t) => {
  const { root, url, move } = await createTwins(t, 'backfill', { instance: { name: 'one' }, pollMs: 20 })
  const two = await join(t, url, { instance: { name: 'two', build: 'x' } })
  await two.start()
  t.strictSame(await phasesOf(root), ['one backfill', 'two backfill'])
  const trx = await two.knex.transaction()
  await move('read-new')
  await until(async () => (await phasesOf(root)).includes('one read-new'))
  await sleep(100)
  t.strictSame(await phasesOf(root), ['one read-new', 'two backfill'])
  await trx.commit()
  await until(async () => (await phasesOf(root)).includes('two read-new'))
  await two.stop()
  t.strictSame(await phasesOf(root), ['one read-new'], 'who leaves is forgotten')
  await t.rejects(two.knex('users'), 'its pool has ended')
  await t.rejects(two.start(), { code: 'FST_ERR_VINTAGE_STOPPED' })
})

t.test('the first statement joins the fleet where start() was not called, and no two of them do so twice', async (t) => {
  const { root, url } = await createTwins(t, 'dual-write', { instance: { name: 'one' } })
  const { knex } = await join(t, url, { instance: { name: 'script' } })
  const rows = await Promise.all([1, 2, 3].map(async (id) => await knex('users').where({ id }).first('full_name')))
  t.strictSame(rows.map(({ full_name: name }) => name), ['Ada Lovelace', 'Bob', 'Ana María Ñ'])
  t.equal((await root('vintage.instances').where('name', 'script')).length, 1)
})

t.test('who was removed from the fleet by somebody else joins and acknowledges again', async (t) => {
  const { root, url } = await createTwins(t, 'dual-write', { instance: { name: 'one' } })
  const { start } = await join(t, url, { instance: { name: 'two' }, leaseMs: 600 })
  await start()
  await root('vintage.instances').where('name', 'two').delete()
  await until(async () => (await phasesOf(root)).includes('two dual-write'))
})

t.test('a database that does not answer is told once, statements wait for it, and work goes on when it is back', async (t) => {
  const { root, url } = await createTwins(t, 'dual-write')
  const { knex, start, errors } = await join(t, url, { leaseMs: 600 })
  const printed = t.capture(console, 'log')
  await start()
  const lock = await root.transaction()
  await lock.raw('lock table vintage.instances')
  t.match(await refusalOf(knex), { code: 'FST_ERR_VINTAGE_SILENT_DATABASE' }, 'nothing is sent without a lease')
  await until(async () => errors.length > 0)
  await lock.rollback()
  await until(async () => await knex('users').first().catch(() => undefined))
  t.match(errors, [{ code: 'FST_ERR_VINTAGE_SILENT_DATABASE' }])
  t.equal(errors.length, 1)
  t.strictSame(printed.args(), [], 'nothing is printed past onError')
})

t.test('stop() with a database that is down tells so and resolves: the lease runs out', async (t) => {
  const { root, url } = await createTwins(t, 'dual-write')
  const { start, stop, errors } = await join(t, url, { leaseMs: 600 })
  await start()
  const lock = await root.transaction()
  await lock.raw('lock table vintage.instances')
  await stop()
  t.match(errors.at(-1), { code: 'FST_ERR_VINTAGE_SILENT_DATABASE' })
  await lock.rollback()
})

t.test('a build that is refused says why, also when it cannot leave the fleet', async (t) => {
  const { root, url } = await createTwins(t, 'dual-write')
  const { start, errors } = await join(t, url)
  await root('vintage.transitions').update({ phase: 'expand' })
  await root.raw(`create function live.no() returns trigger language plpgsql as 'begin raise exception $$stay$$; end';
    create trigger no before delete on vintage.instances for each row execute function live.no()`)
  await t.rejects(start(), { code: 'FST_ERR_VINTAGE_REFUSED_NOT_READY' })
  t.match(errors, [{ message: 'stay' }])
})

t.test('a connection of the instance that breaks is replaced', async (t) => {
  const { root, url } = await createTwins(t, 'dual-write', { instance: { name: 'one' } })
  const { knex, start } = await join(t, url, { leaseMs: 600, knex: { client: 'pg', connection: `${url}?application_name=broken`, searchPath: ['live', 'public'] } })
  await start()
  await root.raw("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'broken'")
  await sleep(300)
  t.equal((await knex('users').where('id', 2).first()).full_name, 'Bob')
})

t.test('a phase of a later release is not guessed at', async (t) => {
  const { root, url } = await createTwins(t, 'dual-write')
  const { knex, start, errors } = await join(t, url, { leaseMs: 600 })
  await start()
  await root('vintage.transitions').update({ phase: 'sideways' })
  await until(async () => errors.length > 0)
  t.match(errors[0], { message: /does not understand.*sideways/ })
  t.match(await refusalOf(knex), { message: /sideways/ })
})

t.test('partitions and children of the table are served like it', async (t) => {
  const { root, url, live } = await createTwins(t, 'dual-write')
  await root.raw('create table live.former_users () inherits (live.users)')
  await root.raw("insert into live.former_users (id, email, first_name, last_name) values (77, 'f', 'Old', 'User')")
  const { knex } = await join(t, url)
  t.strictSame(await knex('former_users').select('id', 'full_name'), [{ id: 77, full_name: 'Old User' }])
  t.strictSame(await knex('users').where('id', 77).pluck('full_name'), ['Old User'])
  t.equal((await live('users')).length, 7)
})

t.test('columns of other tables are known, so that bare names in sub-queries need no qualifier', async (t) => {
  const { root, url, live } = await createTwins(t, 'dual-write')
  await root.raw('create table live.nicknames (full_name text, nick text); create table hidden_one (x int)')
  await t.rejects(live.raw('select (select nick from nicknames where full_name = $$Bob$$) from users'), { code: 'FST_ERR_VINTAGE_STATEMENT_AMBIGUOUS' })
  const { knex } = await join(t, url)
  t.equal((await knex.raw('select (select nick from nicknames where full_name = $$Bob$$) from users')).rows.length, 6)
})

t.test('columns of other tables are looked up again when another transition comes back', async (t) => {
  const { root, url } = await createTwins(t, 'dual-write')
  await root.raw('alter table live.orders add column tag text, add column hint text, add column vintage_orders_hint_pending boolean not null default true')
  await root.raw('create table live.hints as select $$x$$ as hint, $$found$$ as kind')
  const hint = transition({ table: 'live.orders', before: { tag: 'text' }, after: { hint: 'text' }, upgrade: { hint: 'tag' }, downgrade: { tag: 'hint' } })
  const row = { table_schema: 'live', table_name: 'orders', definition: JSON.stringify(hint), epoch: 1, begun_at: new Date(), changed_at: new Date() }
  await root('vintage.transitions').insert({ ...row, name: 'orders.hint', phase: 'drop' })
  const { start, knex } = await join(t, url, { versions: { 'users.full_name': fullName, 'orders.hint': hint } })
  await start()
  const acknowledged = async (): Promise<boolean> => (await phasesOf(root)).some((line) => line.endsWith(' backfill'))
  await root('vintage.transitions').where('name', 'orders.hint').update({ phase: 'backfill', epoch: 2 })
  await until(acknowledged)
  t.strictSame((await knex.raw('select (select max(kind) from hints where hint = $$x$$) as kind from orders where id = 1')).rows, [{ kind: 'found' }])
})

t.test('an upsert that might meet a key of the new side waits until all rows are filled', async (t) => {
  const { root, url } = await createTwins(t, 'dual-write')
  const name = { email: 'b@x', full_name: 'Robert' }
  const { knex } = await join(t, url)
  t.equal((await knex('users').insert(name).onConflict().ignore().returning('id')).length, 0)
  await root.raw('create unique index by_name on live.users (lower(full_name)) where id > 1000')
  const { knex: later } = await join(t, url)
  await t.rejects(later('users').insert(name).onConflict().ignore(), { code: 'FST_ERR_VINTAGE_STATEMENT_UNFILLED_KEY', message: /`full_name`/ })
  t.equal((await later('users').insert(name).onConflict('email').ignore().returning('id')).length, 0)
})

t.test('an instance follows through all phases and back while it reads', async (t) => {
  const { live, root, move } = await createTwins(t, 'dual-write', { instance: { name: 'one' }, pollMs: 20 })
  for (const phase of ['backfill', 'read-new', 'hide', 'drop'] as const) {
    await move(phase)
    await until(async () => {
      t.equal((await live('users').where('full_name', 'Bob').first('id')).id, 2, phase)
      return (await phasesOf(root)).includes(`one ${phase}`)
    })
  }
})
