import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { seededRandom } from '../../benchmark/statistics/random.js'
import { ada, buildLedger, VERSIONS } from './ledger.js'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

const MB = 1024 * 1024

t.test('A10 nothing that clients send stays in memory: version headers, unknown fields and values', async (t) => {
  const app = await buildLedger()
  t.teardown(() => app.close())
  const random = seededRandom(7)
  const word = () => random().toString(36).slice(2)
  async function send (count: number): Promise<number> {
    for (let index = 0; index < count; index++) {
      const version = index % 2 === 0 ? word() : String(VERSIONS[index % VERSIONS.length])
      await app.inject({ method: 'POST', url: `/accounts?${word()}=${word()}`, headers: { 'api-version': version }, payload: { ...ada, [word()]: word() } })
      await app.inject({ url: `/accounts?state=${word()}`, headers: { 'api-version': version } })
    }
    collect()
    collect()
    return process.memoryUsage().heapUsed
  }
  await send(200)
  const before = await send(400)
  const after = await send(1500)
  t.ok(after - before < MB, `${Math.round((after - before) / 1024)} KB more`)
})
