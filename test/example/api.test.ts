import Fastify, { type FastifyInstance, type InjectOptions } from 'fastify'
import t, { type Test } from 'tap'
import { createDatabase } from '../database.js'
import { loadTransitions } from '../../src/data/load-transitions.js'
import { openOperator } from '../../src/data/operator.js'
import { shop } from '../../example-server/app.js'

const HEAD = '2026-11-01'
const versions = new URL('../../versions/', import.meta.url)
const migrations = new URL('../../example-server/migrations/', import.meta.url)

interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly version: unknown
}

type Ask = (method: 'GET' | 'POST' | 'PATCH', url: string, options?: { version?: string, key?: string, body?: object }) => Promise<Answer>

async function openShop (t: Test): Promise<{ app: FastifyInstance, ask: Ask }> {
  const { url } = await createDatabase(t)
  const operator = await openOperator({ connection: url, transitions: await loadTransitions(versions), migrations })
  await operator.migrate()
  await operator.close()
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(shop, { databaseUrl: url })
  const ask: Ask = async (method, path, { version, key = 'demo-unpinned', body } = {}) => {
    const request: InjectOptions = {
      method,
      url: path,
      headers: { authorization: `Bearer ${key}`, ...(version === undefined ? {} : { 'api-version': version }) },
      ...(body === undefined ? {} : { payload: body })
    }
    const response = await app.inject(request)
    return { status: response.statusCode, body: response.json(), version: response.headers['api-version'] }
  }
  return { app, ask }
}

t.test('a user created by a client of 2024 is the same user to everybody', async (t) => {
  const { ask } = await openShop(t)
  const created = await ask('POST', '/users', { key: 'demo-2024', body: { first_name: 'Mary', last_name: 'Ann Smith', email: 'mary@example.com' } })
  t.match(created, { status: 201, version: '2024-01-01' })
  t.same(Object.keys(created.body).sort(), ['created', 'email', 'first_name', 'id', 'last_name', 'ver'])
  const path = `/users/${String(created.body.id)}`
  const seen = await ask('GET', path, { version: HEAD })
  t.match(seen, { status: 200, version: HEAD, body: { full_name: 'Mary Ann Smith', email: 'mary@example.com', ver: 1 } })
  t.same(Object.keys(seen.body).sort(), ['created_at', 'email', 'full_name', 'id', 'ver'])
  t.match(await ask('GET', path, { key: 'demo-2025' }), { version: '2025-06-01', body: { first_name: 'Mary', last_name: 'Ann Smith', created_at: seen.body.created_at } })

  t.match(await ask('PATCH', path, { version: HEAD, body: { full_name: 'Grace Hopper' } }), { status: 200, body: { ver: 2 } })
  t.match(await ask('GET', path, { key: 'demo-2024' }), { body: { first_name: 'Grace', last_name: 'Hopper', ver: 2 } })
  t.match(await ask('PATCH', path, { key: 'demo-2024', body: { first_name: 'Ada', last_name: '' } }), { status: 200, body: { first_name: 'Ada', last_name: '', ver: 3 } })
  t.match(await ask('PATCH', path, { key: 'demo-2024', body: { email: 'ada@example.com' } }), { body: { first_name: 'Ada', email: 'ada@example.com', ver: 4 } })
})

t.test('A20 a client of 2024 patches half a name, and the other half stays, also where both are patched at once', async (t) => {
  const { ask } = await openShop(t)
  const { body } = await ask('POST', '/users', { version: HEAD, body: { full_name: 'Ada Lovelace', email: 'ada@example.com' } })
  const path = `/users/${String(body.id)}`
  t.match(await ask('PATCH', path, { key: 'demo-2024', body: { first_name: 'Grace' } }), { status: 200, body: { first_name: 'Grace', last_name: 'Lovelace', ver: 2 } })
  const patchUntilDone = async (fields: object): Promise<void> => {
    const { status, body } = await ask('PATCH', path, { key: 'demo-2024', body: fields })
    if (status === 409) {
      t.match(body, { error: { code: 'USER_CHANGED' } })
      await patchUntilDone(fields)
    } else t.equal(status, 200)
  }
  for (let round = 0; round < 20; round++) {
    await Promise.all([patchUntilDone({ first_name: `Ada${round}` }), patchUntilDone({ last_name: `King${round}` })])
    t.match(await ask('GET', path, { version: HEAD }), { body: { full_name: `Ada${round} King${round}` } })
  }
  t.match(await ask('PATCH', '/users/999', { key: 'demo-2024', body: { first_name: 'x' } }), { status: 404, body: { error: { code: 'USER_NOT_FOUND' } } })
})

t.test('an order holds its user, its total and its status in the shape of each client', async (t) => {
  const { ask } = await openShop(t)
  const { body: user } = await ask('POST', '/users', { version: HEAD, body: { full_name: 'Ada Lovelace', email: 'ada@example.com' } })
  const created = await ask('POST', '/orders', { key: 'demo-2024', body: { user_id: user.id, amount: '12.30' } })
  t.match(created, { status: 201, body: { user: { first_name: 'Ada', last_name: 'Lovelace' }, amount: '12.30', status: 'open', created: String } })
  const path = `/orders/${String(created.body.id)}`
  t.match(await ask('GET', path, { version: HEAD }), { body: { user, total: { amount_minor: 1230, currency: 'EUR' }, status: 'pending' } })
  t.match(await ask('PATCH', path, { version: HEAD, body: { status: 'paid' } }), { status: 200, body: { status: 'paid', ver: 2 } })
  t.match(await ask('GET', path, { key: 'demo-2025' }), { body: { total: { amount_minor: 1230 }, status: 'open' } })
  t.match(await ask('PATCH', path, { key: 'demo-2024', body: { amount: '0.99' } }), { body: { amount: '0.99', status: 'open', ver: 3 } })
  t.match(await ask('POST', '/orders', { key: 'demo-2024', body: { user_id: user.id, amount: '12.3' } }), { status: 400, body: { error: { code: 'INVALID_REQUEST', message: /amount/ } } })
  t.match(await ask('POST', '/orders', { version: HEAD, body: { user_id: 999, total: { amount_minor: 1, currency: 'EUR' } } }), { status: 422, body: { error: { code: 'UNKNOWN_USER' } } })
})

