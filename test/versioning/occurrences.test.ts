import { Type, type TSchema } from '@sinclair/typebox'
import { test } from 'tap'
import { change } from '../../src/versioning/change.js'
import { deriveContracts } from '../../src/versioning/contracts.js'
import { createConverters } from '../../src/versioning/converters.js'
import { deriveStates } from '../../src/versioning/derive.js'
import { historyOf } from '../../src/versioning/history.js'
import { interpret } from '../../src/versioning/interpret.js'
import type { JsonSchema } from '../../src/versioning/json-schema.js'
import { remove } from '../../src/versioning/operations/remove.js'
import { rename } from '../../src/versioning/operations/rename.js'
import { replace } from '../../src/versioning/operations/replace.js'
import { splitEnum } from '../../src/versioning/operations/split-enum.js'
import { variant } from '../../src/versioning/variant.js'
import { computeReach } from '../../src/versioning/reach.js'
import { checkBothWays, newUser, oldUser, renamed, User } from './both-ways.js'

test('A12 a change on a schema applies at the top, in lists, in pages, nested, optional and nullable', (t) => {
  checkBothWays(t, User, newUser, oldUser)
  checkBothWays(t, Type.Array(User), [newUser, newUser], [oldUser, oldUser])
  checkBothWays(t, Type.Object({ data: Type.Array(User) }), { data: [newUser] }, { data: [oldUser] })
  checkBothWays(t, Type.Object({ user: User, n: Type.Integer() }), { user: newUser, n: 1 }, { user: oldUser, n: 1 })
  checkBothWays(t, Type.Object({ page: Type.Object({ user: User }, { default: { user: newUser.id } }) }), { page: { user: newUser } }, { page: { user: oldUser } })
  checkBothWays(t, Type.Object({ user: Type.Optional(User) }), {}, {})
  checkBothWays(t, Type.Object({ user: Type.Optional(User) }), { user: newUser }, { user: oldUser })
  checkBothWays(t, Type.Object({ user: Type.Union([User, Type.Null()]) }), { user: null }, { user: null })
  checkBothWays(t, Type.Object({ user: Type.Union([User, Type.Null()]) }), { user: newUser }, { user: oldUser })
  t.end()
})

test('A12 tuples convert position by position', (t) => {
  checkBothWays(t, Type.Tuple([Type.String(), User]), ['a', newUser], ['a', oldUser])
  checkBothWays(t, { type: 'array', items: [true, User], additionalItems: User }, [1, newUser, newUser], [1, oldUser, oldUser])
  checkBothWays(t, { type: 'array', prefixItems: [User, true] }, [newUser, 1, 2], [oldUser, 1, 2])
  checkBothWays(t, { type: 'array', prefixItems: [User, { type: 'integer' }], items: User }, [newUser, 1, newUser], [oldUser, 1, oldUser])
  t.end()
})

test('A12 maps convert their values, by pattern or for all other keys', (t) => {
  checkBothWays(t, Type.Record(Type.String(), User), { a: newUser, b: newUser }, { a: oldUser, b: oldUser })
  checkBothWays(t, Type.Object({ n: Type.Integer() }, { additionalProperties: User }), { n: 1, a: newUser }, { n: 1, a: oldUser })
  checkBothWays(t, { type: 'object', patternProperties: { '^u_': User, '^n_': { type: 'integer' }, '^b_': true } }, { u_1: newUser, n_1: 1, b_1: 2 }, { u_1: oldUser, n_1: 1, b_1: 2 })
  checkBothWays(t, { type: 'object', properties: { user: User }, additionalProperties: true }, { user: newUser, other: 1 }, { user: oldUser, other: 1 })
  t.end()
})

