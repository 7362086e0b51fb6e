import { Type } from '@sinclair/typebox'
import { test } from 'tap'
import { replace } from '../../../src/versioning/operations/replace.js'
import { ref } from '../../../src/versioning/ref.js'
import { variant } from '../../../src/versioning/variant.js'
import { tryOperation } from '../convert.js'

const name = {
  before: { first: Type.String(), last: Type.String() },
  after: { full: Type.String() },
  upgrade: ({ first, last }: { first: string, last: string }) => ({ full: `${first} ${last}` }),
  downgrade: ({ full }: { full: string }) => ({ first: full.slice(0, 1), last: full.slice(2) })
}
const User = Type.Object({ id: Type.Integer(), full: Type.String() }, { $id: 'User' })

test('fields stand where their counterparts stood, and the function is not called when all are absent', (t) => {
  const Patch = variant('Patch', User, (user) => Type.Partial(user))
  const { older, upgrade, downgrade } = tryOperation(replace(name), 'User', [User, Patch])
  t.strictSame(Object.keys(Object(older('User').properties)), ['id', 'first', 'last'])
  t.strictSame(older('User').required, ['id', 'first', 'last'])
  t.strictSame(upgrade('Patch', {}), {})
  t.strictSame(downgrade('Patch', {}), {})
  t.strictSame(upgrade('Patch', { first: 'A', last: 'B' }), { full: 'A B' })
  t.throws(() => upgrade('Patch', { last: 'B' }), { code: 'FST_ERR_VINTAGE_PARTIAL_FIELDS', message: /`first` missing/ })
  t.end()
})

test('a variant without the fields is left alone', (t) => {
  const Bare = variant('Bare', User, (user) => Type.Pick(user, ['id']))
  t.strictSame(tryOperation(replace(name), 'User', [User, Bare]).upgrade('Bare', { id: 1, first: 'x' }), { id: 1, first: 'x' })
  t.end()
})

test('null passes where both sides admit it, unless the functions ask for it', (t) => {
  const Nullable = (schema: typeof User.properties.full) => Type.Union([schema, Type.Null()])
  const Patch = variant('Patch', User, (user) => Type.Object({ full: Type.Optional(Nullable(user.properties.full)) }))
  const { older, upgrade, downgrade } = tryOperation(replace(name), 'User', [User, Patch])
  t.match(older('Patch'), { properties: { first: { type: ['string', 'null'] } } })
  t.strictSame(upgrade('Patch', { first: null, last: null }), { full: null })
  t.strictSame(downgrade('Patch', { full: null }), { first: null, last: null })
  t.throws(() => upgrade('Patch', { first: null, last: 'B' }), { code: 'FST_ERR_VINTAGE_PARTIAL_FIELDS', message: /`first` missing/ })
  t.throws(() => upgrade('Patch', { first: null }), { code: 'FST_ERR_VINTAGE_PARTIAL_FIELDS' })

  const Note = Type.Object({ text: Type.String() }, { $id: 'Note' })
  const fill = { before: { note: Nullable(Type.String()) }, after: { text: Type.String() }, upgrade: ({ note }: { note: string | null }) => ({ text: note ?? 'none' }) }
  t.strictSame(tryOperation(replace(fill), 'Note', [Note]).upgrade('Note', { note: null }), { text: 'none' }, 'head does not admit null here')

  const Both = Type.Object({ text: Nullable(Type.String()) }, { $id: 'Both' })
  const called = { before: { note: Nullable(Type.String()) }, after: { text: Nullable(Type.String()) }, upgrade: ({ note }: { note: string | null }) => ({ text: note ?? 'none' }) }
  t.strictSame(tryOperation(replace(called), 'Both', [Both]).upgrade('Both', { note: null }), { text: null })
  t.strictSame(tryOperation(replace({ ...called, onNull: 'call' }), 'Both', [Both]).upgrade('Both', { note: null }), { text: 'none' })
  t.end()
})

