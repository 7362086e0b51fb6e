import { Type } from '@sinclair/typebox'
import { test } from 'tap'
import { change } from '../../src/versioning/change.js'
import { deriveContracts } from '../../src/versioning/contracts.js'
import { historyOf } from '../../src/versioning/history.js'
import type { JsonSchema } from '../../src/versioning/json-schema.js'
import { rename } from '../../src/versioning/operations/rename.js'
import { replace } from '../../src/versioning/operations/replace.js'
import { splitEnum } from '../../src/versioning/operations/split-enum.js'
import { newUser, oldUser, User } from './both-ways.js'

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