test('A12 recursive types convert to any depth', (t) => {
  const Tree = Type.Recursive((This) => Type.Object({ user: User, children: Type.Array(This) }), { $id: 'Tree' })
  const tree = (user: unknown) => ({ user, children: [{ user, children: [] }, { user, children: [{ user, children: [] }] }] })
  const schema = checkBothWays(t, Tree, tree(newUser), tree(oldUser))
  t.match(schema, { properties: { children: { items: { $ref: '#' } } } })
  checkBothWays(t, Type.Array(Tree), [tree(newUser)], [tree(oldUser)])
  t.end()
})

test('A12 references of all forms are followed', (t) => {
  const forms: Array<[JsonSchema, TSchema[]]> = [
    [{ $ref: 'User' }, [User]],
    [{ $ref: 'User#' }, [User]],
    [{ $ref: '#/definitions/user', definitions: { user: User } }, []],
    [{ $ref: '#/$defs/user', $defs: { user: { ...User } } }, []],
    [{ $ref: 'Shared#/definitions/a~1b', definitions: {} }, [Type.Unsafe({ $id: 'Shared', definitions: { 'a/b': { $ref: 'User' } } }), User]],
    [{ $ref: 'Shared#/definitions/user' }, [Type.Unsafe({ $id: 'Shared', definitions: { user: User } })]]
  ]
  for (const [schema, shared] of forms) {
    checkBothWays(t, schema, newUser, oldUser, shared)
    const { definitions, $defs, ...inner } = schema
    checkBothWays(t, { type: 'object', properties: { user: inner }, definitions, $defs }, { user: newUser }, { user: oldUser }, shared)
  }
  const module = Type.Module({ User: Type.Object({ id: Type.Integer(), created_at: Type.String() }), Page: Type.Object({ data: Type.Array(Type.Ref('User')) }) })
  checkBothWays(t, module.Import('Page'), { data: [newUser] }, { data: [oldUser] })
  t.end()
})

test('a reference that nobody has registered is left to the compilers', (t) => {
  const contracts = deriveContracts(renamed, { schemas: new Map(), places: new Map([['GET /x 200', Type.Object({ user: User, other: Type.Ref('Other'), gap: Type.Unsafe({ $ref: '#/definitions/gap' }) })]]) })
  t.match(contracts.shape('GET /x 200', 0)?.schema, { properties: { other: { $ref: 'Other' }, gap: { $ref: '#/definitions/gap' } } })
  t.equal(deriveContracts(renamed, { schemas: new Map([['User', User]]), places: new Map([['GET /x 200', { $ref: '#' }]]) }).shape('GET /x 200', 0), null)
  t.end()
})

test('definitions of one closed schema never share a name, and hostile names stay names', (t) => {
  const One = Type.Object({ user: User }, { $id: 'a b' })
  const Two = Type.Object({ user: User }, { $id: 'a_b' })
  const schema = checkBothWays(t, Type.Object({ one: One, two: Two }), { one: { user: newUser }, two: { user: newUser } }, { one: { user: oldUser }, two: { user: oldUser } })
  t.strictSame(Object.keys(Object(schema.$defs)), ['a_b', 'User', 'a_b_2'])
  const proto: JsonSchema = JSON.parse('{ "type": "object", "properties": { "__proto__": { "type": "integer" } } }')
  for (const more of [{}, { required: ['__proto__'] }]) {
    const value = (user: unknown): unknown => Object.defineProperty({ user }, '__proto__', { value: 1, enumerable: true, configurable: true, writable: true })
    const both = { ...proto, ...more, properties: Object.defineProperty({ user: User }, '__proto__', { value: { type: 'integer' }, enumerable: true }) }
    checkBothWays(t, both, value(newUser), value(oldUser))
  }
  t.end()
})

