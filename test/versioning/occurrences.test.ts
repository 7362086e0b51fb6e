import { Type, type TSchema } from '@sinclair/typebox'
import { test, type Test } from 'tap'
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

const User = Type.Object({ id: Type.Integer(), created_at: Type.String() }, { $id: 'User' })
const newUser = { id: 1, created_at: 'now' }
const oldUser = { id: 1, created: 'now' }
const renamed = historyOf({ '2000-01-01': [], '2001-01-01': change('renamed', 'User', rename({ created: 'created_at' })) })

/** Puts a schema at a response and at a body, and converts one value both ways. */
function checkBothWays (t: Test, schema: JsonSchema, newer: unknown, older: unknown, shared: TSchema[] = [], history = renamed): JsonSchema {
  const contracts = deriveContracts(history, {
    schemas: new Map(shared.map((one) => [String(one.$id), one])),
    places: new Map([['GET /x 200', schema], ['POST /x body', schema]])
  })
  const [response, body] = [contracts.shape('GET /x 200', 0), contracts.shape('POST /x body', 0)]
  t.strictSame(JSON.parse(JSON.stringify(response?.downgrade(newer))), older)
  t.strictSame(body?.upgrade(older), newer)
  t.equal(body?.upgrade('not what was promised'), 'not what was promised')
  const derived = deriveStates(history, { schemas: new Map(shared.map((one) => [String(one.$id), one])), places: new Map([['GET /x 200', schema]]) })
  const context = { derived, reach: computeReach(derived) }
  t.strictSame(interpret(context, 'GET /x 200', newer, { from: derived.headIndex, to: 0, use: 'value' }), older, 'interpreted as compiled')
  t.strictSame(interpret(context, 'GET /x 200', older, { from: 0, to: derived.headIndex, use: 'value' }), newer, 'interpreted as compiled')
  const text = JSON.stringify(response?.schema)
  t.notMatch(text, /created_at/, 'no name of head is left in the old schema')
  t.equal(text.match(/"\$id"/g)?.length, 1, 'and no $id but its own')
  return response?.schema ?? {}
}

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