test('a downgrade of a value that lacks one of several fields leaves the old ones absent', (t) => {
  const Size = Type.Object({ width: Type.Optional(Type.Integer()), height: Type.Optional(Type.Integer()) }, { $id: 'Size' })
  const { downgrade, older } = tryOperation(replace({
    before: { size: Type.String() },
    after: { width: Type.Integer(), height: Type.Integer() },
    downgrade: ({ width, height }) => ({ size: `${width}x${height}` })
  }), 'Size', [Size])
  t.strictSame(downgrade('Size', { width: 1, height: 2 }), { size: '1x2' })
  t.strictSame(downgrade('Size', { width: 1 }), {})
  t.strictSame(downgrade('Size', { width: 1, height: null }), { size: '1x0' }, 'the serialiser of head writes 0 there')
  t.notOk('required' in older('Size'))
  t.end()
})

test('what is absent, or undefined, is no key of what a function is given, in both directions and at any depth', (t) => {
  const Person = Type.Object({ full: Type.String(), title: Type.Optional(Type.String()), rank: Type.Optional(Type.Union([Type.Integer(), Type.Null()])), seat: Type.Optional(Type.Object({ row: Type.Optional(Type.Integer()) })) }, { $id: 'Person' })
  const seen: string[] = []
  const see = (fields: object) => seen.push(JSON.stringify([Object.keys(fields), fields]))
  const optional = { title: Type.Optional(Type.String()), rank: Type.Optional(Type.Union([Type.Integer(), Type.Null()])) }
  const { upgrade, downgrade } = tryOperation(replace({
    before: { honorific: optional.title, name: Type.String(), grade: optional.rank },
    after: { title: optional.title, full: Type.String(), rank: optional.rank, seat: Type.Optional(Type.Object({ row: Type.Optional(Type.Integer()) })) },
    upgrade: (fields) => {
      see(fields)
      return { full: fields.name }
    },
    downgrade: (fields) => {
      see({ ...fields, ...('seat' in fields ? { seatKeys: Object.keys(Object(fields.seat)) } : {}) })
      return { name: fields.full }
    }
  }), 'Person', [Person])
  upgrade('Person', { name: 'A' })
  upgrade('Person', { name: 'A', honorific: undefined, grade: undefined })
  upgrade('Person', { grade: null, name: 'A', honorific: 'Dr' })
  upgrade('Person', { name: 'A', honorific: null })
  downgrade('Person', { full: 'A' })
  downgrade('Person', { title: undefined, full: 'A', rank: undefined, seat: { row: undefined } })
  downgrade('Person', { full: 'A', rank: null, title: 'Dr', seat: { row: 1 } })
  const bare = '[["name"],{"name":"A"}]'
  const expected = [
    bare, bare, '[["name","honorific","grade"],{"name":"A","honorific":"Dr","grade":null}]', bare,
    '[["full"],{"full":"A"}]',
    '[["full","seat","seatKeys"],{"full":"A","seat":{},"seatKeys":[]}]',
    '[["full","title","rank","seat","seatKeys"],{"full":"A","title":"Dr","rank":null,"seat":{"row":1},"seatKeys":["row"]}]'
  ]
  t.strictSame(seen, expected.flatMap((one) => [one, one]), 'compiled and interpreted')
  t.end()
})

test('a field that its fragment calls optional may be absent on its own', (t) => {
  const Person = Type.Object({ full: Type.String(), title: Type.Optional(Type.String()) }, { $id: 'Person' })
  const { upgrade, downgrade, older } = tryOperation(replace({
    before: { name: Type.String(), honorific: Type.Optional(Type.String()) },
    after: { full: Type.String(), title: Type.Optional(Type.String()) },
    upgrade: ({ name, honorific }) => honorific === undefined ? { full: name } : { full: name, title: honorific },
    downgrade: ({ full, title }) => title === undefined ? { name: full } : { name: full, honorific: title }
  }), 'Person', [Person])
  t.strictSame(older('Person').required, ['name'])
  t.strictSame(upgrade('Person', { name: 'A' }), { full: 'A' })
  t.strictSame(upgrade('Person', { name: 'A', honorific: 'Dr' }), { full: 'A', title: 'Dr' })
  t.strictSame(downgrade('Person', { full: 'A' }), { name: 'A' })
  t.throws(() => upgrade('Person', { honorific: 'Dr' }), { code: 'FST_ERR_VINTAGE_PARTIAL_FIELDS' })
  t.end()
})

