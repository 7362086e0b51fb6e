import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { change, rename, replace } from 'fastify-vintage'
import type { Compilers } from '../../src/http/compilers.js'
import { inspectionsOf } from '../../src/http/inspection.js'
import { placesOf } from '../../src/http/places.js'
import { buildWarmUp } from '../../src/http/warm-up.js'
import { V0, V1, V2, buildApp, collectLog } from './shop.js'

const User = Type.Object({ id: Type.Integer(), name: Type.String() }, { $id: 'User' })
const Order = Type.Object({ number: Type.Integer(), user: User }, { $id: 'Order' })

const versions = {
  [V0]: [],
  [V1]: change('`no` is now `number`', 'Order', rename({ no: 'number' })),
  [V2]: change('`called` is now `name`', 'User', rename({ called: 'name' }))
}

async function buildShop (t: Test, options: object = {}) {
  const app = await buildApp(t, { versions, default: V0, ...options })
  app.get('/users', { schema: { response: { 200: Type.Array(User) } } }, async () => [{ id: 1, name: 'Ada' }])
  app.get('/orders', { schema: { response: { 200: Type.Array(Order) } } }, async () => [{ number: 1, user: { id: 1, name: 'Ada' } }])
  app.get('/orders/:id', { schema: { response: { 200: Order } } }, async () => ({ number: 1, user: { id: 1, name: 'Ada' } }))
  app.post('/users', { schema: { body: User, response: { 201: User } } }, async ({ body }, reply) => reply.code(201).send(body))
  return app
}

async function untilWarm (app: Awaited<ReturnType<typeof buildShop>>) {
  for (let turn = 0; turn < 1000 && !app.vintage.stats().warm; turn++) await sleep(10)
}

t.test('once the server listens all pairs of schema and version are compiled in the background; no request waits then', async (t) => {
  const app = await buildShop(t)
  t.strictSame(app.vintage.stats(), { pairs: 0, compiled: 0, cold: 0, conversions: 0, warm: false }, 'before ready')
  await app.listen({ port: 0 })
  await untilWarm(app)
  const stats = app.vintage.stats()
  t.match(stats, { pairs: 7, compiled: 7, cold: 0, warm: true })
  t.strictSame((await app.inject({ url: '/users', headers: { 'api-version': V0 } })).json(), [{ id: 1, called: 'Ada' }])
  t.strictSame(app.vintage.stats(), stats, 'nothing is compiled by a request')
})

t.test('versions in which a schema is the same share one compiled form, whichever places hold it', async (t) => {
  const app = await buildShop(t)
  await app.ready()
  const get = async (url: string, version: string) => (await app.inject({ url, headers: { 'api-version': version } })).json()
  t.strictSame(await get('/users', V0), await get('/users', V1))
  t.match(app.vintage.stats(), { compiled: 1, cold: 1, conversions: 2 }, 'the list and the user in it')
  t.notSame(await get('/orders', V0), await get('/orders', V1))
  t.match(app.vintage.stats(), { compiled: 3, cold: 3, conversions: 6 }, 'the user in the orders is the one that is known already')
  await get('/orders/1', V0)
  t.match(app.vintage.stats(), { compiled: 4, cold: 4, conversions: 6 }, 'and so is the order')
})

t.test('what is used most is compiled first', async (t) => {
  const app = await buildShop(t, { warmUp: false })
  await app.ready()
  const order: string[] = []
  const compilers: Pick<Compilers, 'warm'> = { warm: ({ version }, role) => [() => order.push(`${role} ${version}`)] }
  const warmUp = buildWarmUp(compilers, 3, { error: () => { t.fail('nothing is logged') } })
  const routes = inspectionsOf(app)[0]?.routes ?? []
  const contracts = inspectionsOf(app)[0]?.contracts()
  if (contracts === undefined || contracts === null) throw new Error('the app is not ready')
  const collected = new Map(routes.map((route) => [route, new Map(route.methods.map((method) => [method, placesOf(`${method} ${route.url}`, route.options.schema)]))]))
  for (const { prepared } of routes) {
    for (const [method, conversion] of prepared?.conversions ?? []) prepared?.conversions instanceof Map && prepared.conversions.set(method, warmUp.traffic.count(conversion))
  }
  const orders = routes.find(({ url }) => url === '/orders/:id')?.prepared?.conversions.get('GET')
  for (let count = 0; count < 3; count++) orders?.responseShape(1, 200, 'application/json')
  warmUp.plan(collected, contracts)
  const { pairCount } = warmUp
  t.ok(pairCount >= 7)
  const [first] = routes
  if (first !== undefined) warmUp.plan(new Map([...collected, [{ ...first, prepared: null }, new Map(collected.get(first))]]), contracts)
  t.equal(warmUp.pairCount, pairCount, 'a route that is not prepared has none')
  warmUp.start()
  warmUp.start()
  for (let turn = 0; turn < 500 && order.length < warmUp.pairCount; turn++) await sleep(5)
  t.equal(order[0], 'response 2001-01-01', 'the order at V1, of the route and version that were asked for')
  t.equal(order.length, warmUp.pairCount, 'each once, however often it was begun')
})

