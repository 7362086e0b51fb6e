import { Type } from '@sinclair/typebox'
import { test } from 'tap'
import { change } from '../../src/versioning/change.js'
import { deriveContracts } from '../../src/versioning/contracts.js'
import { historyOf } from '../../src/versioning/history.js'
import { rename } from '../../src/versioning/operations/rename.js'
import { splitEnum } from '../../src/versioning/operations/split-enum.js'
import { checkBothWays, newUser, oldUser, renamed, User } from './both-ways.js'

test('A12 union members are told apart by JSON type, by literal, or by a property of literals that may be renamed too', (t) => {
  checkBothWays(t, Type.Union([User, Type.String(), Type.Array(User)]), newUser, oldUser)
  checkBothWays(t, Type.Array(Type.Union([User, Type.String()])), [newUser, 'a', newUser], [oldUser, 'a', oldUser])
  checkBothWays(t, Type.Union([User, Type.String(), Type.Array(User)]), 'text', 'text')
  checkBothWays(t, Type.Union([User, Type.String(), Type.Array(User)]), [newUser], [oldUser])
  const Cat = Type.Object({ kind: Type.Literal('cat'), born_at: Type.String() }, { $id: 'Cat' })
  const Dog = Type.Object({ kind: Type.Literal('dog'), bark: Type.Boolean() }, { $id: 'Dog' })
  const history = historyOf({
    '2000-01-01': [],
    '2001-01-01': change('cats', 'Cat', rename({ born: 'born_at' })),
    '2002-01-01': change('kinds', ['Cat', 'Dog'], rename({ type: 'kind' }))
  })
  for (const union of [Type.Union([Cat, Dog]), { oneOf: [Cat, Dog] }]) {
    checkBothWays(t, union, { kind: 'cat', born_at: 'x' }, { type: 'cat', born: 'x' }, [], history)
    checkBothWays(t, union, { kind: 'dog', bark: true }, { type: 'dog', bark: true }, [], history)
    checkBothWays(t, union, { kind: 'cow' }, { kind: 'cow' }, [], history)
  }
  t.end()
})

test('A12 literals among the members of a union are found by their value', (t) => {
  const Status = Type.Union([Type.Literal('pending'), Type.Literal('paid')], { $id: 'Status' })
  const history = historyOf({ '2000-01-01': [], '2001-01-01': change('split', 'Status', splitEnum({ value: 'open', into: ['pending', 'paid'], write: 'paid' })) })
  const union = Type.Union([Status, Type.Unsafe({ type: 'string', enum: ['other'] }), Type.Unsafe({ type: 'number' }), Type.Integer()])
  checkBothWays(t, union, 'paid', 'open', [], history)
  checkBothWays(t, union, 'other', 'other', [], history)
  checkBothWays(t, union, 7, 7, [], history)
  const free = Type.Object({ status: Type.Union([Status, Type.String()]) })
  checkBothWays(t, free, { status: 'paid' }, { status: 'open' }, [], history)
  checkBothWays(t, free, { status: 'mine' }, { status: 'mine' }, [], history)
  checkBothWays(t, Type.Array(Status), ['paid', 'paid'], ['open', 'open'], [], history)
  t.end()
})

test('A12 an intersection is converted as one object that follows its parts', (t) => {
  const Admin = Type.Intersect([User, Type.Object({ level: Type.Integer() })], { $id: 'Admin', unevaluatedProperties: false })
  const [newer, older] = [{ ...newUser, level: 2 }, { ...oldUser, level: 2 }]
  t.match(checkBothWays(t, Admin, newer, older), { type: 'object', required: ['id', 'created', 'level'], additionalProperties: false })
  checkBothWays(t, Type.Array(Admin), [newer], [older])
  checkBothWays(t, Type.Object({ admin: Type.Intersect([User, Type.Object({ level: Type.Integer(), boss: User })]) }), { admin: { ...newer, boss: newUser } }, { admin: { ...older, boss: oldUser } })
  checkBothWays(t, Type.Intersect([Type.Intersect([User, Type.Object({ a: Type.Integer() })]), Type.Object({ level: Type.Integer() })]), { ...newer, a: 1 }, { ...older, a: 1 })
  checkBothWays(t, Type.Intersect([Admin, Type.Object({ root: Type.Boolean() })]), { ...newer, root: true }, { ...older, root: true })
  t.end()
})

test('an intersection of other things than objects stays as it is', (t) => {
  const contracts = deriveContracts(renamed, {
    schemas: new Map(),
    places: new Map([['GET /x 200', Type.Object({ user: User, id: Type.Unsafe({ allOf: [{ type: 'string' }, { minLength: 2 }, true] }), name: Type.Unsafe({ allOf: [{ $ref: 'Loop' }] }) })]])
  })
  t.match(contracts.shape('GET /x 200', 0)?.schema, { properties: { id: { allOf: [{ type: 'string' }, { minLength: 2 }, true] } } })
  t.end()
})

test('A12 an object whose `anyOf` only says which fields go together is converted as any object', (t) => {
  const conditional = { type: 'object', properties: { to: User, note: { type: 'string' }, kind: { type: 'string' } }, anyOf: [{ required: ['to'] }, { required: ['note'], properties: { kind: { const: 'x' } } }] }
  checkBothWays(t, Type.Object({ parcel: Type.Unsafe(conditional) }), { parcel: { to: newUser } }, { parcel: { to: oldUser } })
  checkBothWays(t, Type.Array(Type.Union([Type.Unsafe(conditional), Type.Null()])), [{ to: newUser, note: 'a', kind: 'x' }, null], [{ to: oldUser, note: 'a', kind: 'x' }, null])
  const { parcel } = { parcel: Type.Unsafe({ ...conditional, anyOf: [{ required: ['to'] }, { properties: { to: { type: 'array', items: {} } } }] }) }
  t.throws(() => checkBothWays(t, Type.Object({ parcel }), {}, {}), { code: 'FST_ERR_VINTAGE_MISFIT', message: /has properties beside its `anyOf`/ })
  t.end()
})

test('A12 conditions of a schema name its fields as each version does', (t) => {
  const Conditional = Type.Unsafe({
    $id: 'Conditional',
    type: 'object',
    properties: { kind: { type: 'string' }, created_at: { type: 'string' }, user: { $ref: 'User' } },
    if: { properties: { kind: { const: 'dated' } }, required: ['kind'] },
    then: { required: ['created_at'], properties: { created_at: { minLength: 1 } } },
    else: { not: { required: ['created_at'] } },
    dependentRequired: { user: ['created_at'] },
    dependentSchemas: { created_at: { required: ['kind'] } }
  })
  const history = historyOf({ '2000-01-01': [], '2001-01-01': change('renamed', ['User', 'Conditional'], rename({ created: 'created_at' })) })
  const schema = checkBothWays(t, Conditional, { kind: 'dated', created_at: 'now', user: newUser }, { kind: 'dated', created: 'now', user: oldUser }, [User], history)
  t.match(schema, {
    then: { required: ['created'], properties: { created: { minLength: 1 } } },
    else: { not: { required: ['created'] } },
    dependentRequired: { user: ['created'] },
    dependentSchemas: { created: { required: ['kind'] } }
  })
  t.end()
})