test('a function all of whose fields are optional is called as soon as one is there', (t) => {
  const Loose = Type.Object({ text: Type.Optional(Type.String()) }, { $id: 'Loose' })
  const { upgrade } = tryOperation(replace({
    before: { a: Type.Optional(Type.String()), b: Type.Optional(Type.String()) },
    after: { text: Type.Optional(Type.String()) },
    upgrade: ({ a, b }) => ({ text: `${a}-${b}` })
  }), 'Loose', [Loose])
  t.strictSame(upgrade('Loose', { b: '1' }), { text: 'undefined-1' })
  t.strictSame(upgrade('Loose', {}), {})
  t.end()
})

test('A30 a function that throws or returns wrongly is an error of ours that names file, change and version and no value', (t) => {
  const cause = new Error('boom: Ada')
  const failing = (upgrade: () => never) => tryOperation(replace({ ...name, upgrade }), 'User', [User])
  const thrown = failing(() => { throw cause })
  t.throws(() => thrown.upgrade('User', { id: 1, first: 'Ada', last: '' }), {
    code: 'FST_ERR_VINTAGE_CHANGE_FAILED',
    statusCode: 500,
    message: 'The `upgrade` function of versions[\'2001-01-01\'] ("tried", version 2001-01-01) threw.',
    cause
  })
  for (const wrong of [null, 'text', [], Promise.resolve({ full: 'x' })]) {
    const { upgrade } = failing(() => Object(wrong) === wrong ? wrong as never : wrong as never)
    t.throws(() => upgrade('User', { id: 1, first: 'Ada', last: '' }), { code: 'FST_ERR_VINTAGE_CHANGE_FAILED', message: /must return an object of fields, at once/ })
  }
  t.end()
})

test('A15 what a function reads and writes of other schemas is of its own version', (t) => {
  const Money = Type.Object({ minor: Type.Integer() }, { $id: 'Money' })
  const Order = Type.Object({ price: ref<{ minor: number }>('Money'), free: Type.Boolean() }, { $id: 'Order' })
  const { upgrade, downgrade } = tryOperation(replace({
    before: { cost: ref<{ minor: number }>('Money') },
    after: { price: ref<{ minor: number }>('Money'), free: Type.Boolean() },
    upgrade: ({ cost }) => ({ price: cost, free: cost.minor === 0 }),
    downgrade: ({ price }) => ({ cost: price })
  }), 'Order', [Order, Money])
  t.strictSame(upgrade('Order', { cost: { minor: 0 } }), { price: { minor: 0 }, free: true })
  t.strictSame(downgrade('Order', { price: { minor: 3 }, free: false }), { cost: { minor: 3 } })
  t.end()
})

test('A29 functions read the JSON form: dates, big integers, decimals, getters, toJSON and defaults of the response', (t) => {
  const Event = Type.Object({
    at: Type.String({ format: 'date-time' }),
    day: Type.String({ format: 'date' }),
    size: Type.Integer(),
    price: Type.String(),
    meta: Type.Union([Type.Object({ at: Type.String({ format: 'date-time' }) }), Type.Null()]),
    lang: Type.String({ default: 'en' })
  }, { $id: 'Event' })
  const seen: unknown[] = []
  const { downgrade } = tryOperation(replace({
    before: { text: Type.String() },
    after: Event.properties,
    downgrade: (fields) => {
      seen.push(structuredClone(fields))
      return { text: 'x' }
    }
  }), 'Event', [Event])
  class Row {
    readonly at = new Date(0)
    readonly day = new Date(2020, 1, 3)
    readonly size = 3n
    get price () { return { toString: () => '1.50' } }
    readonly meta = { toJSON: () => ({ at: new Date(0), also: 1n }) }
  }
  const row = Object.freeze(new Row())
  t.strictSame(downgrade('Event', row), { text: 'x' })
  const wanted = { at: '1970-01-01T00:00:00.000Z', day: '2020-02-03', size: 3, price: '1.50', meta: { at: '1970-01-01T00:00:00.000Z' }, lang: 'en' }
  t.strictSame(seen, [wanted, wanted], 'compiled and interpreted, without what the schema does not name')
  t.strictSame(downgrade('Event', { toJSON: () => row }), { text: 'x' })
  t.end()
})

