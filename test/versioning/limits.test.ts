import { test } from 'tap'
import type { JsonSchema } from '../../src/versioning/json-schema.js'
import { compileLimits } from '../../src/versioning/limit-check.js'
import { mayRefuse, sameContent } from '../../src/versioning/limits.js'

const resolve = (schema: JsonSchema): JsonSchema => schema.$ref === 'Named' ? { type: 'string', maxLength: 2 } : schema
const refuses = (from: JsonSchema, to: JsonSchema) => mayRefuse(from, to, resolve)
const problem = (value: unknown, schema: JsonSchema) => compileLimits(schema, resolve)(value)

test('schemas are the same whatever they say beside their limits, and in whatever order', (t) => {
  t.ok(sameContent({ type: 'string', title: 'a', maxLength: 2 }, { maxLength: 2, type: 'string', description: 'b', default: '' }))
  t.ok(sameContent({ type: 'object', required: ['a', 'b'], properties: { title: { type: 'string' } } }, { type: 'object', required: ['b', 'a'], properties: { title: { type: 'string', examples: [''] } } }))
  t.notOk(sameContent({ properties: { title: { type: 'string' } } }, { properties: {} }))
  t.notOk(sameContent({ type: 'string' }, { type: 'integer' }))
  t.end()
})

test('a limit that is as wide, or wider, refuses nothing', (t) => {
  const fits: Array<[JsonSchema, JsonSchema]> = [
    [{ type: 'string', maxLength: 2 }, { type: 'string' }],
    [{ type: 'string', maxLength: 2, minLength: 1 }, { type: 'string', maxLength: 3, minLength: 0 }],
    [{ type: 'string' }, { type: 'string', minLength: 0 }],
    [{ type: 'string', pattern: 'a', format: 'date' }, { type: 'string', pattern: 'a' }],
    [{ type: 'integer' }, { type: 'number' }],
    [{ type: 'integer' }, {}],
    [{ type: 'number', minimum: 1, maximum: 2 }, { type: 'number', minimum: 0, maximum: 2 }],
    [{ type: 'number', exclusiveMinimum: 1, exclusiveMaximum: 2 }, { type: 'number', minimum: 1, maximum: 2 }],
    [{ type: 'number', minimum: 1, maximum: 2 }, { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 3 }],
    [{ type: 'number', exclusiveMinimum: 1, exclusiveMaximum: 2 }, { type: 'number', exclusiveMinimum: 1, exclusiveMaximum: 3 }],
    [{ type: 'number', multipleOf: 4 }, { type: 'number', multipleOf: 2 }],
    [{ type: 'array', items: { type: 'string', maxLength: 1 }, maxItems: 1, uniqueItems: true }, { type: 'array', items: { type: 'string', maxLength: 2 }, minItems: 0, uniqueItems: true }],
    [{ type: 'array', items: {} }, { type: 'array', items: {}, uniqueItems: false }],
    [{ enum: ['a'] }, { enum: ['a', 'b'] }],
    [{ const: 'a' }, { type: 'string' }],
    [{ type: 'string' }, { anyOf: [{ type: 'string' }, { type: 'null' }] }],
    [{ type: ['string', 'null'] }, { type: 'string', nullable: true }],
    [{ type: ['string', 'integer', 'null'] }, { type: ['string', 'integer', 'null'], 'x-note': 1 }],
    [{ enum: ['a', null] }, { anyOf: [{ enum: ['a', 'b'] }, { type: 'null' }] }],
    [{ $ref: 'Named' }, { type: 'string', maxLength: 2 }],
    [{ $ref: 'Named' }, { anyOf: [{ $ref: 'Named' }, { type: 'null' }] }]
  ]
  for (const [from, to] of fits) t.equal(refuses(from, to), undefined, JSON.stringify([from, to]))
  t.end()
})

