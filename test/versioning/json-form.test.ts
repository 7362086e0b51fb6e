import { test } from 'tap'
import { toJsonForm } from '../../src/versioning/json-form.js'
import type { JsonSchema } from '../../src/versioning/json-schema.js'

const formOf = (value: unknown, schema: JsonSchema = {}) => toJsonForm(value, schema, (one) => one)

test('A29 a value has the form that the serialiser of the response gives it', (t) => {
  const noon = new Date(2020, 1, 3, 12, 30, 15)
  t.equal(formOf(noon, { type: 'string', format: 'date-time' }), noon.toISOString())
  t.equal(formOf(noon, { type: 'string', format: 'date' }), '2020-02-03')
  t.equal(formOf(noon, { type: 'string', format: 'time' }), '12:30:15')
  t.equal(formOf(noon, { anyOf: [{ type: 'null' }, { type: 'string', format: 'date' }] }), '2020-02-03')
  t.equal(formOf(12n, { type: 'integer' }), 12)
  t.equal(formOf(12n, { type: 'string' }), '12')
  t.equal(formOf({ valueOf: () => 1.5 }, { type: 'number' }), 1.5)
  t.equal(formOf({ toString: () => '1.50' }, { type: 'string' }), '1.50')
  t.equal(formOf(/a+/, { type: 'string' }), 'a+')
  t.equal(formOf(12n, { type: ['string', 'integer'] }), '12')
  t.equal(formOf(12n), 12)
  t.equal(formOf({ toString: () => '1.50' }, { type: ['string', 'integer'] }), '1.50')
  t.equal(formOf({ valueOf: () => 1.5 }, { type: ['number', 'boolean'] }), 1.5)
  t.equal(formOf({ toJSON: () => 'json' }), 'json')
  for (const plain of [null, undefined, 'a', 1, true]) t.equal(formOf(plain), plain)
  t.end()
})

test('A29 a value of a union has the form of the member that it is of, with what stands beside the union', (t) => {
  const day = new Date(2020, 1, 3, 12)
  const dated = { type: 'object', properties: { kind: { const: 'dated' }, at: { type: 'string', format: 'date' } }, required: ['kind', 'at'] }
  const counted = { type: 'object', properties: { kind: { const: 'counted' }, at: { type: 'integer' }, list: { type: 'array' } }, required: ['kind'] }
  const union = { properties: { id: { type: 'integer' } }, required: ['id'], anyOf: [dated, counted, { type: 'null' }] }
  t.strictSame(formOf({ id: 1, kind: 'dated', at: day, list: [] }, union), { id: 1, kind: 'dated', at: '2020-02-03' })
  t.strictSame(formOf({ id: 1, kind: 'counted', at: 2, more: 3 }, union), { id: 1, kind: 'counted', at: 2 })
  t.strictSame(formOf({ id: 1, kind: 'counted', at: 'text', list: [1] }, union), { id: 1 }, 'of no member: what all of them have')
  t.strictSame(formOf({ id: 1, kind: 'counted', list: [day] }, { oneOf: union.anyOf }), { kind: 'counted', list: [day.toISOString()] })
  t.strictSame(formOf({ kind: 'dated', at: day }, { anyOf: [{ type: 'string' }, { anyOf: [counted, dated] }] }), { kind: 'dated', at: '2020-02-03' })
  t.strictSame(formOf({ kind: 'other', at: day }, { anyOf: [{ anyOf: [counted, dated] }, { type: 'object', properties: { at: { type: 'string', format: 'date' } } }] }), { at: '2020-02-03' })
  t.strictSame(formOf([day], { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string', format: 'date' } }] }), ['2020-02-03'])
  t.strictSame(formOf([day], { anyOf: [{ type: 'null' }, { type: 'array', items: { type: 'string', format: 'date' } }] }), ['2020-02-03'])
  t.equal(formOf(day, { anyOf: [{ type: 'integer' }, { type: 'string', format: 'date' }] }), '2020-02-03')
  t.strictSame(formOf({ id: 1, other: 2 }, { properties: { id: {} }, anyOf: [{ type: 'object', properties: { a: {} } }, { type: 'null' }] }), { id: 1 }, 'one member beside null is the one')
  t.strictSame(formOf({ constructor: 1 }, { anyOf: [{ type: 'object', properties: { constructor: { type: 'string' } } }, { type: 'object', properties: { constructor: { type: 'integer' } } }] }), { constructor: 1 })
  t.strictSame(formOf({}, { anyOf: [{ type: 'object', properties: { constructor: {} }, required: ['constructor'] }, { type: 'object', properties: { a: {} } }] }), {})
  t.end()
})

test('lists and objects are copied, with getters that the schema names and without prototypes', (t) => {
  class Point {
    readonly x = 1
    get y () { return 2n }
  }
  const point = new Point()
  t.strictSame(formOf([point], { type: 'array', items: { type: 'object', properties: { x: {}, y: {}, z: {} } } }), [{ x: 1, y: 2 }])
  t.strictSame(formOf([point]), [{ x: 1 }])
  t.strictSame(formOf(JSON.parse('{ "__proto__": 1, "a": 2 }')), { a: 2 })
  const list = [{ a: 1 }]
  t.not(formOf(list), list)
  t.end()
})
