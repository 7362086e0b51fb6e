import { Type, type TSchema } from '@sinclair/typebox'
import { test, type Test } from 'tap'
import { laws } from '../../../src/testing.js'
import { change } from '../../../src/versioning/change.js'
import { constrain } from '../../../src/versioning/operations/constrain.js'
import { defaultChanged } from '../../../src/versioning/operations/default-changed.js'
import { errorCodeChanged } from '../../../src/versioning/operations/error-code-changed.js'
import { flatten } from '../../../src/versioning/operations/flatten.js'
import { mapEnum } from '../../../src/versioning/operations/map-enum.js'
import { mapFieldNames } from '../../../src/versioning/operations/map-field-names.js'
import { nest } from '../../../src/versioning/operations/nest.js'
import type { SchemaOperation } from '../../../src/versioning/operations/operation.js'
import { wrap } from '../../../src/versioning/operations/wrap.js'
import { variant } from '../../../src/versioning/variant.js'

async function holds (t: Test, operation: SchemaOperation, ...schemas: TSchema[]): Promise<void> {
  const [target] = schemas
  const versions = { '2000-01-01': [], '2001-01-01': change('c', String(target?.$id ?? 'A'), operation) }
  t.strictSame(await laws(versions, { runs: 60, seed: 11, ...(schemas.length > 0 ? { schemas } : {}) }), [], `${operation.kind} ${schemas.map(({ $id }) => $id).join(', ')}`)
}

test('the operations on values keep all laws on their own', async (t) => {
  await holds(t, mapEnum({ values: { a: 'b', b: 'a', toString: 'constructor' } }))
  await holds(t, mapEnum({ field: 'x', values: { a: 'b' } }))
  await holds(t, errorCodeChanged({ codes: { A: 'B' } }))
  await holds(t, errorCodeChanged({ field: 'error', codes: { A: ['B', 'C'] } }))
  await holds(t, nest({ into: 'a', fields: ['b', 'c'] }))
  await holds(t, nest({ into: 'a', fields: { a: 'b', constructor: 'toString' } }))
  await holds(t, flatten({ from: 'a', fields: ['b', 'c'] }))
  await holds(t, flatten({ from: 'a', fields: { b: 'a', toString: 'valueOf' } }))
  await holds(t, wrap({ fields: { a: 'as', b: 'b' } }))
  await holds(t, wrap({ fields: { a: 'as' }, empty: { a: null } }))
  await holds(t, defaultChanged({ field: 'limit', before: 10, after: 20 }))
  await holds(t, defaultChanged({ field: 'limit', before: 'ten' }))
  await holds(t, constrain({ before: { a: Type.String() }, after: { a: Type.String({ maxLength: 2 }) } }))
  await holds(t, constrain({ before: { a: Type.Integer({ minimum: 5 }) }, after: { a: Type.Integer({ minimum: 0 }) }, relax: ({ a }) => ({ a: Math.max(a, 5) }) }))
  await holds(t, constrain({ before: { a: Type.Optional(Type.String()) }, after: { a: Type.String({ maxLength: 2 }) }, fit: ({ a = '' }) => ({ a: [...a].slice(0, 2).join('') }) }))
})

test('they keep all laws on schemas of head, with variants, optional fields and null', async (t) => {
  const Address = Type.Object({ street: Type.String({ maxLength: 5 }), zip: Type.Optional(Type.Integer()) })
  const User = Type.Object({ id: Type.Integer(), address: Address, state: Type.Union([Type.Literal('on'), Type.Literal('off')]), emails: Type.Array(Type.String()) }, { $id: 'User' })
  const Patch = variant('Patch', User, (user) => Type.Partial(user))
  await holds(t, nest({ into: 'address', fields: { address_street: 'street', zip: 'zip' } }), User, Patch)
  await holds(t, mapEnum({ field: 'state', values: { active: 'on' } }), User, Patch)
  await holds(t, wrap({ fields: { email: 'emails' }, empty: { email: null } }), User, Patch)
  const Flat = Type.Object({ id: Type.Integer(), street: Type.String({ maxLength: 5 }), zip: Type.Optional(Type.Union([Type.Integer(), Type.Null()])) }, { $id: 'Flat', additionalProperties: false })
  await holds(t, flatten({ from: 'address', fields: ['street', 'zip'] }), Flat, variant('FlatPatch', Flat, (flat) => Type.Partial(flat)))
  const Nullable = Type.Object({ address: Type.Union([Type.Object({ street: Type.String() }), Type.Null()]) }, { $id: 'Nullable' })
  await holds(t, nest({ into: 'address', fields: ['street'] }), Nullable)
  const State = Type.Union([Type.Literal('on'), Type.Literal('off')], { $id: 'State', default: 'on' })
  const Lamp = Type.Object({ states: Type.Array(State), last: Type.Optional(State), next: Type.Union([State, Type.Null()]) }, { $id: 'Lamp' })
  await holds(t, mapEnum({ values: { off: 'on', on: 'off' } }), State, Lamp)
  const Name = Type.Object({ name: Type.String({ maxLength: 2 }), tags: Type.Array(Type.String(), { maxItems: 1, uniqueItems: true }) }, { $id: 'Name' })
  await holds(t, constrain({ before: { name: Type.String(), tags: Type.Array(Type.String()) }, after: { ...Name.properties } }), Name, variant('NamePatch', Name, (name) => Type.Partial(name)))
})

test('an object without fields and no object are the same to those for whom the fields are flat', async (t) => {
  const Loose = Type.Object({ address: Type.Optional(Type.Object({ street: Type.Optional(Type.String()) })) }, { $id: 'Loose' })
  await holds(t, nest({ into: 'address', fields: ['street'] }), Loose)
  const Null = Type.Object({ address: Type.Union([Type.Object({ street: Type.Union([Type.String(), Type.Null()]) }), Type.Null()]) }, { $id: 'Null' })
  await holds(t, nest({ into: 'address', fields: ['street'] }), Null, variant('Other', Null, () => Type.Object({ other: Type.String() })))
})

test('what an operation touches is a field of its sample', (t) => {
  const operations: SchemaOperation[] = [
    mapEnum({ field: 'x', values: { a: 'b' } }), errorCodeChanged({ codes: { A: 'B' } }), nest({ into: 'a', fields: ['b'] }), flatten({ from: 'a', fields: ['b'] }),
    wrap({ fields: { a: 'as' } }), defaultChanged({ field: 'limit', before: 10, after: 20 }), constrain({ before: { a: Type.String() }, after: { a: Type.String({ maxLength: 2 }) } }),
    mapFieldNames({ newer: new Map([['a', ['b']]]), older: new Map([['b', ['a']]]), prefix: '', separator: '' })
  ]
  for (const { kind, touches, sample } of operations) t.strictSame(touches().filter((name) => !Object.hasOwn(Object(sample().properties), name)), [], kind)
  t.end()
})
