import { Type } from '@sinclair/typebox'
import { test } from 'tap'
import { change } from '../../src/versioning/change.js'
import type { Converter } from '../../src/versioning/converters.js'
import { deriveContracts } from '../../src/versioning/contracts.js'
import { deriveStates } from '../../src/versioning/derive.js'
import { historyOf } from '../../src/versioning/history.js'
import { interpret } from '../../src/versioning/interpret.js'
import { convertLoading, type BoundLoad, type Load } from '../../src/versioning/load-context.js'
import { replace } from '../../src/versioning/operations/replace.js'
import { computeReach } from '../../src/versioning/reach.js'
import { rename } from '../../src/versioning/operations/rename.js'

const companies = new Map([[1, 'Analytical Engines'], [2, 'Difference & Co']])
const regions = new Map([['Analytical Engines', 'north']])

/** Orders whose company's name, and its region by that name, older versions see. */
function openShop (calls: unknown[][], many: (ids: number[]) => Promise<Map<number, string>> = async (ids) => new Map([...companies].filter(([id]) => ids.includes(id)))) {
  const Order = Type.Object({ id: Type.Integer(), company_id: Type.Union([Type.Integer(), Type.Null()]), parent: Type.Optional(Type.Unsafe<unknown>({ $ref: 'Order' })) }, { $id: 'Order' })
  const history = historyOf({
    '2000-01-01': [],
    '2001-01-01': [change('notes', 'Note', rename({ words: 'text' })), change('the region is looked up', 'Order', replace({
      before: { region: Type.String() },
      after: { company: Type.String() },
      load: {
        key: ({ company }) => company === '' ? null : company,
        many: async (names: string[]) => {
          calls.push(names)
          return regions
        }
      },
      downgrade: (_, region) => ({ region: region ?? 'none' })
    }))],
    '2002-01-01': change('orders name the company by its key', 'Order', replace({
      before: { company: Type.String() },
      after: { company_id: Type.Union([Type.Integer(), Type.Null()]) },
      onNull: 'call',
      load: {
        key: ({ company_id }) => company_id,
        many: async (ids: number[], scope) => {
          calls.push([...ids, scope])
          return await many(ids)
        }
      },
      downgrade: (_, name) => ({ company: name ?? '' })
    })),
    '2003-01-01': change('a name', 'Order', rename({ number: 'id' }))
  })
  return deriveContracts(history, {
    schemas: new Map([['Order', Order]]),
    places: new Map(Object.entries({ 'GET /orders 200': Type.Array(Order), 'GET /notes 200': Type.Object({ note: Type.Object({ text: Type.String() }, { $id: 'Note' }) }) }))
  })
}

test('look-ups are batched for a whole response, also in what holds itself, and follow one another', async (t) => {
  const calls: unknown[][] = []
  const shape = openShop(calls).shape('GET /orders 200', 0)
  t.equal(shape?.loads, true)
  const rows = Array.from({ length: 1000 }, (_, id) => ({ id, company_id: id % 3 === 0 ? null : id % 3, parent: { id: -1, company_id: 7 } }))
  const scope = {}
  const result = await convertLoading(shape?.downgrade ?? String, rows, scope)
  t.equal(calls[0]?.[3], scope, 'the scope is handed on')
  t.strictSame(calls, [[7, 1, 2, scope], ['Analytical Engines', 'Difference & Co']], 'each key once')
  t.match(result, [{ number: 0, region: 'none', parent: { number: -1, region: 'none' } }, { number: 1, region: 'north' }, { number: 2, region: 'none' }])
})

test('the interpreter looks the same things up', async (t) => {
  const Row = Type.Object({ to: Type.Integer() }, { $id: 'Row' })
  const history = historyOf({
    '2000-01-01': [],
    '2001-01-01': change('looked up', 'Row', replace({
      before: { from: Type.String() },
      after: { to: Type.Integer() },
      load: { key: ({ to }) => to, many: async (keys: number[]) => new Map(keys.map((key) => [key, `of ${key}`])) },
      downgrade: (_, found) => ({ from: found ?? 'none' })
    }))
  })
  const derived = deriveStates(history, { schemas: new Map([['Row', Row]]), places: new Map() })
  const reach = computeReach(derived)
  const route = { from: 1, to: 0, use: 'value' as const }
  t.strictSame(await convertLoading((value, loads) => interpret({ derived, reach, loads }, 'Row', value, route), { to: 1 }), { from: 'of 1' })
  t.throws(() => interpret({ derived, reach }, 'Row', { to: 1 }, route), { code: 'FST_ERR_VINTAGE_CHANGE_FAILED' })
})

