import { Type, type TSchema } from '@sinclair/typebox'
import { test } from 'tap'
import { change, type Change } from '../../src/versioning/change.js'
import { historyOf } from '../../src/versioning/history.js'
import { internal } from '../../src/versioning/internal.js'
import type { JsonSchema } from '../../src/versioning/json-schema.js'
import { canonicalSchema } from '../../src/versioning/lock/canonical-schema.js'
import type { Catalogue } from '../../src/versioning/lock/catalogue.js'
import { checkLock, lockToday } from '../../src/versioning/lock/check-lock.js'
import { compareSchemas } from '../../src/versioning/lock/compare-schemas.js'
import { describeVersion } from '../../src/versioning/lock/describe-version.js'
import { parseLock, printLock } from '../../src/versioning/lock/lock-file.js'
import { endpointMoved } from '../../src/versioning/operations/endpoint-moved.js'
import { headerChanged } from '../../src/versioning/operations/header-changed.js'
import { rename } from '../../src/versioning/operations/rename.js'
import { replace } from '../../src/versioning/operations/replace.js'
import { schemaRenamed } from '../../src/versioning/operations/schema-renamed.js'
import { statusChanged } from '../../src/versioning/operations/status-changed.js'
import { splitEnum } from '../../src/versioning/operations/split-enum.js'
import { openWorld } from '../../src/versioning/world.js'
import { head, history } from './shop.js'

function catalogueOf (record: Record<string, Change | Change[]>, places: Record<string, TSchema>): Catalogue {
  return {
    world: openWorld(historyOf(record), { schemas: new Map(), places: new Map(Object.entries(places)) }),
    placesAt: () => new Map(Object.keys(places).map((place) => [place, place]))
  }
}

const shop: Catalogue = { world: openWorld(history, head), placesAt: () => new Map([...head.places.keys()].map((place) => [place, place])) }

test('A36 the lock of a shop is read as it was written, holds today, and names in each version what differs', async (t) => {
  const today = lockToday(shop)
  const text = printLock(today)
  const { alterations, additions, extended } = checkLock(parseLock(text, 'lock'), shop)
  t.strictSame([alterations, additions], [[], []])
  t.equal(printLock(extended), text)
  const { versions } = JSON.parse(text)
  t.strictSame(Object.keys(versions['2024-01-01'].conversions), [])
  t.match(Object.keys(versions['2026-11-01'].schemas), ['NewUser', 'User', 'UserPatch'])
  t.strictSame(Object.keys(versions['2026-11-01'].conversions), ['GET /users querystring', 'NewUser', 'User', 'UserPatch'])
  t.match(versions['2026-11-01'].conversions.UserPatch.upgrade, [{ in: Object, out: Object }])
  t.match(text, /\n {12}"first_name": \{"type":"string"\},\n/, 'a line for each field')
})

test('a patch that is refused is kept as refused', async (t) => {
  const Patch = Type.Object({ full_name: Type.Optional(Type.String()) }, { $id: 'Patch' })
  const catalogue = catalogueOf({
    '2000-01-01': [],
    '2001-01-01': change('c', 'Patch', replace({ before: { a: Type.String(), b: Type.String() }, after: { full_name: Type.String() }, upgrade: ({ a, b }) => ({ full_name: a + b }) }))
  }, { 'PATCH /a body': Patch })
  const kept = lockToday(catalogue).get('2001-01-01')?.conversions.get('Patch')
  t.ok(kept?.upgrade.some(({ out }) => JSON.stringify(out) === '{"error":"FST_ERR_VINTAGE_PARTIAL_FIELDS"}'))
  t.strictSame(kept?.downgrade, [])
})