test('in a filter, lists of other things than enums convert as anywhere, and an enum may hide behind another $id', (t) => {
  const Status = Type.Union([Type.Literal('pending'), Type.Literal('paid')], { $id: 'Status' })
  const Alias = Type.Unsafe({ $id: 'Alias', $ref: 'Status' })
  const history = historyOf({
    '2000-01-01': [],
    '2001-01-01': [change('split', 'Status', splitEnum({ value: 'open', into: ['pending', 'paid'] })), change('renamed', 'User', rename({ created: 'created_at' }))]
  })
  const head = { schemas: new Map([['Status', Status]]), places: new Map([['GET /x querystring', Type.Object({ users: Type.Array(User), pairs: Type.Array(Type.Union([User, Type.Null()])), status: Type.Array(Alias) })]]) }
  const derived = deriveStates(history, head)
  const older = { users: [oldUser], pairs: [oldUser, null], status: ['open'] }
  const newer = { users: [newUser], pairs: [newUser, null], status: ['pending', 'paid'] }
  t.strictSame(deriveContracts(history, head).shape('GET /x querystring', 0)?.upgrade(older), newer)
  t.strictSame(interpret({ derived, reach: computeReach(derived) }, 'GET /x querystring', older, { from: 0, to: 1, use: 'filter' }), newer)
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

test('A12 defaults that hold changed schemas are defaults in the terms of each version', (t) => {
  const Status = Type.Union([Type.Literal('pending'), Type.Literal('paid')], { $id: 'Status' })
  const Page = Type.Object({ users: Type.Array(User, { default: [newUser] }) }, { $id: 'Page', default: { users: [newUser] } })
  const history = historyOf({
    '2000-01-01': [],
    '2001-01-01': change('renamed', 'User', rename({ created: 'created_at' })),
    '2002-01-01': [change('split', 'Status', splitEnum({ value: 'open', into: ['pending', 'paid'], write: 'paid' })), change('people', 'Page', rename({ people: 'users' }))],
    '2003-01-01': change('nothing of these', 'Other', rename({ a: 'b' }))
  })
  const body = Type.Object({
    user: { ...User, default: newUser },
    page: Page,
    inline: Type.Object({ user: Type.Optional(User), n: Type.Integer() }, { default: { user: newUser, n: 1 } }),
    status: { ...Status, default: 'pending' },
    all: Type.Array(Status, { default: ['pending', 'paid'] }),
    either: Type.Union([Status, Type.Null()], { default: null }),
    plain: Type.Object({ moment: Type.String() }, { default: { moment: 'x' } })
  })
  const contracts = deriveContracts(history, { schemas: new Map(), places: new Map<string, JsonSchema>([['POST /x body', body], ['GET /o 200', Type.Object({ b: Type.String() }, { $id: 'Other' })]]) })
  const defaultsAt = (version: number) => Object.fromEntries(Object.entries(Object(contracts.schema('POST /x body', version)?.properties)).map(([name, schema]) => [name, Reflect.get(Object(schema), 'default')]))
  const plain = { moment: 'x' }
  t.strictSame(defaultsAt(0), { user: oldUser, page: { people: [oldUser] }, inline: { user: oldUser, n: 1 }, status: 'open', all: ['open'], either: null, plain })
  t.strictSame(defaultsAt(1), { user: newUser, page: { people: [newUser] }, inline: { user: newUser, n: 1 }, status: 'open', all: ['open'], either: null, plain })
  t.strictSame(defaultsAt(3), { user: newUser, page: { users: [newUser] }, inline: { user: newUser, n: 1 }, status: 'pending', all: ['pending', 'paid'], either: null, plain })
  t.match(contracts.schema('Page', 0), { default: { people: [oldUser] }, properties: { people: { default: [oldUser] } } })
  t.match(contracts.schema('Page', 1), { default: { people: [newUser] }, properties: { people: { default: [newUser] } } })
  t.match(contracts.schema('Page', 2), { default: { users: [newUser] }, properties: { users: { default: [newUser] } } })
  t.equal(newUser.created_at, 'now', 'what the app holds is left alone')
  t.end()
})

test('A16 a default that cannot be brought to an older version', (t) => {
  const operation = replace({ before: { old: Type.String() }, after: { created_at: Type.String() }, upgrade: ({ old }) => ({ created_at: old }) })
  const history = historyOf({ '2000-01-01': [], '2001-01-01': change('c', 'User', operation) })
  t.throws(() => deriveContracts(history, { schemas: new Map(), places: new Map([['POST /x body', Type.Object({ user: { ...User, default: newUser } })]]) }), {
    code: 'FST_ERR_VINTAGE_MISFIT',
    message: 'A default in `User` cannot be brought to version 2000-01-01: The `downgrade` function of versions[\'2001-01-01\'] ("c", version 2001-01-01) is missing. Correct the change, or leave the default out.'
  })
  t.end()
})

test('A12 A23 a filter may hold an enum in a union, or behind another name', (t) => {
  const Status = Type.Union([Type.Literal('pending'), Type.Literal('paid')], { $id: 'Status' })
  const Alias = Type.Unsafe({ $id: 'Alias', anyOf: [{ $ref: 'Status' }, { type: 'boolean' }] })
  const history = historyOf({
    '2000-01-01': [],
    '2001-01-01': change('split', 'Status', splitEnum({ value: 'open', into: ['new', 'paid'] })),
    '2002-01-01': change('split again', 'Status', splitEnum({ value: 'new', into: ['pending', 'late'] }))
  })
  const WithLate = { ...Status, anyOf: [...Status.anyOf, { const: 'late', type: 'string' }] }
  const query = Type.Object({
    status: Type.Array(Type.Union([Type.Ref('Status'), Type.Literal('all'), Type.Integer()])),
    alias: Type.Array(Type.Ref('Alias')),
    mixed: Type.Array(Type.Union([Type.Integer(), Type.Boolean()])),
    people: Type.Array(Type.Union([User, Type.Null()]))
  })
  const head = { schemas: new Map<string, JsonSchema>([['Status', WithLate], ['Alias', Alias]]), places: new Map([['GET /x querystring', query]]) }
  const contracts = deriveContracts(history, head)
  const older = { status: ['open', 'all', 7, 'open'], alias: [true, 'open'], mixed: [1, true], people: [null] }
  const newer = { status: ['pending', 'late', 'paid', 'all', 7], alias: [true, 'pending', 'late', 'paid'], mixed: [1, true], people: [null] }
  t.strictSame(contracts.shape('GET /x querystring', 0)?.upgrade(older), newer)
  t.strictSame(contracts.shape('GET /x querystring', 1)?.upgrade({ ...older, status: ['new', 'paid'], alias: ['paid'] }), { ...newer, status: ['pending', 'late', 'paid'], alias: ['paid'] })
  const derived = deriveStates(history, head)
  t.strictSame(interpret({ derived, reach: computeReach(derived) }, 'GET /x querystring', older, { from: 0, to: 2, use: 'filter' }), newer, 'interpreted as compiled')
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
