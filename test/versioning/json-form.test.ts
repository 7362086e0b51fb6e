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