test('what is not what the schema says is passed on for the validators to refuse', (t) => {
  const Status = Type.Union([Type.Literal('pending'), Type.Literal('paid')], { $id: 'Status' })
  const Bag = Type.Object({ list: Type.Array(User), pair: Type.Unsafe({ type: 'array', prefixItems: [User] }), status: Type.Array(Status) }, { $id: 'Bag' })
  const history = historyOf({
    '2000-01-01': [],
    '2001-01-01': [change('split', 'Status', splitEnum({ value: 'open', into: ['pending', 'paid'], write: 'paid' })), change('renamed', 'User', rename({ created: 'created_at' }))]
  })
  const derived = deriveStates(history, { schemas: new Map([['Bag', Bag]]), places: new Map() })
  const reach = computeReach(derived)
  const converters = createConverters(derived, reach)
  for (const use of ['filter', 'value'] as const) {
    for (const wrong of ['text', 7, null, true, { list: 'x', pair: 'y', status: 'z' }, { list: ['x', null], pair: [1, 2], status: [3] }]) {
      const route = { from: 0, to: 1, use }
      t.strictSame(converters.unit('Bag', route)?.(wrong), wrong)
      t.strictSame(interpret({ derived, reach }, 'Bag', wrong, route), wrong)
    }
  }
  t.end()
})

test('A22 `toJSON` that gives no object passes as it is', (t) => {
  const contracts = deriveContracts(renamed, { schemas: new Map(), places: new Map([['GET /x 200', Type.Object({ user: Type.Union([User, Type.Null()]) })]]) })
  for (const result of [null, 'text']) {
    t.strictSame(contracts.shape('GET /x 200', 0)?.downgrade({ user: { toJSON: () => result } }), { user: result })
  }
  t.end()
})

test('a place with a media type of its own is a body as any other', (t) => {
  const place = 'POST /x body application/vnd.shop+json'
  const operation = replace({ before: { old: Type.String() }, after: { created_at: Type.String() }, upgrade: ({ old }) => ({ created_at: old }) })
  for (const target of ['User', place]) {
    const history = historyOf({ '2000-01-01': [], '2001-01-01': change('c', target, operation) })
    const contracts = deriveContracts(history, { schemas: new Map(), places: new Map([[place, User]]) })
    t.strictSame(contracts.shape(place, 0)?.upgrade({ id: 1, old: 'now' }), newUser)
  }
  t.end()
})

test('A12 a variant that was registered as a shared schema, and lost its symbols on the way, is a variant still', (t) => {
  const NewUser = variant('NewUser', User, (user) => Type.Omit(user, ['id']))
  const history = historyOf({
    '2000-01-01': [],
    '2001-01-01': [change('renamed', 'User', rename({ created: 'created_at' })), change('gone', 'User', remove({ before: { fax: Type.String() }, value: { fax: '' } }))]
  })
  const clone = (schema: TSchema): JsonSchema => JSON.parse(JSON.stringify(schema))
  const contracts = deriveContracts(history, {
    schemas: new Map([['NewUser', clone(NewUser)], ['User', clone(User)]]),
    places: new Map([['POST /x body', { $ref: 'NewUser#' }], ['GET /x 200', { $ref: 'User#' }]])
  })
  const body = contracts.shape('POST /x body', 0)
  t.strictSame(body?.upgrade({ created: 'now', fax: '1' }), { created_at: 'now' })
  t.match(body?.schema, { $id: 'NewUser@2000-01-01', required: ['created', 'fax'] })
  const renamedCopy = { ...NewUser, $id: 'Copy' }
  t.throws(() => deriveContracts(history, { schemas: new Map(), places: new Map<string, JsonSchema>([['POST /x body', renamedCopy], ['GET /x 200', User]]) }), { message: /forgotten twin: `Copy`/ }, 'a copy under another $id is none')
  const edited = { ...clone(NewUser), title: 'another' }
  t.throws(() => deriveContracts(history, { schemas: new Map([['User', clone(User)]]), places: new Map<string, JsonSchema>([['POST /x body', edited], ['GET /x 200', User]]) }), { message: /forgotten twin: `NewUser`/ }, 'a schema that only has the $id is none')
  t.end()
})
