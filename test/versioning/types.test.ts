import { test } from 'tap'
import type { JsonSchema } from '../../src/versioning/json-schema.js'
import { emitVersions } from '../../src/versioning/types/emit-versions.js'

test('types are written for all that a schema may say', async (t) => {
  const schema = (properties: Record<string, JsonSchema>, required: string[] = []): JsonSchema => ({ type: 'object', properties, required })
  const text = emitVersions(new Map([['2000-01-01', {
    schemas: new Map([['A', schema({
      any: {},
      'it\'s "odd"\n': { type: 'null' },
      enum: { enum: ['x', 1, null, "o'clock"] },
      list: { type: 'array', items: { $ref: 'A' } },
      lists: { type: 'array' },
      tuple: { type: 'array', items: [{ type: 'string' }], additionalItems: false },
      open: { type: 'array', prefixItems: [{ type: 'integer' }], items: { type: 'number' } },
      closed: { type: 'array', prefixItems: [{ type: 'integer' }], items: false },
      both: { type: ['string', 'null'] },
      odd: { type: 'Date' },
      union: { anyOf: [{ type: 'string' }, { type: 'string', maxLength: 1 }, { type: 'boolean' }] },
      anything: { oneOf: [{}, { type: 'string' }] },
      all: { allOf: [{ $ref: 'B' }, schema({ c: { type: 'string' } }, ['c'])] },
      conditions: { ...schema({ a: { type: 'string' } }), anyOf: [{ required: ['a'] }] },
      map: { type: 'object', additionalProperties: { type: 'integer' } },
      patterns: { type: 'object', patternProperties: { a: { type: 'string' } }, additionalProperties: { type: 'null' } },
      empty: { type: 'object', additionalProperties: false },
      free: { type: 'object' },
      plain: { properties: { x: { type: 'string' } } },
      mixed: { ...schema({ a: { type: 'string' } }, ['a']), additionalProperties: { type: 'integer' } },
      lost: { $ref: 'Nobody' }
    }, ['any'])], ['B', schema({ b: { type: 'boolean' } })]]),
    places: new Map([['GET /a 200', { $ref: 'A' }], ['GET /b 200', { type: 'string' }]])
  }], ['2001-01-01', {
    schemas: new Map([['A', schema({})], ['B', schema({ b: { type: 'boolean' } })]]),
    places: new Map([['GET /a 200', { $ref: 'A' }]])
  }], ['2002-01-01', { schemas: new Map([['A', schema({})], ['B', schema({ b: { type: 'boolean' } })]]), places: new Map([['GET /a 200', { $ref: 'A' }]]) }]]))
  const lines = [
    'any: unknown', "'it\\'s \"odd\"\\n'?: null", "enum?: 'x' | 1 | null | 'o\\'clock'", "list?: Array<V2000_01_01['A']>", 'lists?: Array<unknown>', 'tuple?: [string]', 'open?: [number, ...Array<number>]', 'closed?: [number]',
    'both?: (string | null)', 'odd?: unknown', 'union?: (string | boolean)', 'anything?: unknown', "all?: (V2000_01_01['B'] & {", 'map?: Record<string, number>', 'patterns?: Record<string, (string | null)>',
    'empty?: Record<string, never>', 'free?: Record<string, unknown>', '[key: string]: unknown', 'lost?: unknown',
    "export interface V2001_01_01 extends Omit<V2000_01_01, 'A' | 'GET /a 200' | 'GET /b 200'> {", 'export interface V2002_01_01 extends V2001_01_01 {'
  ]
  for (const line of lines) t.ok(text.includes(line), line)
})
