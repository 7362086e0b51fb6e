import { Type } from '@sinclair/typebox'
import t from 'tap'
import { change, endpointMoved, remove, rename, splitEnum } from 'fastify-vintage'
import { collectHeadNames, isPlainError, someInJson } from '../../src/http/head-names.js'
import { historyOf } from '../../src/versioning/history.js'

const history = historyOf({
  '2000-01-01': [],
  '2001-01-01': [change('a new name', 'User', rename({ nick: 'login' })), change('a new URL', 'GET /people', endpointMoved({ from: 'GET /users' }))],
  '2002-01-01': [change('two states', 'Order', splitEnum({ field: 'state', value: 'open', into: ['pending', 'paid'], write: 'pending' })), change('gone', 'User', remove({ before: { age: Type.Integer() }, value: { age: 0 } }))]
})

t.test('what changes have made is found in the JSON of a body, for versions before them', async (t) => {
  const { foundIn } = collectHeadNames(history)
  for (const body of [{ user: [{ login: 'ada' }] }, { toJSON: () => ({ login: 1 }) }]) t.same([0, 1, 2].map((index) => foundIn(body, index)), [true, false, false])
  t.same([0, 1, 2].map((index) => foundIn({ reason: ['paid'] }, index)), [true, true, false], 'values of an enum')
  for (const body of [{ nick: 'login' }, { state: 'open' }, 5, null, 'login']) t.notOk(foundIn(body, 0))
  t.notOk(foundIn({ login: 1 }, 7), 'no such version')
})

t.test('errors as Fastify writes them are told from other bodies', async (t) => {
  t.ok(isPlainError({ statusCode: 409, error: 'Conflict', message: 'taken' }))
  t.ok(isPlainError({ code: 'TAKEN', message: 'taken' }))
  for (const body of [{ statusCode: 409 }, { message: 'taken', current: {} }, { message: 'taken', code: {} }, [], null, 'taken']) t.notOk(isPlainError(body))
})

t.test('the search ends with the first hit', async (t) => {
  let asked = 0
  t.ok(someInJson([1, 2, 3, 4], (_key, value) => { asked++; return value === 2 }))
  t.equal(asked, 3, 'the list, and two of its items')
})
