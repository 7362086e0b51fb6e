import { setTimeout as sleep } from 'node:timers/promises'
import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { change, rename } from 'fastify-vintage'
import { V0, V1, V2, buildApp } from './shop.js'

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
