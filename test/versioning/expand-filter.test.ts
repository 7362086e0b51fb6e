import { Type } from '@sinclair/typebox'
import { test } from 'tap'
import { change } from '../../src/versioning/change.js'
import { deriveContracts } from '../../src/versioning/contracts.js'
import { deriveStates } from '../../src/versioning/derive.js'
import { historyOf } from '../../src/versioning/history.js'
import { interpret } from '../../src/versioning/interpret.js'
import type { JsonSchema } from '../../src/versioning/json-schema.js'
import { rename } from '../../src/versioning/operations/rename.js'
import { splitEnum } from '../../src/versioning/operations/split-enum.js'
import { computeReach } from '../../src/versioning/reach.js'
import { newUser, oldUser, User } from './both-ways.js'

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
