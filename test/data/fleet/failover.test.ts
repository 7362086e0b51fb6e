import { setTimeout as sleep } from 'node:timers/promises'
import type { Knex } from 'knex'
import t from 'tap'
import { namesOf, quote } from '../../../src/data/names.js'
import { spanning } from '../../../src/data/knex/spanning.js'
import { createTwins, fullName } from '../knex/twins.js'

const { marker, insertTrigger, updateTrigger } = namesOf('users.full_name')

async function caughtUp (root: Knex): Promise<void> {
  while ((await root.raw('select from vintage.transitions t join vintage.acknowledgements a on a.transition = t.name where a.epoch <> t.epoch or a.phase <> t.phase')).rows.length > 0) await sleep(5)
}

t.test('D16 a failover that takes the last step and its rows back is followed, and so is the step when it is taken again', async (t) => {
  const { live, plain, root, move } = await createTwins(t, 'backfill', { pollMs: 20 })
  const equal = async (when: string): Promise<void> => { t.strictSame(await live('users').orderBy('id'), await plain('users').orderBy('id'), when) }
  await root.raw('create table kept as table live.users; create table kept_state as table vintage.transitions; create table kept_acknowledgements as table vintage.acknowledgements')
  await move('read-new')
  await caughtUp(root)
  await equal('at read-new')
  await root.raw(`begin; alter table live.users disable trigger user; delete from live.users; insert into live.users table kept;
    alter table live.users enable always trigger ${quote(insertTrigger)}, enable always trigger ${quote(updateTrigger)};
    update vintage.transitions t set phase = k.phase, epoch = k.epoch from kept_state k; delete from vintage.acknowledgements; insert into vintage.acknowledgements table kept_acknowledgements; commit`)
  t.ok(await root('live.users').where(marker, true).first(), 'rows are unfilled again')
  await sleep(60)
  await equal('at the epoch before')
  await move('read-new')
  await caughtUp(root)
  await equal('at read-new again')
})

t.test('D16 an acknowledgement that a failover has lost is given again, though the instance has seen no other epoch', async (t) => {
  const { root } = await createTwins(t, 'backfill', { pollMs: 20, leaseMs: 450 })
  await root('vintage.acknowledgements').update({ epoch: 0 })
  await caughtUp(root)
  t.match(await root('vintage.acknowledgements').first(), { phase: 'backfill' })
})

t.test('D16 a knex bound to a database that does not take writes fails at once, rather than being served in a phase that it cannot follow', async (t) => {
  const { root, url } = await createTwins(t, 'backfill')
  await root.raw(`alter database ${quote(new URL(url).pathname.slice(1))} set default_transaction_read_only = on`)
  const { knex, stop } = await spanning({ knex: { client: 'pg', connection: url, searchPath: ['live'] }, versions: { 'users.full_name': fullName } })
  t.teardown(stop)
  await t.rejects(async () => await knex('users'), { code: 'FST_ERR_VINTAGE_READ_ONLY_SERVER' })
})
