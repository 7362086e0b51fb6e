import knexFactory from 'knex'
import t from 'tap'
import { FleetInstance } from '../../../src/data/fleet/instance.js'
import { openRegistry } from '../../../src/data/fleet/registry.js'
import { named } from '../fixtures.js'
import { createTwins, fullName } from '../knex/twins.js'

t.test('what is served changes with a relation that has a column of the same name, and with no other or temporary one', async (t) => {
  const { root, url } = await createTwins(t, 'dual-write')
  const served = knexFactory({ client: 'pg', connection: url, pool: { min: 0, max: 1 } })
  const transitions = await named({ 'users.full_name': fullName })
  const registry = openRegistry({ served }, transitions.map(({ name }) => name), 10_000)
  const fleet = new FleetInstance({ registry, transitions, pollMs: 5_000, leaseMs: 10_000, namesakesEveryMs: 0, onError: (error) => { throw error } })
  t.teardown(async () => await fleet.stop())
  await fleet.start()
  const { latest } = fleet
  await fleet.refresh()
  t.equal(fleet.latest, latest, 'nothing has changed')
  await root.transaction(async (trx) => {
    await trx.raw('create temporary table copies (full_name text)')
    await trx.raw('select 1 from copies')
  })
  await root.raw('create temporary table more_copies (full_name text)')
  await fleet.refresh()
  t.equal(fleet.latest, latest, 'a temporary table of another session bears on nothing')
  await root.raw('create table live.nicknames (full_name text, nick text)')
  await fleet.refresh()
  t.not(fleet.latest, latest)
  t.match(fleet.latest?.states.others?.find(({ table }) => table === 'nicknames'), { schema: 'live', namesakes: new Set(['full_name']) })
})