/** Counts how many of the given steps, of 4 ms each, a warm-up takes until `isOver`. */
async function countSlices (t: Test, isOver: (slices: number) => Promise<boolean>): Promise<number> {
  const app = await buildShop(t, { warmUp: false })
  await app.ready()
  let slices = 0
  const spin = () => {
    slices++
    for (const until = performance.now() + 4; performance.now() < until;);
  }
  const [inspection] = inspectionsOf(app)
  const contracts = inspection?.contracts() ?? null
  if (inspection === undefined || contracts === null) throw new Error('the app is not ready')
  const warmUp = buildWarmUp({ warm: () => Array(1000).fill(spin) }, 3, { error: () => { t.fail('nothing is logged') } })
  warmUp.plan(new Map(inspection.routes.map((route) => [route, new Map(route.methods.map((method) => [method, placesOf(`${method} ${route.url}`, route.options.schema)]))])), contracts)
  warmUp.start()
  while (!await isOver(slices)) continue
  warmUp.stop()
  return slices
}

t.test('while the process has other work the warm-up takes a two hundredth of the time, else a tenth', async (t) => {
  const overAt = performance.now() + 600
  const busy = await countSlices(t, async () => {
    for (const until = performance.now() + 5; performance.now() < until;);
    await nextTurn()
    return performance.now() > overAt
  })
  t.ok(busy >= 1 && busy <= 2, `${busy} slices of 4 ms in 600 ms`)
  const idle = await countSlices(t, async (slices) => {
    await sleep(20)
    return slices >= 5
  })
  t.ok(idle >= 5, 'it goes on meanwhile when there is nothing to do')
})

t.test('a schema that cannot be compiled is logged with place and version, and the others go on', async (t) => {
  const { lines, logger } = collectLog()
  const broken = change('odd', 'User', replace({ before: { called: Type.Unsafe<string>({ type: 'nothing' }) }, after: { name: Type.String() }, downgrade: ({ name }) => ({ called: name }) }))
  const Line = Type.Object({ number: Type.Integer() }, { $id: 'Line' })
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [broken, change('lines', 'Line', rename({ no: 'number' }))] } }, { logger })
  app.get('/lines', { schema: { response: { 200: Line } } }, async () => ({ number: 1 }))
  app.get('/users', { schema: { response: { 200: User } } }, async () => ({ id: 1, name: 'Ada' }))
  await app.listen({ port: 0 })
  for (let turn = 0; turn < 500 && !lines.some(({ vintage }) => vintage !== undefined); turn++) await sleep(10)
  t.match(lines.find(({ vintage }) => vintage !== undefined), { vintage: { place: 'GET /users 200', version: V0 }, err: {} })
  for (let turn = 0; turn < 500 && app.vintage.stats().compiled === 0; turn++) await sleep(10)
  t.match(app.vintage.stats(), { pairs: 2, compiled: 1, warm: false })
})

t.test('with `warmUp: false`, or once the app closes, nothing is compiled ahead', async (t) => {
  const app = await buildShop(t, { warmUp: false })
  await app.listen({ port: 0 })
  await sleep(50)
  t.match(app.vintage.stats(), { compiled: 0, warm: false })
  const closed = await buildShop(t)
  await closed.listen({ port: 0 })
  await closed.close()
  const { compiled } = closed.vintage.stats()
  await sleep(50)
  t.equal(closed.vintage.stats().compiled, compiled)
})

t.test('a request that is quicker than the warm-up compiles what it needs, and the warm-up leaves that out', async (t) => {
  const app = await buildShop(t)
  await app.ready()
  await app.inject({ url: '/users', headers: { 'api-version': V0 } })
  await app.listen({ port: 0 })
  await untilWarm(app)
  t.match(app.vintage.stats(), { pairs: 7, compiled: 7, cold: 1, warm: true })
})

t.test('app.vintage.explain shows changes and code, once the app is ready', async (t) => {
  const app = await buildShop(t)
  t.throws(() => app.vintage.explain('User', V0), { code: 'FST_ERR_VINTAGE_NOT_READY' })
  await app.ready()
  t.match(app.vintage.explain('User', V0), { direction: 'downgrade', functions: [{ code: /"called": v\["name"\]/ }] })
  t.match(app.vintage.explain('User', V0, { direction: 'upgrade' }), { direction: 'upgrade' })
  t.throws(() => app.vintage.explain('User', '1999-01-01'), { code: 'FST_ERR_VINTAGE_UNKNOWN_VERSION' })
})

t.test('an app that never listens is not warmed up: requests compile what they need, each once, and no timer is left', async (t) => {
  const app = await buildShop(t)
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  await app.ready()
  t.equal(timers(), before)
  await sleep(20)
  t.match(app.vintage.stats(), { pairs: 7, compiled: 0, cold: 0, warm: false })
  const ask = async () => {
    for (const version of [V0, V1, V2]) {
      for (const url of ['/users', '/orders', '/orders/1']) t.equal((await app.inject({ url, headers: { 'api-version': version } })).statusCode, 200)
      const name = version === V2 ? 'name' : 'called'
      t.equal((await app.inject({ method: 'POST', url: '/users', headers: { 'api-version': version }, payload: { id: 1, [name]: 'Ada' } })).statusCode, 201)
    }
  }
  await ask()
  t.match(app.vintage.stats(), { pairs: 7, compiled: 7, cold: 7, warm: true })
  await ask()
  t.match(app.vintage.stats(), { compiled: 7, cold: 7 }, 'nothing twice')
})

t.test('the warm-up of a server keeps no process alive', async (t) => {
  const app = await buildShop(t)
  await app.ready()
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  await app.listen({ port: 0 })
  t.ok(timers() <= before, 'its timer is not waited for')
})
