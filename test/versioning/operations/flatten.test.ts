import { Type } from '@sinclair/typebox'
import { test } from 'tap'
import { flatten } from '../../../src/versioning/operations/flatten.js'
import { variant } from '../../../src/versioning/variant.js'
import { tryOperation } from '../convert.js'

const User = Type.Object({ id: Type.Integer(), street: Type.String({ maxLength: 40 }), zip: Type.Optional(Type.String()), city: Type.Union([Type.String(), Type.Null()]), ok: Type.Boolean() }, { $id: 'User' })
const address = { street: 'Main', zip: '1', city: null }
const flat = flatten({ from: 'address', fields: ['street', 'zip', 'city'] })

test('the object stands where the first of the fields stood, with their limits, and values pass both ways', (t) => {
  const { older, upgrade, downgrade } = tryOperation(flat, 'User', [User])
  t.strictSame(older('User'), {
    $id: 'User@2000-01-01',
    type: 'object',
    required: ['id', 'address', 'ok'],
    properties: {
      id: { type: 'integer' },
      address: { type: 'object', required: ['street', 'city'], properties: { street: { type: 'string', maxLength: 40 }, zip: { type: 'string' }, city: { anyOf: [{ type: 'string' }, { type: 'null' }] } } },
      ok: { type: 'boolean' }
    }
  })
  t.strictSame(upgrade('User', { id: 1, address, ok: true }), { id: 1, ...address, ok: true })
  t.strictSame(upgrade('User', { id: 1, address: { street: 'a', city: 'b' }, ok: true, zip: 'smuggled' }), { id: 1, street: 'a', city: 'b', ok: true })
  t.strictSame(downgrade('User', { id: 1, ...address, ok: true }), { id: 1, address, ok: true })
  t.strictSame(downgrade('User', { id: 1, street: 'a', city: 'b', ok: true }), { id: 1, address: { street: 'a', city: 'b' }, ok: true })
  t.end()
})

test('fields may have other names, also names that every object inherits, and one may be called as the object was', (t) => {
  const Odd = Type.Object({ address: Type.String(), toString: Type.String() }, { $id: 'Odd', additionalProperties: false })
  const { older, upgrade, downgrade } = tryOperation(flatten({ from: 'address', fields: { line: 'address', constructor: 'toString' }, before: { description: 'where' } }), 'Odd', [Odd])
  t.match(older('Odd'), { properties: { address: { type: 'object', description: 'where', additionalProperties: false, required: ['line', 'constructor'] } } })
  t.strictSame(upgrade('Odd', { address: { line: 'a', constructor: 'b' } }), { address: 'a', toString: 'b' })
  t.strictSame(upgrade('Odd', { address: { line: 'a' } }), { address: 'a' })
  t.strictSame(downgrade('Odd', { address: 'a', toString: 'b' }), { address: { line: 'a', constructor: 'b' } })
  t.end()
})

test('of fields that may all be absent the object may be, and is then', (t) => {
  const Patch = variant('Patch', User, (user) => Type.Partial(user))
  const { older, upgrade, downgrade } = tryOperation(flat, 'User', [User, Patch])
  t.notOk('required' in older('Patch'))
  t.notOk('required' in Object(Object(older('Patch').properties).address))
  t.strictSame(upgrade('Patch', {}), {})
  t.strictSame(upgrade('Patch', { address: {} }), {})
  t.strictSame(upgrade('Patch', { address: { city: null } }), { city: null })
  t.strictSame(downgrade('Patch', {}), {})
  t.strictSame(downgrade('Patch', { street: 'a' }), { address: { street: 'a' } })
  t.end()
})

test('a variant has those of the fields that it has, and is left alone without any', (t) => {
  const Part = variant('Part', User, (user) => Type.Pick(user, ['id', 'city']))
  const None = variant('None', User, (user) => Type.Pick(user, ['id']))
  const { upgrade, downgrade } = tryOperation(flat, 'User', [User, Part, None])
  t.strictSame(upgrade('Part', { id: 1, address: { city: 'x', street: 'unknown' } }), { id: 1, city: 'x' })
  t.strictSame(downgrade('Part', { id: 1, city: 'x' }), { id: 1, address: { city: 'x' } })
  t.strictSame(upgrade('None', { id: 1, address: 'any' }), { id: 1, address: 'any' })
  t.end()
})

test('the fields may hold other schemas that change, in lists and unions', (t) => {
  const City = Type.Object({ name: Type.String() }, { $id: 'City' })
  const Trip = Type.Object({ kind: Type.Literal('trip'), from: City, to: Type.Optional(Type.Array(City)) }, { $id: 'Trip' })
  const Bag = Type.Object({ list: Type.Array(Type.Union([Trip, Type.Null()])) }, { $id: 'Bag' })
  const { upgrade, downgrade } = tryOperation(flatten({ from: 'way', fields: ['from', 'to'] }), 'Trip', [Trip, City, Bag])
  const newer = { list: [{ kind: 'trip', from: { name: 'a' }, to: [{ name: 'b' }] }, null, { kind: 'trip', from: { name: 'c' } }] }
  const older = { list: [{ kind: 'trip', way: { from: { name: 'a' }, to: [{ name: 'b' }] } }, null, { kind: 'trip', way: { from: { name: 'c' } } }] }
  t.strictSame(upgrade('Bag', older), newer)
  t.strictSame(downgrade('Bag', newer), older)
  t.end()
})

test('A16 what cannot be flattened', (t) => {
  const misfit = (operation: ReturnType<typeof flatten>, message: string, schema: typeof User = User) =>
    t.throws(() => tryOperation(operation, String(schema.$id), [schema]), { code: 'FST_ERR_VINTAGE_MISFIT', message: `versions['2001-01-01']: "tried" (2001-01-01) does not fit: \`${String(schema.$id)}\`: ${message}.` })
  misfit(flatten({ from: 'address', fields: [] }), 'flattens nothing out of `address`: name its fields in `fields`')
  misfit(flatten({ from: 'address', fields: { a: 'street', b: 'street' } }), 'names `street` twice in `fields`: each new field comes from one field of `address`')
  misfit(flatten({ from: 'address', fields: ['zip', 'zip'] }), 'names `zip` twice in `fields`: each new field comes from one field of `address`')
  misfit(flatten({ from: 'address', fields: ['town'] }), 'flattens `address` to `town`, but there is no such field: correct `fields`, or the schema')
  misfit(flatten({ from: 'ok', fields: ['street'] }), 'brings back `ok`, but that name is taken: it is also there after the change')
  const Named = Type.Object({ ...User.properties }, { $id: 'Named', dependentRequired: { zip: ['city'] } })
  misfit(flat, 'flattens to `zip`, which a condition of the schema (`anyOf`, `if`, `dependentRequired`, …) names, and a field of the old object cannot take its place there: leave the condition to the handler', Named)
  t.equal(tryOperation(flat, 'User', [User]).lack('User', 'upgrade'), undefined)
  t.end()
})