t.test('A23 the list filter on an old status finds everything that it meant', async (t) => {
  const { ask } = await openShop(t)
  const { body: user } = await ask('POST', '/users', { version: HEAD, body: { full_name: 'Ada', email: 'ada@example.com' } })
  for (const status of ['pending', 'paid', 'shipped']) {
    const { body } = await ask('POST', '/orders', { version: HEAD, body: { user_id: user.id, total: { amount_minor: 5, currency: 'EUR' } } })
    await ask('PATCH', `/orders/${String(body.id)}`, { version: HEAD, body: { status } })
  }
  const statuses = async (query: string, options: { version?: string, key?: string }) => {
    const { body } = await ask('GET', `/orders?${query}`, options)
    return Array.isArray(body.data) ? body.data.map(({ status }) => status) : body
  }
  t.same(await statuses('status=open', { key: 'demo-2024' }), ['open', 'open'])
  t.same(await statuses('status=open&status=shipped', { key: 'demo-2025' }), ['open', 'open', 'shipped'])
  t.same(await statuses('status=paid', { version: HEAD }), ['paid'])
  t.match(await statuses('status=open', { version: HEAD }), { error: { code: 'INVALID_REQUEST' } })
  t.match(await statuses('status=paid', { key: 'demo-2024' }), { error: { code: 'INVALID_REQUEST' } })
})

t.test('A31 the orders of a user stand where each version has them', async (t) => {
  const { ask } = await openShop(t)
  const { body: user } = await ask('POST', '/users', { version: HEAD, body: { full_name: 'Ada', email: 'ada@example.com' } })
  await ask('POST', '/orders', { version: HEAD, body: { user_id: user.id, total: { amount_minor: 5, currency: 'EUR' } } })
  const [old, head] = [`/orders/by-user/${String(user.id)}`, `/users/${String(user.id)}/orders`]
  t.match(await ask('GET', old, { key: 'demo-2024' }), { status: 200, body: { data: [{ amount: '0.05' }], next: null } })
  t.match(await ask('GET', head, { version: HEAD }), { status: 200, body: { data: [{ total: { amount_minor: 5 } }] } })
  t.match(await ask('GET', old, { version: HEAD }), { status: 404, body: { error: { code: 'ROUTE_NOT_FOUND' } } })
  t.match(await ask('GET', head, { key: 'demo-2024' }), { status: 404, body: { error: { code: 'ROUTE_NOT_FOUND' } } })
})

t.test('a list goes on from page to page', async (t) => {
  const { ask } = await openShop(t)
  for (const n of [1, 2, 3]) await ask('POST', '/users', { version: HEAD, body: { full_name: `User ${n}`, email: `user${n}@example.com` } })
  const first = await ask('GET', '/users?limit=2', { key: 'demo-2024' })
  t.match(first.body, { data: [{ last_name: '1' }, { last_name: '2' }], next: Number })
  t.match(await ask('GET', `/users?limit=2&after=${String(first.body.next)}`, { key: 'demo-2024' }), { body: { data: [{ last_name: '3' }], next: null } })
})

t.test('errors have one shape, and the served version beside them', async (t) => {
  const { app, ask } = await openShop(t)
  t.match(await ask('GET', '/users/999', {}), { status: 404, version: '2024-01-01', body: { error: { code: 'USER_NOT_FOUND' } } })
  t.match(await ask('GET', '/orders/999', {}), { status: 404, body: { error: { code: 'ORDER_NOT_FOUND' } } })
  t.match(await ask('PATCH', '/users/999', { version: HEAD, body: { full_name: 'x' } }), { status: 404 })
  t.match(await ask('PATCH', '/orders/999', { version: HEAD, body: { status: 'paid' } }), { status: 404 })
  t.match(await ask('GET', '/users/999/orders', { version: HEAD }), { status: 404, body: { error: { code: 'USER_NOT_FOUND' } } })
  t.match(await ask('GET', '/nowhere', {}), { status: 404, body: { error: { code: 'ROUTE_NOT_FOUND' } } })
  t.match(await ask('GET', '/users/1', { version: '2023-01-01' }), { status: 400, body: { error: { code: 'FST_ERR_VINTAGE_UNKNOWN_VERSION', message: /2024-01-01/ } } })
  t.match(await ask('GET', '/users/1', { key: 'wrong' }), { status: 401, version: '2024-01-01', body: { error: { code: 'UNAUTHORIZED' } } })
  t.match(await ask('POST', '/users', { version: HEAD, body: { full_name: 'a\0b', email: 'a@example.com' } }), { status: 400 })
  t.equal((await app.inject('/users/1')).statusCode, 401)
  await app.knex.destroy()
  t.match(await ask('GET', '/users/1', {}), { status: 500, body: { error: { code: 'INTERNAL', message: 'Something went wrong on our side.' } } })
})
