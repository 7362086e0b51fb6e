import Fastify from 'fastify'
import { Type } from '@sinclair/typebox'
import { test } from 'tap'
import vintage, { change, constrain, defaultChanged, errorCodeChanged, flatten, mapEnum, nest, variant, wrap } from '../../src/index.js'

const Problem = Type.Object({ code: Type.String(), message: Type.String() }, { $id: 'Problem' })
const Status = Type.Union([Type.Literal('cancelled'), Type.Literal('paid')], { $id: 'Status', default: 'paid' })
const Order = Type.Object({
  id: Type.Integer(),
  title: Type.String({ maxLength: 5 }),
  status: Status,
  address: Type.Object({ street: Type.String(), city: Type.String() }),
  emails: Type.Array(Type.String()),
  amount: Type.Integer(),
  currency: Type.Optional(Type.String())
}, { $id: 'Order' })
const NewOrder = variant('NewOrder', Order, (order) => Type.Omit(order, ['id']))
const OrderPatch = variant('OrderPatch', Order, (order) => Type.Partial(Type.Omit(order, ['id'])))
const Query = Type.Object({ limit: Type.Integer({ default: 20 }), status: Type.Optional(Type.Array(Status)) })

const versions = {
  '2000-01-01': [],
  '2001-01-01': [
    change('an address is one object', 'Order', nest({ into: 'address', fields: ['street', 'city'] })),
    change('an order has several emails', 'Order', wrap({ fields: { email: 'emails' }, empty: { email: null } })),
    change('`canceled` is now `cancelled`', 'Status', mapEnum({ values: { canceled: 'cancelled' } }))
  ],
  '2002-01-01': [
    change('the price is no object any more', 'Order', flatten({ from: 'price', fields: ['amount', 'currency'] })),
    change('a title is short', 'Order', constrain({ before: { title: Type.String() }, after: { title: Type.String({ maxLength: 5 }) } })),
    change('a page holds 20 orders', 'GET /orders querystring', defaultChanged({ field: 'limit', before: 10, after: 20 })),
    change('`E_GONE` is now `NOT_FOUND`', 'GET /orders/:id 404', errorCodeChanged({ codes: { E_GONE: 'NOT_FOUND' } }))
  ]
}

const order = { id: 1, title: 'books', status: 'cancelled', address: { street: 'Main', city: 'Rome' }, emails: ['a', 'b'], amount: 5, currency: 'EUR' }
const oldOrder = { id: 1, title: 'books', status: 'canceled', street: 'Main', city: 'Rome', email: 'a', price: { amount: 5, currency: 'EUR' } }

async function openApp () {
  const seen: unknown[] = []
  const app = Fastify()
  await app.register(vintage, { versions, default: '2000-01-01' })
  app.get('/orders', { schema: { querystring: Query, response: { 200: Type.Array(Order) } } }, async (request) => {
    seen.push(request.query)
    return [order]
  })
  app.get('/orders/:id', { schema: { response: { 200: Order, 404: Problem } } }, async (_, reply) => reply.code(404).send({ code: 'NOT_FOUND', message: 'no such order' }))
  for (const [method, body] of [['POST', NewOrder], ['PATCH', OrderPatch]] as const) {
    app.route({
      method,
      url: '/orders',
      schema: { body, response: { 200: Order } },
      handler: async (request) => {
        seen.push(request.body)
        return order
      }
    })
  }
  return { app, seen }
}

test('A12 A23 lists, filters and defaults of an old client, with all operations on values at once', async (t) => {
  const { app, seen } = await openApp()
  const answer = await app.inject({ url: '/orders', query: { status: 'canceled' } })
  t.strictSame(answer.json(), [oldOrder])
  await app.inject({ url: '/orders', headers: { 'api-version': '2002-01-01' } })
  t.match(seen, [{ limit: 10, status: ['cancelled'] }, { limit: 20 }])
  t.strictSame((await app.inject({ url: '/orders', headers: { 'api-version': '2002-01-01' } })).json(), [order])
})

test('A21 a body of an old client reaches the handler as head, with the defaults of its version', async (t) => {
  const { app, seen } = await openApp()
  const { id: _, status: __, ...payload } = oldOrder
  const answer = await app.inject({ method: 'POST', url: '/orders', payload: { ...payload, email: null } })
  t.strictSame(answer.json(), oldOrder)
  const { id: ___, ...wanted } = order
  t.strictSame(seen, [{ ...wanted, status: 'paid', emails: [] }])
})

test('A20 a patch that names none of the nested fields leaves them alone, one that names a part is refused with both names', async (t) => {
  const { app, seen } = await openApp()
  t.equal((await app.inject({ method: 'PATCH', url: '/orders', payload: { email: 'x' } })).statusCode, 200)
  t.match(seen, [{ emails: ['x'], address: undefined }])
  const refused = await app.inject({ method: 'PATCH', url: '/orders', payload: { city: 'Rome' } })
  t.equal(refused.statusCode, 400)
  t.match(refused.json(), { code: 'FST_ERR_VINTAGE_PARTIAL_FIELDS' })
  t.match(refused.body, /street/)
})

test('A19 a value that only the older version allows is 422 and names the field; head itself gives its own 400', async (t) => {
  const { app, seen } = await openApp()
  const { id: _, ...payload } = oldOrder
  const refused = await app.inject({ method: 'POST', url: '/orders', payload: { ...payload, title: 'too long' } })
  t.equal(refused.statusCode, 422)
  t.match(refused.json(), { code: 'FST_ERR_VINTAGE_NO_LONGER_ALLOWED' })
  t.match(refused.body, /title/)
  t.match(refused.body, /must NOT have more than 5 characters/)
  const head = await app.inject({ method: 'POST', url: '/orders', headers: { 'api-version': '2002-01-01' }, payload: { ...order, title: 'too long' } })
  t.equal(head.statusCode, 400)
  t.strictSame(seen, [])
})

test('A27 an error has the code of the client\'s version', async (t) => {
  const { app } = await openApp()
  t.match((await app.inject('/orders/1')).json(), { code: 'E_GONE' })
  t.match((await app.inject({ url: '/orders/1', headers: { 'api-version': '2002-01-01' } })).json(), { code: 'NOT_FOUND' })
})
