import { Type } from '@sinclair/typebox'
import { test } from 'tap'
import { rename } from '../../../src/versioning/operations/rename.js'
import { variant } from '../../../src/versioning/variant.js'
import { tryOperation } from '../convert.js'

const User = Type.Object({ a: Type.String(), b: Type.String({ default: 'x' }), c: Type.Optional(Type.String()) }, { $id: 'User' })

test('fields keep their place, their schema and whether they are required', (t) => {
  const { older, upgrade, downgrade } = tryOperation(rename({ x: 'a', z: 'c' }), 'User', [User])
  t.strictSame(older('User'), { $id: 'User@2000-01-01', type: 'object', required: ['x', 'b'], properties: { x: { type: 'string' }, b: { type: 'string', default: 'x' }, z: { type: 'string' } } })
  t.strictSame(upgrade('User', { x: '1', b: '2' }), { a: '1', b: '2' })
  t.strictSame(upgrade('User', { x: '1', b: '2', z: '3', d: '4' }), { a: '1', b: '2', c: '3', d: '4' })
  t.strictSame(downgrade('User', { a: '1', b: '2', c: '3' }), { x: '1', b: '2', z: '3' })
  t.end()
})

test('two fields may be swapped', (t) => {
  const { upgrade } = tryOperation(rename({ a: 'b', b: 'a' }), 'User', [User])
  t.strictSame(upgrade('User', { a: '1', b: '2' }), { b: '1', a: '2' })
  t.end()
})

test('a variant is renamed as far as it has the fields, and left alone when it has none', (t) => {
  const Some = variant('Some', User, (user) => Type.Pick(user, ['a']))
  const None = variant('None', User, (user) => Type.Pick(user, ['b']))
  const { upgrade, downgrade } = tryOperation(rename({ x: 'a', z: 'c' }), 'User', [User, Some, None])
  t.strictSame(upgrade('Some', { x: '1', z: 'unknown' }), { a: '1', z: 'unknown' })
  t.strictSame(downgrade('Some', { a: '1' }), { x: '1' })
  t.strictSame(upgrade('None', { b: '1' }), { b: '1' })
  t.end()
})

test('conditions of the schema go by the old names too', (t) => {
  const conditions = (name: string) => ({
    anyOf: [{ required: [name] }, { required: ['email'] }, true],
    not: { required: [name, 'email'], properties: { [name]: { const: 'x' } } },
    if: { allOf: [{ required: [name] }] },
    dependentRequired: { email: [name], [name]: [] },
    dependentSchemas: { [name]: { required: ['email'] } }
  })
  const Named = Type.Object({ full: Type.Optional(Type.String()), email: Type.Optional(Type.String()) }, { $id: 'Named', ...conditions('full') })
  t.match(tryOperation(rename({ name: 'full' }), 'Named', [Named]).older('Named'), conditions('name'))
  t.end()
})
