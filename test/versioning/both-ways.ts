import { Type, type TSchema } from '@sinclair/typebox'
import type { Test } from 'tap'
import { change } from '../../src/versioning/change.js'
import { deriveContracts } from '../../src/versioning/contracts.js'
import { deriveStates } from '../../src/versioning/derive.js'
import { historyOf } from '../../src/versioning/history.js'
import { interpret } from '../../src/versioning/interpret.js'
import type { JsonSchema } from '../../src/versioning/json-schema.js'
import { rename } from '../../src/versioning/operations/rename.js'
import { computeReach } from '../../src/versioning/reach.js'

/** A schema of which one field has another name since, and a value of it on both sides. */
export const User = Type.Object({ id: Type.Integer(), created_at: Type.String() }, { $id: 'User' })
export const newUser = { id: 1, created_at: 'now' }
export const oldUser = { id: 1, created: 'now' }
/** Where `created` became `created_at`. */
export const renamed = historyOf({ '2000-01-01': [], '2001-01-01': change('renamed', 'User', rename({ created: 'created_at' })) })

/** Puts a schema at a response and at a body, and converts one value both ways. */
export function checkBothWays (t: Test, schema: JsonSchema, newer: unknown, older: unknown, shared: TSchema[] = [], history = renamed): JsonSchema {
  const contracts = deriveContracts(history, {
    schemas: new Map(shared.map((one) => [String(one.$id), one])),
    places: new Map([['GET /x 200', schema], ['POST /x body', schema]])
  })
  const [response, body] = [contracts.shape('GET /x 200', 0), contracts.shape('POST /x body', 0)]
  t.strictSame(JSON.parse(JSON.stringify(response?.downgrade(newer))), older)
  t.strictSame(body?.upgrade(older), newer)
  t.equal(body?.upgrade('not what was promised'), 'not what was promised')
  const derived = deriveStates(history, { schemas: new Map(shared.map((one) => [String(one.$id), one])), places: new Map([['GET /x 200', schema]]) })
  const context = { derived, reach: computeReach(derived) }
  t.strictSame(interpret(context, 'GET /x 200', newer, { from: derived.headIndex, to: 0, use: 'value' }), older, 'interpreted as compiled')
  t.strictSame(interpret(context, 'GET /x 200', older, { from: 0, to: derived.headIndex, use: 'value' }), newer, 'interpreted as compiled')
  const text = JSON.stringify(response?.schema)
  t.notMatch(text, /created_at/, 'no name of head is left in the old schema')
  t.equal(text.match(/"\$id"/g)?.length, 1, 'and no $id but its own')
  return response?.schema ?? {}
}
