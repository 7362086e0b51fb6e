import { Type } from '@sinclair/typebox'
import { test } from 'tap'
import { change, type Change } from '../../src/versioning/change.js'
import { deriveContracts, type Place } from '../../src/versioning/contracts.js'
import { historyOf } from '../../src/versioning/history.js'
import type { JsonSchema } from '../../src/versioning/json-schema.js'
import { add } from '../../src/versioning/operations/add.js'
import { remove } from '../../src/versioning/operations/remove.js'
import { rename } from '../../src/versioning/operations/rename.js'
import { replace } from '../../src/versioning/operations/replace.js'
import { splitEnum } from '../../src/versioning/operations/split-enum.js'

const State = Type.Union([Type.Literal('pending'), Type.Literal('paid')], { $id: 'State' })
const Order = Type.Object({ id: Type.Integer(), total: Type.Integer(), state: Type.Optional(State), below: Type.Optional(Type.Array(Type.Unsafe({ $ref: 'Order' }))) }, { $id: 'Order' })
const euros = { before: { euros: Type.Integer() }, after: { total: Type.Integer() }, downgrade: ({ total }: { total: number }) => ({ euros: total / 100 }) }

function contractsOf (changes: Change[], places: Record<Place, JsonSchema> = { 'GET /orders 200': Type.Array(Order) }) {
  const history = historyOf(Object.fromEntries([['2000-01-01', []], ...changes.map((one, index) => [`200${index + 1}-01-01`, one])]))
  return deriveContracts(history, { schemas: new Map<string, JsonSchema>([['State', State], ['Order', Order]]), places: new Map(Object.entries(places)) })
}

test('A33 a value goes from any version to any other, in both directions, and is left alone where both are the same', (t) => {
  const contracts = contractsOf([
    change('totals', 'Order', replace({ ...euros, upgrade: ({ euros }) => ({ total: euros * 100 }) })),
    change('states', 'State', splitEnum({ value: 'open', into: ['pending', 'paid'], write: 'pending' })),
    change('ids', 'Order', rename({ nr: 'id' }))
  ])
  const tree = (row: (id: number) => object) => ({ ...row(1), below: [{ ...row(2), below: [row(3)] }] })
  const at = [
    tree((nr) => ({ nr, euros: 5, state: 'open' })),
    tree((nr) => ({ nr, total: 500, state: 'open' })),
    tree((nr) => ({ nr, total: 500, state: 'pending' })),
    tree((id) => ({ id, total: 500, state: 'pending' }))
  ]
  for (const [from, value] of at.entries()) {
    const frozen = JSON.stringify(value)
    for (const [to, expected] of at.entries()) t.strictSame(JSON.parse(JSON.stringify(contracts.convert('Order', value, from, to))), expected, `${from} → ${to}`)
    t.equal(JSON.stringify(value), frozen)
  }
  for (const other of [null, 'text', 7, undefined]) for (const [from, to] of [[0, 3], [3, 0]] as const) t.equal(contracts.convert('Order', other, from, to), other)
  t.end()
})

test('A33 a change that does not say what becomes of a value in a direction is named, whatever the value is', (t) => {
  const refused = (one: Change, from: number, to: number, message: string, value: unknown = { id: 1, total: 100 }) => {
    const contracts = contractsOf([one, change('ids', 'Order', rename({ nr: 'id' }))])
    t.throws(() => contracts.convert('Order', value, from, to), { code: 'FST_ERR_VINTAGE_NO_WAY', message: `values of \`Order\` cannot be brought from version ${contracts.versions[from]} to version ${contracts.versions[to]}: versions['2001-01-01'] ("c", version 2001-01-01) ${message}` })
    t.doesNotThrow(() => contracts.convert('Order', value, to, from), 'the other direction')
    t.doesNotThrow(() => contracts.convert('Order', value, 1, 2), 'between newer versions')
  }
  refused(change('c', 'Order', replace(euros)), 0, 2, 'has no `upgrade` function')
  refused(change('c', 'State', splitEnum({ value: 'open', into: ['pending', 'paid'] })), 0, 1, 'has no `write`: say which value an old `open` becomes when it is written')
  refused(change('c', 'Order', add({ after: { total: Type.Integer() } })), 0, 2, 'has no `value.total`, which head requires and older clients do not send')
  const posted = contractsOf([change('c', 'Order', remove({ before: { fax: Type.String() } }))], { 'POST /orders body': Order })
  t.throws(() => posted.convert('Order', { id: 1, total: 1 }, 1, 0), { code: 'FST_ERR_VINTAGE_NO_WAY', message: /from version 2001-01-01 to version 2000-01-01: .* has no `value\.fax`, which older clients are promised/ })
  t.strictSame(posted.convert('Order', { id: 1, total: 1, fax: 'x' }, 0, 1), { id: 1, total: 1 })
  t.end()
})

test('A33 a change that looks something up says that a value cannot wait for it, and does what needs none', (t) => {
  const contracts = contractsOf([change('names', 'Order', replace({
    before: { customer: Type.String() },
    after: { total: Type.Integer() },
    load: { key: ({ total }) => total === 0 ? null : total, many: async () => new Map<number, string>() },
    upgrade: () => ({ total: 1 }),
    downgrade: (_, name) => ({ customer: name ?? 'nobody' })
  }))])
  t.throws(() => contracts.convert('Order', { id: 1, total: 1 }, 1, 0), { code: 'FST_ERR_VINTAGE_CHANGE_FAILED', message: /needs look-ups, for which a synchronous conversion cannot wait: send the value as the response of a route/ })
  t.strictSame(contracts.convert('Order', { id: 1, customer: 'A' }, 0, 1), { id: 1, total: 1 })
  t.end()
})
