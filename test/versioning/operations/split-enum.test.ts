import { Type } from '@sinclair/typebox'
import { test } from 'tap'
import { splitEnum } from '../../../src/versioning/operations/split-enum.js'
import { variant } from '../../../src/versioning/variant.js'
import { tryOperation } from '../convert.js'

const split = { value: 'open', into: ['pending', 'paid'], write: 'pending' }
const values = [Type.Literal('pending'), Type.Literal('paid'), Type.Literal('done')]

test('an enum by its own $id is split in all forms of TypeBox and JSON schema', (t) => {
  const forms = [
    Type.Union(values, { $id: 'Status', default: 'paid', description: 'of an order' }),
    Type.Unsafe({ $id: 'Status', type: 'string', enum: ['pending', 'paid', 'done'], default: 'paid', description: 'of an order' }),
    Type.Unsafe({ $id: 'Status', oneOf: [{ const: 'pending' }, { const: 'paid' }, { enum: ['done'] }], default: 'paid', description: 'of an order' })
  ]
  for (const form of forms) {
    const { older, upgrade, downgrade } = tryOperation(splitEnum(split), 'Status', [form])
    t.strictSame(older('Status'), { description: 'of an order', type: 'string', default: 'open', enum: ['open', 'done'], $id: 'Status@2000-01-01' })
    t.equal(upgrade('Status', 'open'), 'pending')
    t.equal(upgrade('Status', 'done'), 'done')
    t.equal(downgrade('Status', 'paid'), 'open')
    t.equal(downgrade('Status', 'done'), 'done')
  }
  t.end()
})

test('a field of an object is split, also in a list, when nullable, and when its enum has an $id', (t) => {
  const Status = Type.Union(values, { $id: 'Status' })
  const Mixed = Type.Union([...values, Type.Null(), Type.Literal(7)], { default: 7 })
  for (const [schema, newer, older] of [
    [Type.Union(values), 'paid', 'open'],
    [Type.Array(Type.Union(values)), ['paid', 'done'], ['open', 'done']],
    [Mixed, 'paid', 'open'],
    [Mixed, null, null],
    [Type.Union([Status, Type.Boolean()]), 'paid', 'open'],
    [Type.Unsafe({ oneOf: [Status, { type: 'boolean' }] }), true, true],
    [Status, 'paid', 'open']
  ] as const) {
    const Order = Type.Object({ id: Type.Integer(), status: schema }, { $id: 'Order' })
    const { older: olderOf, upgrade, downgrade } = tryOperation(splitEnum({ ...split, field: 'status' }), 'Order', [Order, Status])
    t.match(JSON.stringify(olderOf('Order')), /"open"/)
    t.strictSame(downgrade('Order', { id: 1, status: newer }), { id: 1, status: older })
    t.strictSame(upgrade('Order', { id: 1, status: older }), { id: 1, status: JSON.parse(JSON.stringify(newer).replace('paid', 'pending')) })
  }
  t.end()
})

test('the other lists of an object are not taken for the enum', (t) => {
  const Order = Type.Object({ status: Type.Array(Type.String()) }, { $id: 'Order' })
  t.throws(() => tryOperation(splitEnum({ ...split, field: 'status' }), 'Order', [Order]), { code: 'FST_ERR_VINTAGE_MISFIT', message: /among the values of `status`/ })
  t.strictSame(splitEnum({ ...split, field: 'status' }).touches(), ['status'])
  t.end()
})

test('a variant without the field is left alone', (t) => {
  const Order = Type.Object({ id: Type.Integer(), status: Type.Optional(Type.Union(values)) }, { $id: 'Order' })
  const Bare = variant('Bare', Order, (order) => Type.Pick(order, ['id']))
  const { upgrade } = tryOperation(splitEnum({ ...split, field: 'status' }), 'Order', [Order, Bare])
  t.strictSame(upgrade('Bare', { id: 1, status: 'open' }), { id: 1, status: 'open' })
  t.strictSame(upgrade('Order', { id: 1 }), { id: 1 })
  t.end()
})

