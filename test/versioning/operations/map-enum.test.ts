import { Type, type TSchema } from '@sinclair/typebox'
import { test } from 'tap'
import { mapEnum } from '../../../src/versioning/operations/map-enum.js'
import { variant } from '../../../src/versioning/variant.js'
import { tryOperation } from '../convert.js'

const literals = [Type.Literal('cancelled'), Type.Literal('paid')]
const values = { canceled: 'cancelled' }

test('values of an enum by its own $id have their old names, in bodies, responses, and as default', (t) => {
  const forms = [
    Type.Union(literals, { $id: 'Status', default: 'cancelled' }),
    Type.Unsafe({ $id: 'Status', type: 'string', enum: ['cancelled', 'paid'], default: 'cancelled' })
  ]
  for (const form of forms) {
    const { older, upgrade, downgrade } = tryOperation(mapEnum({ values }), 'Status', [form])
    t.strictSame(older('Status'), { $id: 'Status@2000-01-01', type: 'string', default: 'canceled', enum: ['canceled', 'paid'] })
    t.equal(upgrade('Status', 'canceled'), 'cancelled')
    t.equal(upgrade('Status', 'paid'), 'paid')
    t.equal(downgrade('Status', 'cancelled'), 'canceled')
  }
  t.end()
})

test('a condition that names the field and says nothing of its values is left alone, one that does is a misfit wherever it stands', (t) => {
  const order = (conditions: object) => Type.Object({ id: Type.Integer(), status: Type.Optional(Type.Union(literals)) }, { $id: 'Order', ...conditions })
  const together = [{ required: ['status'] }, { properties: { id: { maximum: 5 } } }]
  const { older, upgrade } = tryOperation(mapEnum({ field: 'status', values }), 'Order', [order({ anyOf: together })])
  t.strictSame(older('Order').anyOf, together)
  t.strictSame(upgrade('Order', { id: 1, status: 'canceled' }), { id: 1, status: 'cancelled' })
  const paid = { properties: { status: { const: 'paid' } } }
  for (const conditions of [{ anyOf: [paid, { required: ['id'] }] }, { if: { not: paid }, then: { required: ['id'] } }, { dependentSchemas: { id: paid } }]) {
    t.throws(() => tryOperation(mapEnum({ field: 'status', values }), 'Order', [order(conditions)]), { message: /of whose values a condition of the schema/ })
  }
  t.end()
})

test('two values may be swapped, and many have a table', (t) => {
  const Grade = Type.Unsafe({ $id: 'Grade', enum: ['a', 'b'] })
  const swapped = tryOperation(mapEnum({ values: { a: 'b', b: 'a' } }), 'Grade', [Grade])
  t.strictSame(swapped.older('Grade').enum, ['b', 'a'])
  t.equal(swapped.upgrade('Grade', 'a'), 'b')
  const names = Array.from({ length: 12 }, (_, index) => `v${index}`)
  const many = Type.Object({ size: Type.Unsafe({ enum: [...names, 'constructor'] }) }, { $id: 'Many' })
  const { upgrade, downgrade } = tryOperation(mapEnum({ field: 'size', values: { ...Object.fromEntries(names.map((name) => [name.toUpperCase(), name])), toString: 'constructor' } }), 'Many', [many])
  for (const name of names) t.strictSame(upgrade('Many', { size: name.toUpperCase() }), { size: name })
  t.strictSame(downgrade('Many', { size: 'constructor' }), { size: 'toString' })
  t.strictSame(upgrade('Many', { size: 'valueOf' }), { size: 'valueOf' })
  t.end()
})

test('a field is mapped alone, in lists, nullable, optional, and by the $id of its enum', (t) => {
  const Status = Type.Union(literals, { $id: 'Status' })
  const cases: ReadonlyArray<readonly [TSchema, unknown, unknown]> = [
    [Type.Union(literals), 'cancelled', 'canceled'],
    [Type.Array(Type.Union(literals)), ['cancelled', 'paid'], ['canceled', 'paid']],
    [Type.Array(Type.Array(Status)), [['cancelled']], [['canceled']]],
    [Type.Union([...literals, Type.Null(), Type.Literal(7)], { default: 7 }), null, null],
    [Type.Union([Status, Type.Boolean()], { default: 'cancelled' }), 'cancelled', 'canceled'],
    [Type.Optional(Status), undefined, undefined],
    [Type.Literal('cancelled'), 'cancelled', 'canceled']
  ]
  for (const [schema, newer, older] of cases) {
    const Order = Type.Object({ id: Type.Integer(), status: schema }, { $id: 'Order' })
    const { older: olderOf, upgrade, downgrade } = tryOperation(mapEnum({ field: 'status', values }), 'Order', [Order, Status])
    t.match(JSON.stringify(olderOf('Order')), /"canceled"/)
    t.notMatch(JSON.stringify(olderOf('Order')), /"cancelled"/)
    t.match(downgrade('Order', { id: 1, status: newer }), { id: 1, status: older })
    t.match(upgrade('Order', { id: 1, status: older }), { id: 1, status: newer })
  }
  t.end()
})

