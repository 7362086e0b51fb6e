import { Type } from '@sinclair/typebox'
import { test, type Test } from 'tap'
import { change, type Change } from '../../../src/versioning/change.js'
import { deriveContracts } from '../../../src/versioning/contracts.js'
import { createConverters } from '../../../src/versioning/converters.js'
import { deriveStates } from '../../../src/versioning/derive.js'
import { historyOf } from '../../../src/versioning/history.js'
import { interpret } from '../../../src/versioning/interpret.js'
import type { JsonSchema } from '../../../src/versioning/json-schema.js'
import { laws } from '../../../src/versioning/laws.js'
import { enveloped } from '../../../src/versioning/operations/enveloped.js'
import { rename } from '../../../src/versioning/operations/rename.js'
import { replace } from '../../../src/versioning/operations/replace.js'
import { splitEnum } from '../../../src/versioning/operations/split-enum.js'
import { computeReach } from '../../../src/versioning/reach.js'
import { variant } from '../../../src/versioning/variant.js'

const User = Type.Object({ id: Type.Integer(), created_at: Type.String() }, { $id: 'User' })
const Page = Type.Object({ data: Type.Array(User), total: Type.Optional(Type.Integer()) }, { $id: 'Page' })
const inPages = (target: string) => change('in pages', target, enveloped({ items: 'data' }))
const created = change('created', 'User', rename({ created: 'created_at' }))

/** Versions V0, V1, … and a conversion that fails where the compiled and the interpreted form differ. */
function open (versions: Change[][], places: Record<string, JsonSchema>) {
  const history = historyOf(Object.fromEntries(versions.map((changes, index) => [`${2000 + index}-01-01`, changes])))
  const head = { schemas: new Map(), places: new Map(Object.entries(places)) }
  const derived = deriveStates(history, head)
  const reach = computeReach(derived)
  const converters = createConverters(derived, reach)
  const json = (value: unknown): unknown => value === undefined ? undefined : JSON.parse(JSON.stringify(value))
  const convert = (t: Test, key: string, value: unknown, from: number, to: number, wanted: unknown) => {
    const route = { from, to, use: 'value' as const }
    const converter = converters.unit(key, route)
    t.strictSame(json(converter === null ? value : converter(value)), wanted, `compiled ${from} → ${to}`)
    t.strictSame(json(interpret({ derived, reach }, key, value, route)), wanted, `interpreted ${from} → ${to}`)
  }
  return { convert, contracts: deriveContracts(history, head) }
}

test('a page is a bare list to older clients, at a place, with what its items and its fields went through', (t) => {
  const place = 'GET /users 200'
  const { convert, contracts } = open([
    [],
    [created],
    [inPages(place)],
    [change('count', place, rename({ count: 'total' }))]
  ], { [place]: Page })
  const [newest, oldest] = [{ id: 1, created_at: 'now' }, { id: 1, created: 'now' }]
  convert(t, place, { data: [newest], total: 1 }, 3, 2, { data: [newest], count: 1 })
  convert(t, place, { data: [newest], total: 1 }, 3, 1, [newest])
  convert(t, place, { data: [newest], total: 1 }, 3, 0, [oldest])
  convert(t, place, { data: [] }, 3, 0, [])
  convert(t, place, [oldest], 0, 3, { data: [newest] })
  convert(t, place, [newest], 1, 2, { data: [newest] })
  convert(t, place, [oldest], 0, 1, [newest])
  convert(t, place, { data: [newest], count: 2 }, 2, 1, [newest])
  for (const wrong of [null, 'text', 7]) {
    convert(t, place, wrong, 3, 0, wrong)
    convert(t, place, wrong, 0, 3, wrong)
  }
  convert(t, place, { not: 'a list' }, 0, 3, { not: 'a list' })
  t.match(contracts.shape(place, 0)?.schema, { type: 'array', items: { $ref: '#/$defs/User' } })
  t.match(contracts.shape(place, 2)?.schema, { type: 'object', properties: { data: {}, count: {} } })
  t.equal(contracts.shape(place, 0)?.version, '2000-01-01')
  t.end()
})

test('a page with an $id is a bare list wherever it stands', (t) => {
  const place = 'GET /teams 200'
  const { convert } = open([[], [created, inPages('Page')], []], { [place]: Type.Object({ teams: Type.Array(Type.Object({ users: Page, more: Type.Union([Page, Type.Null()]) })) }) })
  const page = { data: [{ id: 1, created_at: 'now' }] }
  const list = [{ id: 1, created: 'now' }]
  convert(t, place, { teams: [{ users: page, more: null }, { users: page, more: page }] }, 2, 0, { teams: [{ users: list, more: null }, { users: list, more: list }] })
  convert(t, place, { teams: [{ users: list, more: list }] }, 0, 1, { teams: [{ users: page, more: page }] })
  t.end()
})

