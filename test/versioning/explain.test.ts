import { Type } from '@sinclair/typebox'
import { test } from 'tap'
import { change } from '../../src/versioning/change.js'
import { deriveContracts } from '../../src/versioning/contracts.js'
import { describeExplanation } from '../../src/versioning/explain.js'
import { historyOf } from '../../src/versioning/history.js'
import { rename } from '../../src/versioning/operations/rename.js'
import { replace } from '../../src/versioning/operations/replace.js'

const User = Type.Object({ id: Type.Integer(), full_name: Type.String(), friends: Type.Array(Type.Unsafe({ $ref: 'User' })) }, { $id: 'User' })
const Order = Type.Object({ number: Type.Integer(), buyer: User, seller: User }, { $id: 'Order' })

const contracts = deriveContracts(historyOf({
  '2000-01-01': [],
  '2001-01-01': change('`no` is now `number`', 'Order', rename({ no: 'number' })),
  '2002-01-01': change('`full_name` replaces `name`', 'User', replace({
    before: { name: Type.String() },
    after: { full_name: Type.String() },
    upgrade: ({ name }) => ({ full_name: name }),
    downgrade: ({ full_name: name }) => ({ name })
  }))
}), { schemas: new Map(), places: new Map(Object.entries({ 'GET /orders 200': Type.Object({ data: Type.Array(Order) }), 'POST /orders body': Order })) })

test('explain names the changes in the order in which a value takes them, and each function once', (t) => {
  const { functions, ...rest } = contracts.explain('GET /orders 200', 0, 'upgrade')
  t.strictSame(rest, { of: 'GET /orders 200', from: '2002-01-01', to: '2000-01-01', direction: 'downgrade' }, 'a response is never upgraded')
  t.match(functions, [
    { of: 'GET /orders 200', steps: [] },
    { of: 'Order', from: '2002-01-01', to: '2000-01-01', steps: [{ version: '2001-01-01', direction: 'downgrade', change: '`no` is now `number`' }] },
    { of: 'User', from: '2002-01-01', to: '2001-01-01', steps: [{ version: '2002-01-01', direction: 'downgrade' }] }
  ])
  t.equal(functions.length, 3)
  t.end()
})

test('the code is that which runs, with what its names stand for', (t) => {
  const { functions } = contracts.explain('User', 0, 'downgrade')
  const [user] = functions
  t.match(user?.code, /^\/\/ \$0: /)
  t.match(user?.code, /^\/\/ \$\d+: function of .*2002-01-01/m)
  t.match(user?.code, /convert\(x\d+\[x\d+\], context\)/, 'a user whose friends are users calls itself')
  t.match(user?.code, /\n {2}let x0/, 'laid out by its braces')
  t.doesNotThrow(() => { Reflect.construct(Function, [`return ${user?.code.split('\n').filter((line) => !line.startsWith('//')).join('\n')}`]) })
  t.end()
})

test('an explanation is text for a person', (t) => {
  const text = describeExplanation(contracts.explain('GET /orders 200', 1, 'downgrade'))
  t.match(text, /^GET \/orders 200: downgrade from 2002-01-01 to 2001-01-01\n\nGET \/orders 200, 2002-01-01 to 2001-01-01\n {2}no change of its own: it holds what has\n\n/)
  t.match(text, /\nUser, 2002-01-01 to 2001-01-01\n {2}2002-01-01 {2}downgrade {2}.*: `full_name` replaces `name`\n\n/)
  t.equal(describeExplanation(contracts.explain('User', 2, 'upgrade')), 'User: upgrade from 2002-01-01 to 2002-01-01\n\nthe same in both versions: values pass as they are')
  t.end()
})

test('a request is explained as an upgrade, and an unknown name refused', (t) => {
  t.match(contracts.explain('POST /orders body', 0, 'downgrade'), { direction: 'upgrade', from: '2000-01-01', functions: [{ of: 'Order', steps: [{ direction: 'upgrade' }] }] })
  t.throws(() => contracts.explain('Nobody', 0, 'upgrade'), { code: 'FST_ERR_VINTAGE_UNKNOWN_SCHEMA' })
  t.end()
})
