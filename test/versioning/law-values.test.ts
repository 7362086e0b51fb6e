import { Type } from '@sinclair/typebox'
import fc from 'fast-check'
import { test } from 'tap'
import { admitNamedOnly } from '../../src/versioning/admit-named-only.js'
import { arbitraryOf } from '../../src/versioning/arbitrary.js'
import { change } from '../../src/versioning/change.js'
import { historyOf } from '../../src/versioning/history.js'
import { isList, isRecord, type JsonSchema } from '../../src/versioning/json-schema.js'
import { openBench } from '../../src/versioning/law-bench.js'
import { lawsOf } from '../../src/versioning/law-list.js'
import { pathOfUndefined, toHandlerValue, withUndefinedKeys } from '../../src/versioning/law-values.js'
import { laws } from '../../src/versioning/laws.js'
import { constrain } from '../../src/versioning/operations/constrain.js'
import { rename } from '../../src/versioning/operations/rename.js'
import { openWorld } from '../../src/versioning/world.js'

test('instants are Dates in the hands of a handler, and nothing else is', async (t) => {
  const iso = '2026-11-01T09:30:00.000Z'
  t.strictSame(toHandlerValue({ at: iso, list: [iso, 'x', 1, null], odd: '2026-13-01T00:00:00Z', short: '2026-11-01T09:30:00Z' }), { at: new Date(iso), list: [new Date(iso), 'x', 1, null], odd: '2026-13-01T00:00:00Z', short: '2026-11-01T09:30:00Z' })
})

test('absent fields can be there as undefined, and are found', async (t) => {
  const schema = { properties: { a: {}, b: {} } }
  t.strictSame(Object.keys(Object(withUndefinedKeys({ b: 1 }, schema))), ['a', 'b'])
  t.equal(withUndefinedKeys('text', schema), 'text')
  t.equal(pathOfUndefined({ a: 1, b: [{ c: undefined }] }), 'b.0.c')
  t.equal(pathOfUndefined({ a: undefined }), 'a')
  t.equal(pathOfUndefined({ a: [null, 'x'] }), undefined)
})

test('a schema that no change reaches is converted by leaving it alone', async (t) => {
  const world = openWorld(historyOf({ '2000-01-01': [], '2001-01-01': change('c', 'A', rename({ a: 'b' })) }), {
    schemas: new Map([['A', { $id: 'A', type: 'object', properties: { b: {} } }], ['B', { $id: 'B', type: 'string' }]]),
    places: new Map()
  })
  t.equal(openBench(world, 'B', 1).older.convert?.('x'), 'x')
})

test('an interpretation that throws, or undefined in a result, breaks a law', async (t) => {
  const side = { schema: {}, values: () => { throw new Error('unused') }, accepts: () => true, convert: () => ({ a: undefined }), interpret: () => { throw new Error('boom') } }
  const found = lawsOf({ older: side, newer: { ...side, convert: undefined }, steps: [] }).map(({ law, check }) => [law, check({})])
  t.match(found, [
    ['totality (upgrade)', 'gives undefined at `a`: leave the key out'],
    ['no mutation (upgrade)', undefined],
    ['compiled = interpreted (upgrade)', 'compiled gives {}, interpreted "Error: boom (thrown)": is the function pure?'],
    ['undefined keys (upgrade)', undefined]
  ])
  const nothing = lawsOf({ older: { ...side, convert: () => undefined }, newer: { ...side, convert: undefined, accepts: () => false }, steps: [] })
  t.equal(nothing[0]?.check({}), 'gives undefined, which is not valid on the other side')
  t.equal(nothing[2]?.check({}), 'compiled gives undefined, interpreted "Error: boom (thrown)": is the function pure?')
  const counting = { ...side, schema: { properties: { a: {} } }, convert: (value: unknown) => Object.keys(Object(value)).length }
  t.equal(lawsOf({ older: counting, newer: { ...side, convert: undefined }, steps: [] })[3]?.check({}), 'gives 1 where an absent key is there as undefined, and 0 otherwise')
})

test('objects have named keys only, but for those that are described in parts or say otherwise', async (t) => {
  t.strictSame(admitNamedOnly({ properties: { a: { properties: {} } }, $defs: { D: { properties: {} } } }), {
    properties: { a: { properties: {}, additionalProperties: false } }, additionalProperties: false, $defs: { D: { properties: {}, additionalProperties: false } }
  })
  for (const schema of [{ properties: {}, additionalProperties: true }, { allOf: [{ properties: {} }] }, { properties: {}, if: { properties: {} } }, { type: 'string' }]) t.strictSame(admitNamedOnly(schema), schema)
})

test('values are generated for items by their position, and for unions beside properties', async (t) => {
  const sample = (schema: JsonSchema) => fc.sample(arbitraryOf(schema), { numRuns: 50, seed: 1 })
  t.ok(sample({ type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'boolean' } }).every((value) => isList(value) && typeof value[0] === 'string' && value.slice(1).every((item) => typeof item === 'boolean')))
  const beside = { type: 'object', properties: { id: { type: 'integer' } }, required: ['id'], anyOf: [{ type: 'object', properties: { a: { type: 'string' } } }, { type: 'null' }] }
  t.ok(sample(beside).every((value) => isRecord(value) && typeof value.id === 'number'))
  t.ok(sample({ type: 'number', multipleOf: 0.5, maximum: 3 }).every((value) => Number(value) <= 3 && Number.isInteger(Number(value) * 2)))
})

test('a refusal in the words of the client is no failure, whatever else has to hold', async (t) => {
  const refuses = constrain({ before: { name: Type.String() }, after: { name: Type.String({ maxLength: 3 }) } })
  t.strictSame(await laws({ '2000-01-01': [], '2001-01-01': change('c', 'A', refuses) }), [])
})
