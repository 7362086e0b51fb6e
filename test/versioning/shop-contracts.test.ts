import { test } from 'tap'
import { deriveContracts, type Shape } from '../../src/versioning/contracts.js'
import { historyOf } from '../../src/versioning/history.js'
import { head, history } from './shop.js'

const contracts = deriveContracts(history, head)
const at = (version: string) => history.versions.indexOf(version)

function shapeOf (place: string, version: string): Shape {
  const shape = contracts.shape(place, at(version))
  if (shape === null) throw new Error(`${place} is the same at ${version}`)
  return shape
}

const ada = { id: 1, full_name: 'Ada King Lovelace', email: null, created_at: '1815-12-10T00:00:00.000Z', ver: 7 }
const order = { id: 5, user: ada, total: { amount_minor: 1250, currency: 'EUR' }, status: 'paid', created_at: '2026-01-01T00:00:00.000Z' }
const oldAda = { id: 1, first_name: 'Ada', last_name: 'King Lovelace', email: null, created: '1815-12-10T00:00:00.000Z', ver: 7 }

test('a page of orders that hold their users is downgraded at every depth', (t) => {
  const page = { data: [order], next: null }
  t.strictSame(shapeOf('GET /orders 200', '2024-01-01').downgrade(page), {
    data: [{ id: 5, user: oldAda, amount: '12.50', status: 'open', created: '2026-01-01T00:00:00.000Z' }],
    next: null
  })
  t.strictSame(shapeOf('GET /orders 200', '2025-06-01').downgrade(page), {
    data: [{ ...order, user: { id: 1, first_name: 'Ada', last_name: 'King Lovelace', email: null, created_at: ada.created_at, ver: 7 }, status: 'open' }],
    next: null
  })
  t.end()
})

test('a new order of 2024 reaches head in head fields, and the old status as the one to be written', (t) => {
  const { upgrade } = shapeOf('POST /orders body', '2024-01-01')
  t.strictSame(upgrade({ amount: '12.50', status: 'open', user_id: 3 }), { total: { amount_minor: 1250, currency: 'EUR' }, status: 'pending', user_id: 3 })
  t.end()
})

test('A17 unknown keys are kept, new field names and prototype keys are not', (t) => {
  const body = JSON.parse('{ "first_name": "Ada", "last_name": "L", "email": null, "full_name": "Eve", "note": 1, "__proto__": { "admin": true } }')
  const result = shapeOf('POST /users body', '2024-01-01').upgrade(body)
  t.strictSame(result, { full_name: 'Ada L', email: null, note: 1 })
  t.equal(Object.getPrototypeOf(result), Object.prototype)
  t.end()
})

test('A20 a patch with only one of the fields that became one is refused in the client\'s names', (t) => {
  const { upgrade } = shapeOf('PATCH /users/:id body', '2024-01-01')
  t.throws(() => upgrade({ first_name: 'Ada' }), {
    code: 'FST_ERR_VINTAGE_PARTIAL_FIELDS',
    statusCode: 400,
    message: 'The fields `first_name`, `last_name` must come together since version 2026-11-01; `last_name` missing.'
  })
  t.strictSame(upgrade({ email: null }), { email: null }, 'and one that has none of them is not')
  t.strictSame(upgrade({ first_name: 'Ada', last_name: '' }), { full_name: 'Ada' })
  t.end()
})

test('A17 what is required follows the schema that the field is in', (t) => {
  t.match(shapeOf('GET /users/:id 200', '2024-01-01').schema, { required: ['id', 'first_name', 'last_name', 'email', 'created', 'ver'] })
  t.match(shapeOf('POST /users body', '2024-01-01').schema, { $id: 'NewUser@2024-01-01', required: ['first_name', 'last_name', 'email'] })
  t.notOk('required' in shapeOf('PATCH /users/:id body', '2024-01-01').schema)
  t.end()
})

test('A23 an old value of a filter becomes all values that it stood for', (t) => {
  const { upgrade, schema } = shapeOf('GET /orders querystring', '2024-01-01')
  t.strictSame(upgrade({ status: ['open', 'shipped', 'open'] }), { status: ['pending', 'paid', 'shipped'] })
  t.strictSame(upgrade({}), {})
  t.match(schema, { properties: { status: { type: 'array', items: { $ref: '#/$defs/OrderStatus' } } }, $defs: { OrderStatus: { enum: ['open', 'shipped'] } } })
  t.equal(contracts.shape('GET /orders querystring', at('2026-03-01')), null)
  t.end()
})