test('A23 in a filter an old value stands for all new ones, each once', (t) => {
  const Status = Type.Union(values, { $id: 'Status' })
  const Query = Type.Object({ status: Type.Array(Status), limit: Type.Integer() }, { $id: 'Query' })
  const byId = tryOperation(splitEnum(split), 'Status', [Status, Query])
  const byField = tryOperation(splitEnum({ ...split, field: 'status' }), 'Query', [Query])
  for (const { upgrade, downgrade } of [byId, byField]) {
    t.strictSame(upgrade('Query', { status: ['done', 'open', 'open'], limit: 1 }, 'filter'), { status: ['done', 'pending', 'paid'], limit: 1 })
    t.match(upgrade('Query', { status: 'done', limit: 1 }, 'filter'), { status: 'done' })
    t.strictSame(upgrade('Query', { status: ['open'], limit: 1 }), { status: ['pending'], limit: 1 })
    t.strictSame(downgrade('Query', { status: ['paid', 'done'], limit: 1 }), { status: ['open', 'done'], limit: 1 })
  }
  t.end()
})

test('the default of a list of the enum is brought to the old values', (t) => {
  const Status = Type.Union(values, { $id: 'Status' })
  const Query = Type.Object({ status: Type.Array(Status, { default: ['pending', 'paid', 'done'] }) }, { $id: 'Query' })
  for (const { older } of [tryOperation(splitEnum(split), 'Status', [Status, Query]), tryOperation(splitEnum({ ...split, field: 'status' }), 'Query', [Query])]) {
    t.match(older('Query'), { properties: { status: { default: ['open', 'done'] } } })
  }
  t.end()
})

test('A23 a filter may find some of the values only, and need not be a list for one of them', (t) => {
  const Status = Type.Union(values, { $id: 'Status' })
  const Query = Type.Object({ status: Type.Array(Status), one: Type.Optional(Status) }, { $id: 'Query' })
  const { upgrade, lack } = tryOperation(splitEnum({ ...split, filter: ['paid'] }), 'Status', [Status, Query])
  t.strictSame(upgrade('Query', { status: ['open', 'done'], one: 'open' }, 'filter'), { status: ['paid', 'done'], one: 'paid' })
  t.strictSame(upgrade('Query', { status: ['open', 'done'], one: 'open' }), { status: ['pending', 'done'], one: 'pending' })
  t.equal(lack('Status', 'upgrade', 'filter'), undefined)
  for (const filter of [[], ['done']]) t.throws(() => tryOperation(splitEnum({ ...split, filter }), 'Status', [Status]), { code: 'FST_ERR_VINTAGE_MISFIT', message: /finds \[(?:done)?\] in a filter: give some of \[pending, paid\]/ })
  t.end()
})

test('A23 values that came with the split are read as the old one, which does not find them unless `filter` says so', (t) => {
  const Status = Type.Union([...values, Type.Literal('disputed')], { $id: 'Status' })
  const Query = Type.Object({ status: Type.Array(Status) }, { $id: 'Query' })
  const read = ['pending', 'paid', 'disputed']
  const { older, upgrade, downgrade } = tryOperation(splitEnum({ ...split, read }), 'Status', [Status, Query])
  t.match(older('Status'), { enum: ['open', 'done'] })
  for (const value of read) t.equal(downgrade('Status', value), 'open')
  t.equal(upgrade('Status', 'open'), 'pending')
  t.strictSame(upgrade('Query', { status: ['open', 'done'] }, 'filter'), { status: ['pending', 'paid', 'done'] })
  const all = tryOperation(splitEnum({ ...split, read, write: 'disputed', filter: read }), 'Status', [Status, Query])
  t.strictSame(all.upgrade('Query', { status: ['open', 'done'] }, 'filter'), { status: [...read, 'done'] })
  t.equal(all.upgrade('Status', 'open'), 'disputed')
  t.strictSame(splitEnum({ ...split, read }).makes, read, 'a forgotten twin is told by all of them')
  const refused = (spec: { read: string[], write?: string, filter?: string[] }, message: RegExp) => t.throws(() => tryOperation(splitEnum({ ...split, ...spec }), 'Status', [Status]), { code: 'FST_ERR_VINTAGE_MISFIT', message })
  refused({ read: ['pending', 'disputed'] }, /reads \[pending, disputed\] as `open`: give all of \[pending, paid\], and none that is the old one/)
  refused({ read: [...read, 'open'] }, /reads \[pending, paid, disputed, open\] as `open`/)
  refused({ read, write: 'done' }, /writes `done`, which is none of \[pending, paid, disputed\]/)
  refused({ read, filter: ['done'] }, /finds \[done\] in a filter: give some of \[pending, paid, disputed\]/)
  refused({ read: [...read, 'lost'] }, /needs \[pending, paid, disputed, lost\] among the values of the enum/)
  t.end()
})