test('A29 functions read scalars as the serialiser of head writes them, also where a driver gives text for a number', (t) => {
  const Event = Type.Object({
    count: Type.Integer(),
    cut: Type.Integer(),
    ratio: Type.Number(),
    on: Type.Boolean(),
    text: Type.String(),
    empty: Type.String(),
    none: Type.Integer(),
    off: Type.Boolean(),
    maybe: Type.Union([Type.String(), Type.Null()]),
    code: Type.Union([Type.Integer(), Type.Null()]),
    either: Type.Union([Type.String(), Type.Integer()]),
    deep: Type.Object({ count: Type.Integer() })
  }, { $id: 'Event' })
  const seen: unknown[] = []
  const { downgrade } = tryOperation(replace({
    before: { note: Type.String() },
    after: Event.properties,
    downgrade: (fields) => {
      seen.push(structuredClone(fields))
      return { note: 'x' }
    }
  }), 'Event', [Event])
  downgrade('Event', { count: '150', cut: 1.9, ratio: '1.5', on: 1, text: 42, empty: null, none: null, off: null, maybe: null, code: '7', either: 'a', deep: { count: '3' } })
  const wanted = { count: 150, cut: 1, ratio: 1.5, on: true, text: '42', empty: '', none: 0, off: false, maybe: null, code: 7, either: 'a', deep: { count: 3 } }
  t.strictSame(seen, [wanted, wanted], 'compiled and interpreted, without what the schema does not name')
  t.end()
})

test('old fields are required only where a head value always has them', (t) => {
  const Loose = Type.Object({ id: Type.Integer(), b: Type.Optional(Type.String()) }, { $id: 'Loose' })
  const { older, downgrade } = tryOperation(replace({
    before: { a: Type.String() },
    after: { b: Type.Optional(Type.String()) },
    downgrade: ({ b }) => ({ a: b ?? '' })
  }), 'Loose', [Loose])
  t.strictSame(older('Loose').required, ['id'])
  t.strictSame(downgrade('Loose', { id: 1 }), { id: 1 })
  t.end()
})

test('null in one of several fields whose function does not know null makes all old fields null', (t) => {
  const Nullable = Type.Union([Type.String(), Type.Null()])
  const Pair = Type.Object({ a: Nullable, b: Nullable, c: Type.Optional(Nullable) }, { $id: 'Pair' })
  const { older, downgrade, upgrade } = tryOperation(replace({
    before: { ab: Type.String() },
    after: { a: Type.String(), b: Type.String(), c: Type.Optional(Type.String()) },
    upgrade: ({ ab }) => ({ a: ab, b: '' }),
    downgrade: ({ a, b, c = '' }) => ({ ab: a.concat(b, c) })
  }), 'Pair', [Pair])
  t.match(older('Pair'), { required: ['ab'], properties: { ab: { type: ['string', 'null'] } } })
  t.strictSame(downgrade('Pair', { a: 'x', b: null }), { ab: null })
  t.strictSame(downgrade('Pair', { a: null, b: null, c: 'z' }), { ab: null })
  t.strictSame(downgrade('Pair', { a: 'x', b: 'y', c: null }), { ab: 'xy' }, 'what may be absent is absent')
  t.strictSame(upgrade('Pair', { ab: null }), { a: null, b: null, c: null })
  t.end()
})