test('in a request the other fields of the page get their values; those without one are absent', (t) => {
  const place = 'POST /users body'
  const Batch = Type.Object({ users: Type.Array(User), source: Type.String(), tags: Type.Optional(Type.Array(Type.String())), note: Type.Optional(Type.String()) })
  const after = { source: Type.String(), tags: Type.Optional(Type.Array(Type.String())) }
  const tags = ['old']
  const { convert, contracts } = open([[], [created], [change('in batches', place, enveloped({ items: 'users', after, value: { source: 'api', tags } }))]], { [place]: Batch })
  convert(t, place, [{ id: 1, created: 'now' }], 0, 2, { users: [{ id: 1, created_at: 'now' }], source: 'api', tags: ['old'] })
  const upgraded: unknown = contracts.shape(place, 0)?.upgrade([])
  t.strictSame(Object.keys(Object(upgraded)), ['users', 'source', 'tags'], 'no key is undefined')
  t.not(Reflect.get(Object(upgraded), 'tags'), tags, 'nobody can write into what the file holds')
  t.end()
})

test('what the list itself went through is told of the list, before the page and after it', (t) => {
  const place = 'GET /states 200'
  const State = Type.Union([Type.Literal('pending'), Type.Literal('paid')])
  const { convert } = open([
    [],
    [change('split', place, splitEnum({ value: 'open', into: ['pending', 'paid'] }))],
    [inPages(place)],
    [change('in states', place, rename({ data: 'states' }))]
  ], { [place]: Type.Object({ states: Type.Array(State) }) })
  convert(t, place, { states: ['paid', 'pending'] }, 3, 0, ['open', 'open'])
  convert(t, place, { states: ['paid'] }, 3, 1, ['paid'])
  convert(t, place, { states: ['paid'] }, 3, 2, { data: ['paid'] })
  t.end()
})

test('what a function of the same version makes of the list is seen by older clients', (t) => {
  const place = 'GET /numbers 200'
  const { convert } = open([[], [
    inPages(place),
    change('as text', place, replace({ before: { data: Type.Array(Type.String()) }, after: { numbers: Type.Array(Type.Integer()) }, upgrade: ({ data }) => ({ numbers: data.map(Number) }), downgrade: ({ numbers }) => ({ data: numbers.map(String) }) }))
  ]], { [place]: Type.Object({ numbers: Type.Array(Type.Integer()), total: Type.Integer() }, { default: { numbers: [1] } }) })
  convert(t, place, { numbers: [1, 2], total: 2 }, 1, 0, ['1', '2'])
  convert(t, place, ['1', '2'], 0, 1, { numbers: [1, 2] })
  t.end()
})

test('a default of the page is a default of the list; what follows a page follows it into the list', (t) => {
  const Defaulted = Type.Object({ data: Type.Array(Type.Integer()) }, { $id: 'Defaulted', default: { data: [1] } })
  const Named = variant('Named', Defaulted, (page) => Type.Composite([page, Type.Object({ name: Type.Optional(Type.String()) })]))
  const Without = variant('Without', Defaulted, (page) => Type.Omit(page, ['data']))
  const { contracts } = open([[], [inPages('Defaulted')]], { 'GET /a 200': Defaulted, 'GET /b 200': Named, 'GET /c 200': Without })
  t.strictSame(contracts.shape('GET /a 200', 0)?.schema.default, [1])
  t.match(contracts.shape('GET /b 200', 0)?.schema, { $id: 'Named@2000-01-01', type: 'array' })
  t.equal(contracts.shape('GET /c 200', 0), null)
  t.end()
})

test('pages keep the laws, and lose what they say they lose', async (t) => {
  const after = { total: Type.Integer(), next: Type.Optional(Type.String()) }
  t.strictSame(await laws({ '2000-01-01': [], '2001-01-01': change('in pages', 'Page', enveloped({ items: 'data', after, value: { total: 0 } })) }, { runs: 50 }), [])
})

test('A16 pages that do not fit', (t) => {
  const at = 'versions[\'2001-01-01\'][0]: "c" (2001-01-01) does not fit: '.replace('[0]', '')
  const refuses = (message: string, operation: ReturnType<typeof enveloped>, place = 'GET /page 200') => t.throws(
    () => open([[], [change('c', place, operation)]], { 'GET /page 200': Page, 'POST /page body': Type.Object({ data: Type.Array(User), source: Type.String(), size: Type.Optional(Type.Integer({ default: 10 })) }) }),
    { code: 'FST_ERR_VINTAGE_MISFIT', message: at + message }, message)
  refuses('`GET /page 200`: takes the list out of `items`, but there is no such field: correct `items`, or the schema.', enveloped({ items: 'items' }))
  refuses('`GET /page 200`: takes the list out of `total`, but that is no list: correct `items`, or the schema.', enveloped({ items: 'total' }))
  refuses('`GET /page 200`: has `next` beside the list, but there is no such field: correct `after`, or the schema.', enveloped({ items: 'data', after: { next: Type.String() } }))
  refuses('`GET /page 200`: `after.total` is of another type than the schema has at this version: correct the fragment, or write a change for the difference.', enveloped({ items: 'data', after: { total: Type.String() } }))
  refuses('it has no `value.source`, which the page requires and older clients do not send; POST /page body carries `POST /page body`.', enveloped({ items: 'data' }), 'POST /page body')
  refuses('it has no `value.size`, which the page has a default for and older clients do not send; POST /page body carries `POST /page body`.', enveloped({ items: 'data', after: { source: Type.String() }, value: { source: 'x' } }), 'POST /page body')
  t.end()
})