test('a limit that is narrower, or that cannot be compared, may refuse, and is named', (t) => {
  const misfits: Array<[string, JsonSchema, JsonSchema]> = [
    ['maxLength', { type: 'string', maxLength: 3 }, { type: 'string', maxLength: 2 }],
    ['maxLength', { type: 'string' }, { type: 'string', maxLength: 2 }],
    ['minLength', { type: 'string' }, { type: 'string', minLength: 1 }],
    ['pattern', { type: 'string', pattern: 'a' }, { type: 'string', pattern: 'b' }],
    ['format', { type: 'string' }, { type: 'string', format: 'date' }],
    ['type', { type: 'number' }, { type: 'integer' }],
    ['null', {}, { type: 'integer' }],
    ['type', {}, { type: ['integer', 'null'] }],
    ['minimum', { type: 'number' }, { type: 'number', minimum: 0 }],
    ['maximum', { type: 'number', exclusiveMaximum: 3 }, { type: 'number', maximum: 2 }],
    ['exclusiveMaximum', { type: 'number', maximum: 2 }, { type: 'number', exclusiveMaximum: 2 }],
    ['exclusiveMaximum', { type: 'number' }, { type: 'number', exclusiveMaximum: 2 }],
    ['exclusiveMinimum', { type: 'number', minimum: 2 }, { type: 'number', exclusiveMinimum: 2 }],
    ['exclusiveMinimum', { type: 'number', exclusiveMinimum: 1 }, { type: 'number', exclusiveMinimum: 2 }],
    ['multipleOf', { type: 'number', multipleOf: 3 }, { type: 'number', multipleOf: 2 }],
    ['multipleOf', { type: 'number' }, { type: 'number', multipleOf: 2 }],
    ['uniqueItems', { type: 'array' }, { type: 'array', uniqueItems: true }],
    ['items', { type: 'array', items: { type: 'string' } }, { type: 'array', items: { type: 'string', maxLength: 1 } }],
    ['items', { type: 'array' }, { type: 'array', items: { type: 'string' } }],
    ['enum', { enum: ['a', 'b'] }, { enum: ['a'] }],
    ['enum', { type: 'string' }, { enum: ['a'] }],
    ['null', { type: ['string', 'null'] }, { type: 'string' }],
    ['anyOf', { anyOf: [{ type: 'string' }, { type: 'integer' }, { type: 'null' }] }, { anyOf: [{ type: 'string', maxLength: 1 }, { type: 'integer' }, { type: 'null' }] }],
    ['anyOf', { anyOf: [{ type: 'null' }] }, { type: ['string', 'null'] }],
    ['properties', { type: 'object', properties: {} }, { type: 'object', properties: { a: {} } }]
  ]
  for (const [keyword, from, to] of misfits) t.equal(refuses(from, to), keyword, JSON.stringify([from, to]))
  t.end()
})

test('a value is judged by its limits, in the words of ajv', (t) => {
  const cases: Array<[unknown, JsonSchema, string | undefined]> = [
    ['abc', { type: 'string', maxLength: 2 }, 'must NOT have more than 2 characters'],
    ['😀😀', { type: 'string', maxLength: 2 }, undefined],
    ['', { type: 'string', minLength: 1 }, 'must NOT have fewer than 1 characters'],
    ['b', { type: 'string', pattern: '^a$' }, 'must match pattern "^a$"'],
    ['a', { type: 'string', pattern: '^a$', format: 'date' }, undefined],
    [1, { type: ['string', 'integer'], pattern: '^a$', maxLength: 0 }, undefined],
    ['a', { type: ['string', 'integer'], minimum: 2, minItems: 3 }, undefined],
    [1, { type: 'integer', minimum: 2 }, 'must be >= 2'],
    [3, { type: 'integer', maximum: 2 }, 'must be <= 2'],
    [2, { type: 'integer', exclusiveMinimum: 2 }, 'must be > 2'],
    [2, { type: 'integer', exclusiveMaximum: 2 }, 'must be < 2'],
    [3, { type: 'integer', multipleOf: 2 }, 'must be multiple of 2'],
    [1.5, { type: 'integer' }, 'must be integer'],
    [1.5, { type: 'number' }, undefined],
    [null, { type: ['string', 'boolean'] }, 'must be string or boolean'],
    ['x', { enum: ['a', 1, null] }, 'must be equal to one of the allowed values: "a", 1, null'],
    [{ a: [1] }, { const: { a: [1] } }, undefined],
    ['x', { anyOf: [{ type: 'integer' }, { type: 'string', maxLength: 0 }] }, 'must be integer, or must NOT have more than 0 characters'],
    ['x', { anyOf: [{ type: 'integer' }, { $ref: 'Named' }] }, undefined],
    ['xyz', { $ref: 'Named' }, 'must NOT have more than 2 characters'],
    [[], { type: 'array', minItems: 1 }, 'must NOT have fewer than 1 items'],
    [[1, 2], { type: 'array', maxItems: 1 }, 'must NOT have more than 1 items'],
    [['a', 'abc'], { type: 'array', items: { $ref: 'Named' } }, 'must NOT have more than 2 characters (at 1)'],
    [['a', 'b'], { type: 'array', items: { type: 'string' }, uniqueItems: true }, undefined],
    [['a', 'a'], { type: 'array', uniqueItems: true }, 'must NOT have duplicate items'],
    [[{}, {}], { type: 'array', uniqueItems: true }, undefined],
    ['no list', { type: ['array', 'string'], items: { type: 'integer' }, uniqueItems: true }, undefined],
    [{ any: 'thing' }, {}, undefined]
  ]
  for (const [value, schema, wanted] of cases) t.equal(problem(value, schema), wanted, JSON.stringify([value, schema]))
  t.end()
})