test('a shape says whether it needs look-ups', (t) => {
  const contracts = openShop([])
  t.equal(contracts.shape('GET /orders 200', 1)?.loads, true)
  t.equal(contracts.shape('GET /orders 200', 2)?.loads, false, 'a rename only')
  t.equal(contracts.shape('GET /notes 200', 0)?.loads, false, 'look-ups of others')
  t.end()
})

test('a conversion that cannot wait for look-ups says so', (t) => {
  const contracts = openShop([])
  t.throws(() => contracts.convert('Order', { id: 1, company_id: 1 }, 3, 0), {
    code: 'FST_ERR_VINTAGE_CHANGE_FAILED', message: /The `load` function of .*orders name the company.* needs look-ups, for which a synchronous conversion cannot wait/
  })
  t.end()
})

test('a direction without a function is an error where nobody could see at the start that it would be used', (t) => {
  const Row = Type.Object({ to: Type.Integer() }, { $id: 'Row' })
  const history = historyOf({ '2000-01-01': [], '2001-01-01': change('one way', 'Row', replace({ before: { from: Type.String() }, after: { to: Type.Integer() }, downgrade: () => ({ from: '' }) })) })
  const derived = deriveStates(history, { schemas: new Map([['Row', Row]]), places: new Map() })
  t.throws(() => interpret({ derived, reach: computeReach(derived) }, 'Row', { from: '' }, { from: 0, to: 1, use: 'value' }), { code: 'FST_ERR_VINTAGE_CHANGE_FAILED', message: /`upgrade` function of .* is missing/ })
  t.end()
})

test('what is thrown only because a look-up is still missing is forgotten', async (t) => {
  const once = boundTo({ key: () => 1, many: async () => new Map() })
  const convert: Converter = (_, context) => {
    if (context?.look(once, 1) === undefined) throw new Error('not yet')
    return 'done'
  }
  t.equal(await convertLoading(convert, null), 'done')
  await t.rejects(convertLoading(() => { throw new Error('for good') }, null), { message: 'for good' })
})

test('look-ups that fail, give no Map or never end are errors of ours', async (t) => {
  const failing = async (many: (ids: number[]) => Promise<Map<number, string>>) => {
    const shape = openShop([], many).shape('GET /orders 200', 0)
    return await convertLoading(shape?.downgrade ?? String, [{ id: 1, company_id: 1 }])
  }
  await t.rejects(failing(async () => { throw new Error('no database') }), { code: 'FST_ERR_VINTAGE_CHANGE_FAILED', message: /threw in `many`/, cause: { message: 'no database' } })
  await t.rejects(failing(async () => Reflect.apply(Object, undefined, [[]])), { message: /must give a Map from `many`/ })
  let count = 0
  const restless: Converter = (_, context) => context?.look(boundTo(forever), count++)
  const forever: Load = { key: () => 1, many: async () => new Map() }
  await t.rejects(convertLoading(restless, null), { message: /still asks for other keys after 32 rounds/ })
})

test('a `key` that throws is an error of ours', async (t) => {
  const Row = Type.Object({ to: Type.Integer() }, { $id: 'Row' })
  const history = historyOf({
    '2000-01-01': [],
    '2001-01-01': change('keyed', 'Row', replace({
      before: { from: Type.String() },
      after: { to: Type.Integer() },
      load: { key: (): number => { throw new Error('no key') }, many: async () => new Map() },
      downgrade: () => ({ from: '' })
    }))
  })
  const contracts = deriveContracts(history, { schemas: new Map([['Row', Row]]), places: new Map([['GET /rows 200', Row]]) })
  await t.rejects(convertLoading(contracts.shape('GET /rows 200', 0)?.downgrade ?? String, { to: 1 }), { code: 'FST_ERR_VINTAGE_CHANGE_FAILED', message: /threw in `key`/, cause: { message: 'no key' } })
})

function boundTo (load: Load): BoundLoad {
  return {
    load,
    keyOf: () => 1,
    find: async () => new Map(),
    fail: (problem) => { throw new Error(problem) }
  }
}
