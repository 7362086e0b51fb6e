import { Type } from '@sinclair/typebox'
import { test } from 'tap'
import { nest } from '../../../src/versioning/operations/nest.js'
import { ref } from '../../../src/versioning/ref.js'
import { variant } from '../../../src/versioning/variant.js'
import { tryOperation } from '../convert.js'

const Address = Type.Object({ street: Type.String({ maxLength: 40 }), city: Type.String() })
const User = Type.Object({ id: Type.Integer(), address: Address, ok: Type.Boolean() }, { $id: 'User' })
const address = { street: 'Main', city: 'Rome' }
const moved = nest({ into: 'address', fields: ['street', 'city'] })

test('the fields stand where the object stood, with its limits, and values pass both ways', (t) => {
  const { older, upgrade, downgrade } = tryOperation(moved, 'User', [User])
  t.strictSame(older('User'), {
    $id: 'User@2000-01-01',
    type: 'object',
    required: ['id', 'street', 'city', 'ok'],
    properties: { id: { type: 'integer' }, street: { type: 'string', maxLength: 40 }, city: { type: 'string' }, ok: { type: 'boolean' } }
  })
  t.strictSame(upgrade('User', { id: 1, ...address, ok: true }), { id: 1, address, ok: true })
  t.strictSame(downgrade('User', { id: 1, address, ok: true }), { id: 1, ...address, ok: true })
  t.strictSame(upgrade('User', { id: 1, ...address, address: { street: 'smuggled' }, extra: 1, ok: true }), { id: 1, address, ok: true, extra: 1 })
  t.end()
})

test('fields may have other names in the object, also names that every object inherits, and one may be called as the object', (t) => {
  const Odd = Type.Object({ address: Type.Object({ toString: Type.String(), line: Type.String(), constructor: Type.Optional(Type.String()) }) }, { $id: 'Odd' })
  const { older, upgrade, downgrade } = tryOperation(nest({ into: 'address', fields: { address: 'line', valueOf: 'toString', hasOwnProperty: 'constructor' } }), 'Odd', [Odd])
  t.strictSame(Object.keys(Object(older('Odd').properties)), ['address', 'valueOf', 'hasOwnProperty'])
  t.strictSame(upgrade('Odd', { address: 'a', valueOf: 'b' }), { address: { line: 'a', toString: 'b' } })
  t.strictSame(upgrade('Odd', { address: 'a', valueOf: 'b', hasOwnProperty: 'c' }), { address: { line: 'a', toString: 'b', constructor: 'c' } })
  t.strictSame(downgrade('Odd', { address: { line: 'a', toString: 'b' } }), { address: 'a', valueOf: 'b' })
  const proto = nest({ into: 'address', fields: JSON.parse('{ "__proto__": "line", "b": "__proto__" }') })
  const Proto = Type.Object({ address: Type.Unsafe(JSON.parse('{ "type": "object", "required": ["line"], "properties": { "line": { "type": "string" }, "__proto__": { "type": "string" } } }')) }, { $id: 'Proto' })
  const hostile = tryOperation(proto, 'Proto', [Proto])
  t.strictSame(JSON.stringify(hostile.upgrade('Proto', JSON.parse('{ "__proto__": "x", "b": "y" }'))), '{"address":{"line":"x","__proto__":"y"}}')
  t.strictSame(JSON.stringify(hostile.downgrade('Proto', JSON.parse('{ "address": { "line": "x", "__proto__": "y" } }'))), '{"__proto__":"x","b":"y"}')
  t.end()
})

test('an optional object is absent with all its fields, and a part of it is refused with the names of all', (t) => {
  const Loose = Type.Object({ address: Type.Optional(Address) }, { $id: 'Loose' })
  const { older, upgrade, downgrade } = tryOperation(nest({ into: 'address', fields: { s: 'street', c: 'city' } }), 'Loose', [Loose])
  t.notOk('required' in older('Loose'))
  t.strictSame(upgrade('Loose', {}), {})
  t.strictSame(downgrade('Loose', {}), {})
  t.strictSame(upgrade('Loose', { s: 'Main', c: 'Rome' }), { address })
  t.throws(() => upgrade('Loose', { c: 'Rome' }), { code: 'FST_ERR_VINTAGE_PARTIAL_FIELDS', message: 'The fields `s`, `c` must come together since version 2001-01-01; `s` missing.' })
  t.throws(() => upgrade('Loose', { s: null, c: 'Rome' }), { code: 'FST_ERR_VINTAGE_PARTIAL_FIELDS' })
  t.end()
})

