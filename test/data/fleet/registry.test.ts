import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import knexFactory from 'knex'
import t from 'tap'
import { openRegistry } from '../../../src/data/fleet/registry.js'
import { createTwins } from '../knex/twins.js'

const LIMIT_MS = 200

t.test('D13 a process that was stopped past the limit takes an answer that has come meanwhile', async (t) => {
  const { root, url } = await createTwins(t, 'dual-write')
  const registry = openRegistry({ served: knexFactory({ client: 'pg', connection: url, pool: { min: 0, max: 1 } }) }, ['users.full_name'], LIMIT_MS)
  t.teardown(async () => await registry.close())
  await registry.readPhases()
  const locking = Promise.all([root.raw('begin; lock table vintage.transitions; select pg_sleep(0.15); commit')])
  await sleep(20)
  const reading = registry.readPhases()
  await sleep(20)
  // the question is there; this process stands still while the answer comes, and its timers are looked at before its sockets
  await nextTurn()
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * LIMIT_MS)
  t.match(await reading, [{ phase: 'dual-write' }])
  await locking
})

t.test('of a transition that is at drop no counters are told: what was compared has gone with its old side', async (t) => {
  const { root, url } = await createTwins(t, 'hide')
  const registry = openRegistry({ served: knexFactory({ client: 'pg', connection: url, pool: { min: 0, max: 1 } }) }, ['users.full_name'], 10 * LIMIT_MS)
  t.teardown(async () => await registry.close())
  const tell = async (): Promise<void> => await registry.reportShadowReads([{ transition: 'users.full_name', compared: 1, different: 0, last: null }])
  await tell()
  t.equal((await root('vintage.shadow_reads')).length, 1)
  await root('vintage.shadow_reads').del()
  await root('vintage.transitions').update({ phase: 'drop' })
  await tell()
  t.strictSame(await root('vintage.shadow_reads'), [])
})
