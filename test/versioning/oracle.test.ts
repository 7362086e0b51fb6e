import { deepStrictEqual } from 'node:assert/strict'
import fc from 'fast-check'
import { Type } from '@sinclair/typebox'
import { test } from 'tap'
import { change } from '../../src/versioning/change.js'
import { computeReach } from '../../src/versioning/reach.js'
import { createConverters } from '../../src/versioning/converters.js'
import { deriveStates } from '../../src/versioning/derive.js'
import { historyOf, type VersionHistory } from '../../src/versioning/history.js'
import { interpret } from '../../src/versioning/interpret.js'
import type { HeadContract } from '../../src/versioning/contracts.js'
import type { JsonSchema } from '../../src/versioning/json-schema.js'
import { rename } from '../../src/versioning/operations/rename.js'
import { replace } from '../../src/versioning/operations/replace.js'
import { ref } from '../../src/versioning/ref.js'
import { checkValues } from './check-values.js'
import * as shop from './shop.js'

/** Compiled and interpreted conversions of one contract, as JSON. */
function openBoth (history: VersionHistory, head: HeadContract) {
  const derived = deriveStates(history, head)
  const reach = computeReach(derived)
  const converters = createConverters(derived, reach)
  const json = (value: unknown): unknown => JSON.parse(JSON.stringify(value))
  return (key: string, value: unknown, from: number, to: number) => {
    const route = { from, to, use: 'value' as const }
    const convert = converters.unit(key, route)
    return { compiled: json(convert === null ? value : convert(value)), interpreted: json(interpret({ derived, reach }, key, value, route)) }
  }
}

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom('a', ' ', '"', '\\', 'ß', '\u2028', '-') }))

// The oracle: what each version of the shop looked like, written down by hand. It knows nothing of src/versioning.
interface Person { id: number, full_name: string, email: string | null, created_at: string, ver: number }
interface Sale { id: number, user: Person, total: { amount_minor: number, currency: 'EUR' }, status: string, created_at: string }

function personAt (version: number, { id, full_name, email, created_at, ver }: Person) {
  const space = full_name.indexOf(' ')
  const name = version >= 4
    ? { full_name }
    : { first_name: space < 0 ? full_name : full_name.slice(0, space), last_name: space < 0 ? '' : full_name.slice(space + 1) }
  return { id, ...name, email, ...(version >= 1 ? { created_at } : { created: created_at }), ver }
}

function saleAt (version: number, { id, user, total, status, created_at }: Sale) {
  return {
    id,
    user: personAt(version, user),
    ...(version >= 2 ? { total } : { amount: (total.amount_minor / 100).toFixed(2) }),
    status: version >= 3 || status === 'shipped' ? status : 'open',
    ...(version >= 1 ? { created_at } : { created: created_at })
  }
}

const person = fc.record({ id: fc.integer(), full_name: text, email: fc.option(text), created_at: text, ver: fc.integer() }, { noNullPrototype: true })
const sale = fc.record({
  id: fc.integer(),
  user: person,
  total: fc.record({ amount_minor: fc.nat(), currency: fc.constant('EUR' as const) }, { noNullPrototype: true }),
  status: fc.constantFrom('pending', 'paid', 'shipped'),
  created_at: text
}, { noNullPrototype: true })

test('A14 responses of the shop: compiled = interpreted = oracle at every version', (t) => {
  const both = openBoth(shop.history, shop.head)
  checkValues(t, fc.property(fc.array(sale, { maxLength: 3 }), fc.constantFrom(0, 1, 2, 3), (data, version) => {
    const { compiled, interpreted } = both('GET /orders 200', { data, next: null }, 4, version)
    const wanted = { data: data.map((one) => saleAt(version, one)), next: null }
    deepStrictEqual(compiled, wanted)
    deepStrictEqual(interpreted, wanted)
  }), 1_000)
  t.end()
})

test('A14 requests of the shop: compiled = interpreted = oracle from every version', (t) => {
  const both = openBoth(shop.history, shop.head)
  const names = fc.record({ first_name: text, last_name: text, email: fc.option(text), extra: fc.jsonValue({ maxDepth: 1 }) }, { requiredKeys: ['first_name', 'last_name'], noNullPrototype: true })
  checkValues(t, fc.property(names, fc.constantFrom(0, 1, 2, 3), (body, version) => {
    const { first_name: first, last_name: last, ...rest } = body
    const wanted = JSON.parse(JSON.stringify({ ...rest, full_name: `${first} ${last}`.trim() }))
    const { compiled, interpreted } = both('UserPatch', body, version, 4)
    deepStrictEqual(compiled, wanted)
    deepStrictEqual(interpreted, wanted)
  }), 1_000)
  t.end()
})

