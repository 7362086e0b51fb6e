import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import { change, replace, type VintageOptions } from 'fastify-vintage'
import { V0, V1, V2, at, buildApp, collectLog } from './shop.js'

const Order = Type.Object({ id: Type.Integer(), customer_id: Type.Integer() }, { $id: 'Order' })

/** Orders held their customer's name at V1, and the name of the customer's city as well at V0. */
function orderHistory (many: (keys: number[], scope: { request?: unknown }) => Promise<Map<number, string>>, cities: (keys: string[]) => Promise<Map<string, string>> = async (keys) => new Map(keys.map((key) => [key, `city of ${key}`]))): VintageOptions['versions'] {
  return {
    [V0]: [],
    [V1]: [change('`city` is left out', 'Order', replace({
      before: { customer: Type.String(), city: Type.String() },
      after: { customer: Type.String() },
      upgrade: ({ customer }) => ({ customer }),
      load: { key: ({ customer }) => customer, many: cities },
      downgrade: ({ customer }, city) => ({ customer, city: city ?? '' }),
      lossy: { why: 'the city is looked up' }
    }))],
    [V2]: [change('`customer_id` replaces `customer`', 'Order', replace({
      before: { customer: Type.String() },
      after: { customer_id: Type.Integer() },
      upgrade: ({ customer }) => ({ customer_id: Number(customer.slice(1)) }),
      load: { key: ({ customer_id: id }) => id, many },
      downgrade: (_order, name) => ({ customer: name ?? 'nobody' })
    }))]
  }
}

async function serveOrders (t: Test, many: Parameters<typeof orderHistory>[0], cities?: Parameters<typeof orderHistory>[1], options: Parameters<typeof buildApp>[2] = {}) {
  const app = await buildApp(t, { versions: orderHistory(many, cities) }, options)
  const orders = Array.from({ length: 1000 }, (_, index) => ({ id: index, customer_id: index % 10 }))
  app.get('/orders', { schema: { response: { 200: Type.Array(Order) } } }, async () => orders)
  app.get('/orders/:id', { schema: { response: { 200: Order } } }, async () => orders[3])
  return app
}

const names = async (keys: number[]) => new Map(keys.map((key) => [key, `c${key}`]))

t.test('A30 a look-up is called once per response for a list of 1,000, with each key once', async (t) => {
  const calls: Array<{ keys: readonly unknown[], request: unknown }> = []
  const app = await serveOrders(t, async (keys, { request }) => {
    calls.push({ keys, request })
    return await names(keys)
  }, async (keys) => {
    calls.push({ keys, request: null })
    return new Map(keys.map((key) => [key, `city of ${key}`]))
  })
  const seen: FastifyRequest[] = []
  app.addHook('onResponse', async (request) => { seen.push(request) })
  const response = await app.inject({ url: '/orders', ...at(V0) })
  t.equal(response.json().length, 1000)
  t.same(response.json()[13], { id: 13, customer: 'c3', city: 'city of c3' })
  t.equal(calls.length, 2, 'once for each change')
  t.same(calls[0]?.keys, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  t.same(calls[1]?.keys, ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6', 'c7', 'c8', 'c9'], 'keys that follow from what was found')
  t.match(calls[0]?.request, { method: 'GET', url: '/orders' }, 'the request whose response it is')
  calls.length = 0
  t.same((await app.inject({ url: '/orders/3', ...at(V1) })).json(), { id: 3, customer: 'c3' })
  t.equal(calls.length, 1)
  calls.length = 0
  t.same((await app.inject({ url: '/orders/3', ...at(V2) })).json(), { id: 3, customer_id: 3 })
  t.equal(calls.length, 0, 'head looks nothing up')
})

t.test('A30 text, HEAD and serialisers of the app get what was looked up', async (t) => {
  const app = await serveOrders(t, names)
  const order = { id: 1, customer_id: 7 }
  const old = { id: 1, customer: 'c7' }
  app.get('/text', { schema: { response: { 200: Order } } }, async (_request, reply) => reply.type('application/json').send(JSON.stringify(order)))
  app.get('/own', { schema: { response: { 200: Order } } }, async (_request, reply) => reply.type('application/json').serializer((value: unknown) => JSON.stringify([value])).send(order))
  t.same((await app.inject({ url: '/text', ...at(V1) })).json(), old)
  t.same((await app.inject({ url: '/own', ...at(V1) })).json(), [old])
  t.same((await app.inject({ url: '/text', ...at(V2) })).json(), order)
  const head = await app.inject({ method: 'HEAD', url: '/text', ...at(V1) })
  t.equal(head.headers['content-length'], String(JSON.stringify(old).length))
})

t.test('A30 a look-up that fails is an error of ours: change and version in the log, nothing of the value in the response', async (t) => {
  const { lines, logger } = collectLog()
  const app = await serveOrders(t, async () => { throw new Error('customers are away') }, undefined, { logger })
  app.get('/text', { schema: { response: { 200: Order } } }, async (_request, reply) => reply.type('application/json').send('{"id":1,"customer_id":77}'))
  for (const url of ['/orders/3', '/text']) {
    lines.length = 0
    const response = await app.inject({ url, ...at(V0) })
    t.match(response.json(), { statusCode: 500, code: 'FST_ERR_VINTAGE_CHANGE_FAILED' })
    t.notMatch(response.body, /77|away/)
    t.match(lines[0], { msg: /a change failed at GET/, vintage: { version: V0 }, err: { message: /customer_id/ } })
  }
})

t.test('A30 what cannot wait for a look-up says so: reply.serialize', async (t) => {
  const app = await serveOrders(t, names)
  app.get('/serialize', { schema: { response: { 200: Order } } }, async (_request, reply) => reply.type('application/json').send(reply.serialize({ id: 1, customer_id: 7 })))
  t.match((await app.inject({ url: '/serialize', ...at(V1) })).json(), { statusCode: 500, code: 'FST_ERR_VINTAGE_CHANGE_FAILED' })
  t.same((await app.inject({ url: '/serialize', ...at(V2) })).json(), { id: 1, customer_id: 7 })
})

t.test('A30 a response whose handler has timed out meanwhile is not sent twice', async (t) => {
  let answered: () => void = () => {}
  const app = await serveOrders(t, async (keys) => await new Promise((resolve) => { answered = () => resolve(names(keys)) }))
  app.get('/slow', { handlerTimeout: 20, schema: { response: { 200: Order } } }, async () => ({ id: 1, customer_id: 7 }))
  const response = await app.inject({ url: '/slow', ...at(V1) })
  t.match(response.json(), { statusCode: 503, code: 'FST_ERR_HANDLER_TIMEOUT' })
  answered()
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.same((await app.inject({ url: '/slow', ...at(V2) })).json(), { id: 1, customer_id: 7 })
})

t.test('A30 a response that an error has overtaken while it was looked up leaves no old text behind', async (t) => {
  const app = await serveOrders(t, names)
  app.get('/after', { schema: { response: { 200: Order } }, onSend: async () => { throw new Error('too late') } }, async () => ({ id: 1, customer_id: 7 }))
  t.match((await app.inject({ url: '/after', ...at(V1) })).json(), { statusCode: 500, message: 'too late' })
})