test('in a patch, none of the fields is no object; some of them are one where its fields are optional', (t) => {
  const Patch = variant('Patch', User, (user) => Type.Partial(user))
  const Deep = variant('Deep', User, (user) => Type.Object({ address: Type.Optional(Type.Partial(user.properties.address)) }))
  const { older, upgrade } = tryOperation(moved, 'User', [User, Patch, Deep])
  t.notOk('required' in older('Patch'))
  t.strictSame(upgrade('Patch', {}), {})
  t.strictSame(upgrade('Patch', { ...address }), { address })
  t.throws(() => upgrade('Patch', { city: 'Rome' }), { code: 'FST_ERR_VINTAGE_PARTIAL_FIELDS', message: /`street` missing/ })
  t.strictSame(Object.keys(Object(older('Deep').properties)), ['street', 'city'])
  t.strictSame(upgrade('Deep', {}), {})
  t.strictSame(upgrade('Deep', { city: 'Rome' }), { address: { city: 'Rome' } })
  t.strictSame(upgrade('Deep', { street: null, city: 'Rome' }), { address: { city: 'Rome' } })
  t.end()
})

test('a variant has those of the fields that its object has, and is left alone without any', (t) => {
  const Part = variant('Part', User, (user) => Type.Object({ address: Type.Pick(user.properties.address, ['city']) }))
  const Other = variant('Other', User, () => Type.Object({ address: Type.Object({ zip: Type.String() }) }))
  const None = variant('None', User, (user) => Type.Pick(user, ['id']))
  const { upgrade, downgrade } = tryOperation(moved, 'User', [User, Part, Other, None])
  t.strictSame(upgrade('Part', { city: 'Rome', street: 'unknown' }), { address: { city: 'Rome' }, street: 'unknown' })
  t.strictSame(downgrade('Part', { address: { city: 'Rome' } }), { city: 'Rome' })
  t.strictSame(upgrade('Other', { address: { zip: '1' } }), { address: { zip: '1' } })
  t.strictSame(upgrade('None', { id: 1, city: 'x' }), { id: 1, city: 'x' })
  t.end()
})

test('an object that must be there is empty when nothing of it is', (t) => {
  const Open = Type.Object({ address: Type.Object({ street: Type.Optional(Type.String()), city: Type.Optional(Type.Union([Type.String(), Type.Null()])) }) }, { $id: 'Open' })
  const { older, upgrade, downgrade } = tryOperation(moved, 'Open', [Open])
  t.notOk('required' in older('Open'))
  t.strictSame(upgrade('Open', {}), { address: {} })
  t.strictSame(upgrade('Open', { city: null }), { address: { city: null } })
  t.strictSame(downgrade('Open', { address: { street: 'Main' } }), { street: 'Main' })
  t.end()
})

test('an object that may be null is null when all its fields are', (t) => {
  for (const nullable of [Type.Union([Address, Type.Null()]), Type.Unsafe({ ...Address, nullable: true }), Type.Unsafe({ ...Address, type: ['object', 'null'] })]) {
    const Null = Type.Object({ address: nullable }, { $id: 'Null' })
    const { older, upgrade, downgrade } = tryOperation(moved, 'Null', [Null])
    t.match(older('Null'), { required: ['street', 'city'], properties: { street: { type: ['string', 'null'], maxLength: 40 } } })
    t.strictSame(upgrade('Null', { street: null, city: null }), { address: null })
    t.strictSame(downgrade('Null', { address: null }), { street: null, city: null })
    t.strictSame(upgrade('Null', { ...address }), { address })
    t.throws(() => upgrade('Null', { street: null, city: 'Rome' }), { code: 'FST_ERR_VINTAGE_PARTIAL_FIELDS', message: /`street` missing/ })
  }
  t.end()
})

test('of an object that may be null and has optional fields, null in those that are there is null', (t) => {
  const Maybe = Type.Object({ address: Type.Optional(Type.Union([Type.Partial(Address), Type.Null()])) }, { $id: 'Maybe' })
  const { upgrade, downgrade } = tryOperation(moved, 'Maybe', [Maybe])
  t.strictSame(upgrade('Maybe', { city: null }), { address: null })
  t.strictSame(upgrade('Maybe', { city: 'Rome', street: null }), { address: { city: 'Rome' } })
  t.strictSame(upgrade('Maybe', {}), {})
  t.strictSame(downgrade('Maybe', { address: null }), { street: null, city: null })
  t.end()
})

test('the object may have an $id of its own, and stand in lists, unions and trees; changes below it apply', (t) => {
  const City = Type.Object({ name: Type.String() }, { $id: 'City' })
  const Place = Type.Object({ street: Type.String(), city: City }, { $id: 'Place' })
  const Person = Type.Recursive((This) => Type.Object({ address: Place, friends: Type.Array(This), boss: Type.Optional(Type.Union([This, Type.Null()])) }), { $id: 'Person' })
  const { upgrade, downgrade } = tryOperation(moved, 'Person', [Person, Place, City])
  const newer = { address: { street: 'Main', city: { name: 'Rome' } }, friends: [{ address: { street: 'Side', city: { name: 'Bonn' } }, friends: [] }], boss: null }
  const older = { street: 'Main', city: { name: 'Rome' }, friends: [{ street: 'Side', city: { name: 'Bonn' }, friends: [] }], boss: null }
  t.strictSame(upgrade('Person', older), newer)
  t.strictSame(downgrade('Person', newer), older)
  t.end()
})