test('what throws otherwise, gives nothing, or can be generated no value for, is kept as well', async (t) => {
  const locked = (upgrade: () => { b: string }, pattern?: string) => {
    const text = Type.String(pattern === undefined ? {} : { pattern })
    return lockToday(catalogueOf({
      '2000-01-01': [],
      '2001-01-01': change('c', 'A', replace({ before: { a: text }, after: { b: Type.String() }, upgrade }))
    }, { 'POST /a body': Type.Object({ b: Type.String() }, { $id: 'A' }) })).get('2001-01-01')?.conversions.get('A')?.upgrade
  }
  t.match(locked(() => { throw new Error('no') }), [{ out: { error: 'FST_ERR_VINTAGE_CHANGE_FAILED' } }])
  t.strictSame(locked(() => ({ b: '' }), '^(?=x)y'), [])
  t.equal(locked(() => ({ b: '' }), '^[\\u4e00-\\u4eff]{3}$')?.length, 3, 'texts that are not of ASCII are kept where there are no others')
})

test('names in the lock are names as of each version', async (t) => {
  const User = Type.Object({ login: Type.String() }, { $id: 'User' })
  const catalogue = catalogueOf({
    '2000-01-01': [],
    '2001-01-01': change('c', 'Customer', rename({ nick: 'login' })),
    '2002-01-01': change('c', 'User', schemaRenamed({ from: 'Customer' }))
  }, { 'GET /users 200': User, 'GET /list 200': Type.Array(User) })
  const text = printLock(lockToday(catalogue))
  t.match(JSON.parse(text).versions, {
    '2000-01-01': { schemas: { Customer: { properties: { nick: {} } } }, places: { 'GET /users 200': { $ref: 'Customer' } } },
    '2001-01-01': { schemas: { Customer: { properties: { login: {} } } }, places: {}, conversions: { Customer: { upgrade: Array } } },
    '2002-01-01': { schemas: { Customer: null, User: { properties: { login: {} } } }, places: { 'GET /users 200': { $ref: 'User' } } }
  })
  t.strictSame(checkLock(parseLock(text, 'lock'), catalogue), { alterations: [], additions: [], extended: parseLock(text, 'lock') })
})

test('parts without a name stand where they are used, unless they hold themselves; internal fields are left out', async (t) => {
  const Tree = Type.Recursive((This) => Type.Object({ n: Type.Integer(), below: Type.Array(This) }), { $id: 'Tree' })
  const Pointer = Type.Unsafe({ $id: 'Doc', type: 'object', properties: { a: { $ref: '#/definitions/leaf' }, b: { $ref: '#/definitions/node' }, c: { $ref: 'Nobody' } }, definitions: { leaf: { type: 'string' }, node: { type: 'object', properties: { next: { $ref: '#/definitions/node' } } } } })
  const User = Type.Object({ id: Type.Integer(), legacy: internal(Type.String()) }, { $id: 'User' })
  const { schemas, places } = describeVersion(catalogueOf({ '2000-01-01': [] }, { 'GET /a 200': Type.Object({ tree: Tree, doc: Pointer, user: User }) }), 0)
  t.strictSame(places.get('GET /a 200'), { properties: { doc: { $ref: 'Doc' }, tree: { $ref: 'Tree' }, user: { $ref: 'User' } }, required: ['doc', 'tree', 'user'], type: 'object' })
  t.strictSame(schemas.get('Doc'), { properties: { a: { type: 'string' }, b: { $ref: 'Doc#/definitions/node' }, c: { $ref: 'Nobody' } }, type: 'object' })
  t.strictSame(schemas.get('Doc#/definitions/node'), { properties: { next: { $ref: 'Doc#/definitions/node' } }, type: 'object' })
  t.strictSame(Object.keys(Object(schemas.get('User')?.properties)), ['id'])
})