test('a moved endpoint takes its parameters along', (t) => {
  t.strictSame(shapeOf('GET /users/:id/orders params', '2025-06-01').upgrade({ user_id: 3 }), { id: 3 })
  t.match(shapeOf('GET /users/:id/orders params', '2025-06-01').schema, { properties: { user_id: { type: 'integer' } }, required: ['user_id'] })
  t.equal(contracts.shape('GET /users/:id/orders params', at('2026-03-01')), null)
  t.end()
})

test('versions in which a place is the same share one shape, and head has none', (t) => {
  t.equal(shapeOf('GET /users/:id 200', '2024-09-01'), shapeOf('GET /users/:id 200', '2026-03-01'))
  t.equal(shapeOf('GET /users/:id 200', '2026-03-01').version, '2024-09-01')
  t.equal(shapeOf('GET /users/:id 200', '2024-01-01'), shapeOf('POST /users 201', '2024-01-01'), 'places of one schema share it as well')
  t.equal(contracts.shape('GET /users/:id 200', contracts.headIndex), null)
  t.equal(contracts.shape('GET /health 200', 0), null)
  t.equal(contracts.shape('GET /nowhere 200', 0), null)
  t.strictSame(contracts.versions, history.versions)
  t.end()
})

test('A33 a value is converted between any two versions by the $id of its schema', (t) => {
  t.strictSame(contracts.convert('User', ada, contracts.headIndex, 0), oldAda)
  t.strictSame(contracts.convert('User', oldAda, 0, contracts.headIndex), ada)
  t.strictSame(contracts.convert('User', oldAda, 0, at('2025-06-01')), { id: 1, first_name: 'Ada', last_name: 'King Lovelace', email: null, created_at: ada.created_at, ver: 7 })
  t.equal(contracts.convert('OrderStatus', 'paid', contracts.headIndex, 0), 'open')
  t.equal(contracts.convert('User', ada, 3, 3), ada)
  t.throws(() => contracts.convert('user', ada, 0, 3), {
    code: 'FST_ERR_VINTAGE_UNKNOWN_SCHEMA',
    message: /there is no schema `user` in version 2024-01-01.*correct the `\$id`; known are `User`, .*`OrderStatus`/
  })
  t.throws(() => deriveContracts(historyOf({ '2000-01-01': [] }), { schemas: new Map(), places: new Map() }).convert('User', ada, 0, 0), { message: /known are none/ })
  t.end()
})

test('the schema of an $id can be had as of every version', (t) => {
  t.equal(contracts.schema('Nobody', 0), undefined)
  t.match(contracts.schema('User', 0), { $id: 'User@2024-01-01', properties: { created: { format: 'date-time' } } })
  t.match(contracts.schema('User', contracts.headIndex), { $id: 'User@2026-11-01', properties: { full_name: { type: 'string' } } })
  t.equal(contracts.schema('User', 1), contracts.schema('User', 2))
  t.end()
})

test('A29 nothing that a handler holds is mutated, frozen or not, and what did not change is shared', (t) => {
  const freeze = (value: unknown): unknown => {
    if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(freeze)
    return value
  }
  const extra = { deep: true }
  const body = { first_name: 'A', last_name: 'B', email: null, extra }
  t.match(shapeOf('GET /orders 200', '2024-01-01').downgrade(freeze({ data: [structuredClone(order), structuredClone(order)], next: null })), { data: [{ amount: '12.50' }, { amount: '12.50' }] })
  const upgraded = shapeOf('POST /users body', '2024-01-01').upgrade(freeze(body))
  t.equal(Reflect.get(Object(upgraded), 'extra'), extra)
  t.end()
})

test('A22 what is no object passes as it is', (t) => {
  const { upgrade, downgrade } = shapeOf('POST /users body', '2024-01-01')
  for (const value of [null, 'text', 0, false, undefined]) {
    t.equal(upgrade(value), value)
    t.equal(downgrade(value), value)
  }
  t.equal(shapeOf('GET /users/:id/orders 200', '2024-01-01').downgrade('no list'), 'no list')
  t.equal(shapeOf('GET /orders querystring', '2024-01-01').upgrade({ status: 'x' }) instanceof Object, true)
  t.end()
})
