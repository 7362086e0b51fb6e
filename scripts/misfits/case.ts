import { Type } from '@sinclair/typebox'
import { change, variant, type Change } from 'fastify-vintage'
import { deriveContracts } from '../../src/versioning/contracts.js'
import { buildHistory } from '../../src/versioning/history.js'
import type { JsonSchema } from '../../src/versioning/json-schema.js'
import type { Operation } from '../../src/versioning/operations/operation.js'

/** One thing that stops the start. */
export interface MisfitCase {
  /** what is wrong, in a few words */
  readonly wrong: string
  /** runs into it */
  readonly provoke: () => unknown
}

export const Status = Type.Union([Type.Literal('pending'), Type.Literal('paid')], { $id: 'Status' })
export const Order = Type.Object({
  id: Type.Integer(),
  name: Type.String({ maxLength: 50 }),
  note: Type.Optional(Type.String({ default: 'none' })),
  status: Status,
  address: Type.Object({ street: Type.String(), city: Type.String() }),
  emails: Type.Array(Type.String())
}, { $id: 'Order' })
export const Failure = Type.Object({ code: Type.Union([Type.Literal('E_GONE'), Type.Literal('E_LATE')]) }, { $id: 'Failure' })

const places: Readonly<Record<string, JsonSchema>> = {
  'GET /orders/:id 200': Order,
  'GET /orders/:id 404': Failure,
  'POST /orders body': variant('NewOrder', Order, (order) => Type.Omit(order, ['id'])),
  'GET /orders 200': Type.Object({ data: Type.Array(Order), total: Type.Integer() })
}

/** Derives the contracts of 2024-01-01 and of 2025-01-01, which brings these changes; each stands in `2025-01-01.ts`. */
export function derive (changes: Change | readonly Change[], more: Readonly<Record<string, JsonSchema>> = {}, older: readonly Change[] = []): unknown {
  const history = buildHistory([
    { version: '2023-01-01', parts: [] },
    { version: '2024-01-01', parts: [{ source: '2024-01-01.ts', value: older }] },
    { version: '2025-01-01', parts: [{ source: '2025-01-01.ts', value: changes }] }
  ])
  return deriveContracts(history, { schemas: new Map(), places: new Map(Object.entries({ ...places, ...more })) })
}

/** A case of one operation on one target, by default on `Order`. */
export function misfit (wrong: string, operation: Operation, target: string | readonly string[] = 'Order', more: Readonly<Record<string, JsonSchema>> = {}): MisfitCase {
  return { wrong, provoke: () => derive(change('tidier orders', target, operation), more) }
}