test('a schema has one canonical form, whichever way it was written', async (t) => {
  const same: Array<[JsonSchema, JsonSchema]> = [
    [Type.Union([Type.Literal('b'), Type.Literal('a')]), { enum: ['a', 'b'] }],
    [{ type: 'string', enum: ['a', 'b'] }, { enum: ['b', 'a'] }],
    [{ const: 1 }, { enum: [1], description: 'x', 'x-y': 1 }],
    [{ type: 'string', nullable: true }, { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    [{ type: ['string', 'null'] }, { type: ['null', 'string'], title: 'x' }],
    [Type.Object({ b: Type.String(), a: Type.String() }), Type.Object({ a: Type.String(), b: Type.String() })],
    [{ oneOf: [{ enum: [2] }, { const: 1 }] }, { enum: [1, 2] }],
    [{ patternProperties: { b: {}, a: {} } }, { patternProperties: { a: {}, b: {} } }]
  ]
  for (const [a, b] of same) t.equal(JSON.stringify(canonicalSchema(a)), JSON.stringify(canonicalSchema(b)))
  t.not(JSON.stringify(canonicalSchema({ anyOf: [{ const: 1 }, { type: 'string' }] })), JSON.stringify(canonicalSchema({ enum: [1] })))
})

test('differences are told by where they stand', async (t) => {
  const compare = (a: JsonSchema, b: JsonSchema, locked: Record<string, JsonSchema> = {}, present: Record<string, JsonSchema> = {}) =>
    compareSchemas(a, b, { locked: (name) => locked[name], present: (name) => present[name] }).map(({ path, what }) => `${path}: ${what}`)
  const list = (items: JsonSchema) => ({ type: 'object', properties: { data: { type: 'array', items } }, required: ['data'] })
  t.strictSame(compare(list({ type: 'string' }), list({ type: 'integer' })), ['data[]: type was "string" and is "integer"'])
  t.strictSame(compare({ additionalProperties: { type: 'string' } }, { additionalProperties: { type: 'string', maxLength: 1 } }), ['additionalProperties: maxLength was not stated and is 1'])
  t.strictSame(compare({ additionalProperties: false }, {}), [': additionalProperties was false and is not stated'])
  t.strictSame(compare({ anyOf: [{ type: 'string' }, { type: 'null' }] }, { anyOf: [{ type: 'string', minLength: 1 }, { type: 'null' }] }), ['anyOf/0: minLength was not stated and is 1'])
  t.strictSame(compare({ anyOf: [{}] }, { anyOf: [{}, {}] }), [': anyOf was [{}] and is [{},{}]'])
  t.strictSame(compare({ patternProperties: { a: { type: 'string' }, b: {} } }, { patternProperties: { a: { type: 'null' } } }), ['patternProperties/a: type was "string" and is "null"', 'patternProperties/b: was {} and is not stated'])
  t.strictSame(compare({ default: { a: 1 } }, { default: { a: 2 } }), [': default was {"a":1} and is {"a":2}'])
  t.strictSame(compare({ dependentRequired: { a: ['b'] } }, { dependentRequired: { a: ['c'] } }), ['dependentRequired/a: was ["b"] and is ["c"]'])
  t.strictSame(compare({ dependentRequired: { a: ['b'] }, type: 'object' }, { dependentRequired: { a: ['b'], c: ['d'] } }), ['dependentRequired/c: was not stated and is ["d"]', ': type was "object" and is not stated'])
  t.strictSame(compare({ required: ['a'] }, { required: ['b'] }), [': required was ["a"] and is ["b"]'])
  t.strictSame(compare({ $ref: 'A' }, { $ref: 'A' }, { A: { type: 'string' } }, { A: { type: 'null' } }), [], 'a schema of one name is compared by itself')
  t.strictSame(compare({ $ref: 'A' }, { type: 'string' }, { A: { type: 'string' } }), [], 'a name alone is no difference')
  t.strictSame(compare({ $ref: 'A' }, { $ref: 'B' }, {}, {}), [': $ref was "A" and is "B"'])
  const node = (name: string) => ({ properties: { next: { $ref: name } } })
  t.strictSame(compare({ $ref: 'A' }, { $ref: 'B' }, { A: node('A') }, { B: node('B') }), [], 'schemas that hold themselves')
})

test('a lock that was edited by hand is read for what it is', async (t) => {
  const lock = parseLock(JSON.stringify({ format: 1, versions: { '2000-01-01': null, '2001-01-01': { schemas: { A: {} }, conversions: { A: { upgrade: 1, downgrade: [1, { in: 1, out: 2 }] } } } } }), 'lock')
  t.strictSame(lock.get('2001-01-01')?.conversions.get('A'), { upgrade: [], downgrade: [{ in: 1, out: 2 }] })
  t.strictSame(lock.get('2000-01-01')?.schemas.size, 0)
})

test('what is locked under a name that nobody has any more is left alone', async (t) => {
  const Status = Type.Union([Type.Literal('b'), Type.Literal('c')], { $id: 'Status' })
  const catalogue = catalogueOf({ '2000-01-01': [], '2001-01-01': change('c', 'Status', splitEnum({ value: 'a', into: ['b', 'c'], write: 'b' })) }, { 'GET /a 200': Status })
  const [[, locked] = []] = [...lockToday(catalogue)].reverse()
  const lock = new Map([['2001-01-01', { schemas: new Map([...locked?.schemas ?? [], ['Gone', { type: 'string' }]]), places: locked?.places ?? new Map<string, JsonSchema>(), answers: new Map<string, JsonSchema>(), conversions: new Map([...locked?.conversions ?? [], ['Gone', { upgrade: [], downgrade: [] }]]) }]])
  const { alterations, additions } = checkLock(lock, catalogue)
  t.strictSame(alterations, [])
  t.strictSame(additions, ['2000-01-01'])
})

test('a function that is gone alters what it converted, and a place that the version does not have is not kept', async (t) => {
  const A = Type.Object({ b: Type.String() }, { $id: 'A' })
  const locked = (functions: { upgrade?: (before: { a: string }) => { b: string } }): Catalogue => catalogueOf({
    '2000-01-01': [],
    '2001-01-01': change('c', 'A', replace({ before: { a: Type.String() }, after: { b: Type.String() }, downgrade: ({ b }) => ({ a: b }), ...functions }))
  }, { 'GET /a 200': A, 'GET /b 200': Type.Intersect([A, Type.Object({ c: Type.Integer() })]) })
  const lock = lockToday(locked({ upgrade: ({ a }) => ({ b: a }) }))
  t.match(checkLock(lock, locked({})).alterations, [{ version: '2001-01-01', name: 'A', field: 'upgrade', what: /and gives \{"error":"there is no function"\}$/, files: ["versions['2001-01-01']"] }])
  const nowhere: Catalogue = { ...catalogueOf({ '2000-01-01': [], '2001-01-01': change('c', 'GET /c 200', rename({ a: 'b' })) }, { 'GET /c 200': Type.Object({ b: Type.String() }) }), placesAt: () => new Map() }
  t.strictSame([...lockToday(nowhere).get('2001-01-01')?.conversions.keys() ?? []], [])
})

test('a schema that is given a name, or loses it, is the same contract', async (t) => {
  const address = { street: Type.String(), zip: Type.Optional(Type.String()) }
  const places = (schema: TSchema) => ({ 'GET /a 200': Type.Object({ address: schema }) })
  const [named, inline] = [catalogueOf({ '2000-01-01': [] }, places(Type.Object(address, { $id: 'Address' }))), catalogueOf({ '2000-01-01': [] }, places(Type.Object(address)))]
  t.strictSame(checkLock(lockToday(inline), named).alterations, [])
  t.strictSame(checkLock(lockToday(named), inline).alterations, [])
  const other = catalogueOf({ '2000-01-01': [] }, places(Type.Object({ street: Type.String(), zip: Type.String() })))
  t.match(checkLock(lockToday(named), other).alterations, [{ version: '2000-01-01', name: 'GET /a 200', field: 'address.zip', what: 'was optional and is required' }])
  t.match(checkLock(lockToday(other), named).alterations, [{ name: 'GET /a 200', field: 'address.zip', what: 'was required and is optional' }])
})

test('A36 response headers, statuses and moves that a change is about are locked, as each version calls them', async (t) => {
  const places = { 'GET /a 200': Type.Object({ n: Type.Integer() }), 'GET /b 200': Type.Object({ n: Type.Integer() }) }
  const open = (...changes: Change[][]): Catalogue => {
    const [first = [], second = [], third] = changes
    return catalogueOf({ '2000-01-01': [], '2001-01-01': first, '2002-01-01': second, ...(third === undefined ? {} : { '2003-01-01': third }) }, places)
  }
  const header = (from: string, to: string, route = 'GET /a') => change(`${from} is ${to}`, route, headerChanged({ from, to }))
  const released: Change[][] = [[header('X-Total', 'Total')], [header('total', 'Count'), change('accepted', 'GET /a', statusChanged({ from: 202, to: 203 }))]]
  const locked = lockToday(open(...released))
  t.strictSame([...locked.values()].map(({ answers }) => [...answers.keys()]), [
    ['GET /a header x-total', 'GET /a status 202'],
    ['GET /a header total', 'GET /a status 202'],
    ['GET /a header count', 'GET /a status 203']
  ])
  const lock = parseLock(printLock(locked), 'lock')
  const verdict = (...changes: Change[][]) => {
    const { alterations, additions } = checkLock(lock, open(...changes))
    return { alterations: alterations.map(({ version, name, field, what, files }) => [version, name, field, what, files.join()]), additions }
  }
  t.strictSame(verdict(...released), { alterations: [], additions: [] })
  const [second, source] = [released[1] ?? [], "versions['2001-01-01']"]
  t.strictSame(verdict([header('X-Sum', 'Total')], second).alterations, [['2000-01-01', 'GET /a', 'header x-total', 'was there, and is not any more', source]])
  t.strictSame(verdict([], second).alterations, [['2000-01-01', 'GET /a', 'header x-total', 'was there, and is not any more', "versions['2002-01-01'][0],versions['2002-01-01'][1]"]], 'a change that is taken out')
  t.strictSame(verdict(released[0] ?? [], second.slice(1)).alterations, [['2002-01-01', 'GET /a', 'header count', 'was there, and is not any more', '']])
  t.strictSame(verdict([...released[0] ?? [], header('Old', 'New', 'GET /b')], second).alterations, [['2000-01-01', 'GET /b', 'header old', 'was `new` when it was released', "versions['2001-01-01'][1]"]], 'a change that is put in')
  t.strictSame(verdict(...released, [header('Seen', 'Viewed', 'GET /b')]), { alterations: [], additions: ['2000-01-01 GET /b header seen', '2001-01-01 GET /b header seen', '2002-01-01 GET /b header seen', '2003-01-01'] }, 'a new version only adds')
  t.strictSame(checkLock(new Map(), open(...released)).alterations, [])
  t.strictSame(checkLock(new Map([['1999-01-01', { schemas: new Map(), places: new Map(), answers: new Map(), conversions: new Map() }]]), open(...released)).alterations.length, 1)
  const withdrawn: Catalogue = { ...open([header('Old', 'New', 'GET /b')], []), placesAt: (index) => new Map(index === 0 ? [['GET /b 200', 'GET /b 200']] : []) }
  const emptied = new Map([...lockToday(withdrawn)].map(([version, contract]) => [version, { ...contract, answers: new Map<string, JsonSchema>() }]))
  t.strictSame(checkLock(emptied, withdrawn).alterations, [], 'a route that the newest version does not have')
  const moved: Catalogue = { ...catalogueOf({ '2000-01-01': [], '2001-01-01': change('moved', 'GET /a', endpointMoved({ from: 'GET /old' })) }, places), placesAt: (index) => new Map([[index === 0 ? 'GET /older 200' : 'GET /a 200', 'GET /a 200']]) }
  const before = new Map([...lockToday(moved)].map(([version, contract]) => [version, { ...contract, places: new Map(version === '2000-01-01' ? [['GET /old 200', { type: 'object' }]] : []) }]))
  t.match(checkLock(before, moved).alterations.filter(({ version }) => version === '2000-01-01'), [{ name: 'GET /old 200', what: 'was there, and is not any more', files: ["versions['2001-01-01']"] }])
})