test('A23 in a filter a value alone, values in a list, and the defaults of both have the old names', (t) => {
  const Status = Type.Union(literals, { $id: 'Status' })
  const Query = Type.Object({ status: Type.Array(Status, { default: ['cancelled'] }), one: Type.Optional(Status) }, { $id: 'Query' })
  for (const { older, upgrade } of [tryOperation(mapEnum({ values }), 'Status', [Status, Query]), tryOperation(mapEnum({ field: 'status', values }), 'Query', [Query])]) {
    t.match(older('Query'), { properties: { status: { default: ['canceled'] } } })
    t.match(upgrade('Query', { status: ['canceled', 'paid'] }, 'filter'), { status: ['cancelled', 'paid'] })
    t.match(upgrade('Query', { status: 'other' }, 'filter'), { status: 'other' })
  }
  t.strictSame(tryOperation(mapEnum({ values }), 'Status', [Status, Query]).upgrade('Query', { status: ['paid'], one: 'canceled' }, 'filter'), { status: ['paid'], one: 'cancelled' })
  t.end()
})

test('A21 the default of an enum stands beside every reference to it, with its old name, in a union and a list too', (t) => {
  const Status = Type.Union(literals, { $id: 'Status', default: 'cancelled' })
  const Order = Type.Object({
    own: Status,
    maybe: Type.Union([Status, Type.Null()], { default: 'cancelled' }),
    list: Type.Array(Type.Union([Status, Type.Null()]), { default: ['cancelled', null] }),
    other: Type.Unsafe({ $ref: 'Status', default: 'paid' }),
    plain: Type.String({ default: 'cancelled' })
  }, { $id: 'Order' })
  t.match(tryOperation(mapEnum({ values }), 'Status', [Status, Order]).older('Order'), {
    properties: { own: { $ref: '#/$defs/Status', default: 'canceled' }, maybe: { default: 'canceled' }, list: { default: ['canceled', null] }, other: { default: 'paid' }, plain: { default: 'cancelled' } }
  })
  t.end()
})

test('a member of a union that is told by the value is found in both versions', (t) => {
  const Cat = Type.Object({ kind: Type.Literal('cat'), age: Type.Integer() }, { $id: 'Cat' })
  const Dog = Type.Object({ kind: Type.Literal('dog') }, { $id: 'Dog' })
  const Pets = Type.Object({ pets: Type.Array(Type.Union([Cat, Dog])) }, { $id: 'Pets' })
  const { upgrade, downgrade } = tryOperation(mapEnum({ field: 'kind', values: { kitty: 'cat' } }), 'Cat', [Cat, Dog, Pets])
  const [newer, older] = [{ pets: [{ kind: 'cat', age: 1 }, { kind: 'dog' }] }, { pets: [{ kind: 'kitty', age: 1 }, { kind: 'dog' }] }]
  t.strictSame(upgrade('Pets', older), newer)
  t.strictSame(downgrade('Pets', newer), older)
  t.end()
})

test('a variant without the field is left alone', (t) => {
  const Order = Type.Object({ id: Type.Integer(), status: Type.Union(literals) }, { $id: 'Order' })
  const Bare = variant('Bare', Order, (order) => Type.Pick(order, ['id']))
  const Patch = variant('Patch', Order, (order) => Type.Partial(order))
  const { upgrade } = tryOperation(mapEnum({ field: 'status', values }), 'Order', [Order, Bare, Patch])
  t.strictSame(upgrade('Bare', { id: 1, status: 'canceled' }), { id: 1, status: 'canceled' })
  t.strictSame(upgrade('Patch', {}), {})
  t.strictSame(upgrade('Patch', { status: 'canceled' }), { status: 'cancelled' })
  t.end()
})

test('A16 values that cannot be mapped', (t) => {
  const Order = Type.Object({ status: Type.Union(literals), name: Type.String() }, { $id: 'Order' })
  const Status = Type.Union(literals, { $id: 'Status' })
  const misfit = (target: TSchema, operation: ReturnType<typeof mapEnum>, message: string) =>
    t.throws(() => tryOperation(operation, String(target.$id), [target]), { code: 'FST_ERR_VINTAGE_MISFIT', message: `versions['2001-01-01']: "tried" (2001-01-01) does not fit: \`${String(target.$id)}\`: ${message}.` })
  misfit(Status, mapEnum({ values: {} }), 'maps no value: give old and new values in `values`')
  misfit(Status, mapEnum({ values: { paid: 'paid' } }), 'maps `paid` to itself: leave it out of `values`')
  misfit(Status, mapEnum({ values: { a: 'paid', b: 'paid' } }), 'maps two values to `paid`, so that nobody could say which of them it was: map one to one, or use `splitEnum` where one value became several')
  misfit(Status, mapEnum({ values: { a: 'open' } }), 'needs [open] among the values of the enum, and [a] not: correct the values, or name the `field` of an object')
  misfit(Status, mapEnum({ values: { cancelled: 'paid' } }), 'needs [paid] among the values of the enum, and [cancelled] not: correct the values, or name the `field` of an object')
  misfit(Order, mapEnum({ field: 'state', values }), 'maps values of `state`, but there is no such field: correct the name, or the schema')
  misfit(Order, mapEnum({ field: 'name', values }), 'needs [cancelled] among the values of `name`, and [canceled] not: correct the values, or the schema')
  t.end()
})