test('a default of the object is one of each field', (t) => {
  const Preset = Type.Object({ address: Type.Object({ ...Address.properties }, { default: { street: 'Main' } }) }, { $id: 'Preset' })
  t.match(tryOperation(moved, 'Preset', [Preset]).older('Preset'), { properties: { street: { default: 'Main' }, city: { default: undefined } } })
  t.end()
})

test('A29 what a handler gives is read as JSON: `toJSON`, getters, and nothing at all', (t) => {
  const { downgrade } = tryOperation(moved, 'User', [User])
  class Getters { get street () { return 'Main' } get city () { return 'Rome' } }
  t.strictSame(downgrade('User', { id: 1, address: new Getters(), ok: true }), { id: 1, ...address, ok: true })
  t.strictSame(downgrade('User', { id: 1, address: { toJSON: () => address }, ok: true }), { id: 1, ...address, ok: true })
  t.strictSame(downgrade('User', { id: 1, address: null, ok: true }), { id: 1, street: null, city: null, ok: true })
  t.strictSame(downgrade('User', { id: 1, ok: true }), { id: 1, ok: true })
  t.strictSame(downgrade('User', { id: 1, address: 'text', ok: true }), { id: 1, ok: true })
  t.end()
})

test('A16 what cannot be nested', (t) => {
  const misfit = (operation: ReturnType<typeof nest>, message: string, schema = User) =>
    t.throws(() => tryOperation(operation, String(schema.$id), [schema]), { code: 'FST_ERR_VINTAGE_MISFIT', message: `versions['2001-01-01']: "tried" (2001-01-01) does not fit: \`${String(schema.$id)}\`: ${message}.` })
  misfit(nest({ into: 'address', fields: [] }), 'nests nothing into `address`: name the older fields in `fields`')
  misfit(nest({ into: 'address', fields: { a: 'street', b: 'street' } }), 'names `street` twice in `fields`: each field of `address` comes from one older field')
  misfit(nest({ into: 'address', fields: ['street', 'street'] }), 'names `street` twice in `fields`: each field of `address` comes from one older field')
  misfit(nest({ into: 'home', fields: ['street'] }), 'nests into `home`, but there is no such field: correct `into`, or the schema')
  misfit(nest({ into: 'ok', fields: ['street'] }), 'nests into `ok`, which is no object: correct `into`, or the schema')
  misfit(nest({ into: 'address', fields: ['zip'] }), 'nests `zip`, but `address` has no field `zip`: correct `fields`, or the schema')
  misfit(nest({ into: 'address', fields: { ok: 'street' } }), 'brings back `ok`, but that name is taken: it is also there after the change')
  const Named = Type.Object({ address: Type.Optional(Address) }, { $id: 'Named', anyOf: [{ required: ['address'] }] })
  misfit(moved, 'nests into `address`, which a condition of the schema (`anyOf`, `if`, `dependentRequired`, …) names, and the old fields cannot take its place there: leave the condition to the handler', Named as never)
  for (const schema of [Type.Union([Address, Type.String()]), Type.Unsafe({ type: ['object', 'string'], properties: {} })]) {
    misfit(moved, 'nests into `address`, which is no object: correct `into`, or the schema', Type.Object({ address: schema }, { $id: 'Mixed' }) as never)
  }
  t.end()
})

test('A13 a field of the object that head requires and nobody sends is missing where a request carries it', (t) => {
  const operation = nest({ into: 'address', fields: ['street'] })
  t.match(tryOperation(operation, 'User', [User]).lack('User', 'upgrade'), 'does not say where `address.city` comes from, which head requires and older clients do not send: name it in `fields`, or make it optional')
  t.equal(tryOperation(operation, 'User', [User]).lack('User', 'downgrade'), undefined)
  t.equal(tryOperation(moved, 'User', [User]).lack('User', 'upgrade'), undefined)
  const Holder = Type.Object({ price: ref('User') }, { $id: 'Holder' })
  t.ok(tryOperation(moved, 'User', [User, Holder]).older('Holder'))
  t.end()
})

test('fields of an object that may be null admit null as no coercion can misread it', (t) => {
  const Kinds = Type.Object({ all: Type.Union([Type.Object({ text: Type.String(), pick: Type.Unsafe({ type: 'string', enum: ['a'] }), one: Type.Literal('a'), list: Type.Array(Type.String()) }), Type.Null()]) }, { $id: 'Kinds' })
  const { older, downgrade } = tryOperation(nest({ into: 'all', fields: ['text', 'pick', 'one', 'list'] }), 'Kinds', [Kinds])
  t.strictSame(older('Kinds').properties, {
    text: { type: ['string', 'null'] },
    pick: { type: ['string', 'null'], enum: ['a', null] },
    one: { anyOf: [{ const: 'a', type: 'string' }, { type: 'null' }] },
    list: { anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'null' }] }
  })
  t.strictSame(downgrade('Kinds', { all: null }), { text: null, pick: null, one: null, list: null })
  t.end()
})