// Renamed in V1 (a → b), again in V2 (b → c), split in V3 (c → left, right), a stranger renamed in V4, merged in V5
// (left, right → whole), and two fields swapped in V6.
const Thing = Type.Object({ whole: Type.String(), x: Type.String(), y: Type.String(), constructor: Type.String(), 'odd "name"': Type.Optional(Type.String()) }, { $id: 'Thing' })
const cut = (all: string) => ({ left: all.slice(0, 2), right: all.slice(2) })
const winding = historyOf({
  '2000-01-01': [],
  '2001-01-01': change('one', 'Thing', rename({ a: 'b' })),
  '2002-01-01': change('two', 'Thing', rename({ b: 'c' })),
  '2003-01-01': change('three', 'Thing', replace({
    before: { c: Type.String() },
    after: { left: Type.String(), right: Type.String() },
    upgrade: ({ c }) => cut(c),
    downgrade: ({ left, right }) => ({ c: left + right })
  })),
  '2004-01-01': change('four', 'Thing', rename({ toString: 'constructor', __odd: 'odd "name"' })),
  '2005-01-01': change('five', 'Thing', replace({
    before: { left: Type.String(), right: Type.String() },
    after: { whole: Type.String() },
    upgrade: ({ left, right }) => ({ whole: left + right }),
    downgrade: ({ whole }) => cut(whole)
  })),
  '2006-01-01': change('six', 'Thing', rename({ x: 'y', y: 'x' }))
})

interface Whole { whole: string, x: string, y: string, constructor: string, 'odd "name"'?: string }

function thingAt (version: number, { whole, x, y, constructor: name, 'odd "name"': odd }: Whole) {
  const body = version >= 5 ? { whole } : version >= 3 ? { left: whole.slice(0, 2), right: whole.slice(2) } : { [['a', 'b', 'c'][version] ?? '']: whole }
  const sides = version >= 6 ? { x, y } : { x: y, y: x }
  return { ...body, ...sides, [version >= 4 ? 'constructor' : 'toString']: name, ...(odd === undefined ? {} : { [version >= 4 ? 'odd "name"' : '__odd']: odd }) }
}

test('A14 renamed twice, split, merged and swapped: compiled = interpreted = oracle for 1,000 values, between all versions', (t) => {
  const both = openBoth(winding, { schemas: new Map([['Thing', Thing]]), places: new Map() })
  const thing = fc.record({ whole: text, x: text, y: text, constructor: text, 'odd "name"': text }, { requiredKeys: ['whole', 'x', 'y', 'constructor'], noNullPrototype: true })
  const version = fc.integer({ min: 0, max: 6 })
  checkValues(t, fc.property(thing, version, version, (value, from, to) => {
    const { compiled, interpreted } = both('Thing', thingAt(from, value), from, to)
    deepStrictEqual(compiled, thingAt(to, value))
    deepStrictEqual(interpreted, thingAt(to, value))
  }), 1_000)
  t.end()
})

test('fields that are absent stay absent, even where every object inherits something of their name', (t) => {
  const Loose = Type.Object({ valueOf: Type.Optional(Type.String()), kept: Type.Optional(Type.String()) }, { $id: 'Loose' })
  const history = historyOf({ '2000-01-01': [], '2001-01-01': change('one', 'Loose', rename({ toString: 'valueOf' })) })
  const both = openBoth(history, { schemas: new Map([['Loose', Loose]]), places: new Map() })
  t.strictSame(both('Loose', {}, 0, 1), { compiled: {}, interpreted: {} })
  t.strictSame(both('Loose', {}, 1, 0), { compiled: {}, interpreted: {} })
  t.end()
})

test('A14 what one change of a version writes and another one reads is of that version already, also behind a reference', (t) => {
  const Money = Type.Object({ minor: Type.Integer() }, { $id: 'Money' })
  const Order = Type.Object({ q: ref<{ minor: number }>('Money') }, { $id: 'Order' })
  const seen: unknown[] = []
  const history = historyOf({
    '2000-01-01': [],
    '2001-01-01': [
      change('renamed', 'Money', rename({ cents: 'minor' })),
      change('one', 'Order', replace({ before: { o: Type.Integer() }, after: { p: ref<{ minor: number }>('Money') }, upgrade: ({ o }) => ({ p: { minor: o } }), downgrade: ({ p }) => ({ o: p.minor }) })),
      change('two', 'Order', replace({
        before: { p: ref<{ minor: number }>('Money') },
        after: { q: ref<{ minor: number }>('Money') },
        upgrade: ({ p }) => {
          seen.push(p)
          return { q: p }
        },
        downgrade: ({ q }) => ({ p: q })
      }))
    ]
  })
  const both = openBoth(history, { schemas: new Map<string, JsonSchema>([['Order', Order], ['Money', Money]]), places: new Map() })
  const { compiled, interpreted } = both('Order', { o: 3 }, 0, 1)
  t.strictSame(compiled, interpreted)
  t.strictSame(seen[0], seen[1], 'both gave the function the same')
  const back = both('Order', { q: { minor: 3 } }, 1, 0)
  t.strictSame(back.compiled, back.interpreted)
  t.end()
})
