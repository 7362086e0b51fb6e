import { AjvCompiler } from '@fastify/ajv-compiler'
import type { Arbitrary } from 'fast-check'
import { arbitraryOf } from './arbitrary.js'
import { change } from './change.js'
import { closeSchema } from './close-schema.js'
import { createConverters } from './converters.js'
import { deriveStates } from './derive.js'
import { historyOf } from './history.js'
import { interpret } from './interpret.js'
import type { JsonSchema } from './json-schema.js'
import type { SchemaOperation } from './operations/operation.js'
import { computeReach } from './reach.js'

/** One side of a change: its values, and the way to the other side. */
export interface Side {
  readonly values: Arbitrary<unknown>
  accepts (value: unknown): boolean
  /** compiled; undefined when the change has no function for this direction */
  readonly convert: ((value: unknown) => unknown) | undefined
  interpret (value: unknown): unknown
}

/** A change on its own, on a schema made of its fragments. */
export interface Bench {
  readonly older: Side
  readonly newer: Side
  /** whether there are functions for both directions */
  readonly roundTrips: boolean
}

/** Puts an operation on a made-up schema that it fits. */
export function openBench (operation: SchemaOperation, description: string): Bench {
  const history = historyOf({ '2000-01-01': [], '2000-01-02': change(description, 'Sample', operation) })
  const head = { schemas: new Map([['Sample', { ...operation.sample(), $id: 'Sample' }]]), places: new Map() }
  const derived = deriveStates(history, head)
  const reach = computeReach(derived)
  const converters = createConverters(derived, reach)
  const [step] = derived.stepsOf('Sample', 1)
  const compileSchema = AjvCompiler()({}, { customOptions: { coerceTypes: false, useDefaults: false, removeAdditional: false, strict: false } })
  const side = (from: number, to: number): Side => {
    const schema: JsonSchema = closeSchema('Sample', from, derived, reach)
    const validate = compileSchema({ schema })
    const route = { from, to, use: 'value' as const }
    const lacks = step?.operation.lacks(step, from < to ? 'upgrade' : 'downgrade', 'value', 0)
    return {
      values: arbitraryOf(schema),
      accepts: (value) => validate(value) === true,
      convert: lacks === undefined ? (value) => converters.unit('Sample', route)?.(value) : undefined,
      interpret: (value) => interpret({ derived, reach }, 'Sample', value, route)
    }
  }
  const [older, newer] = [side(0, 1), side(1, 0)]
  return { older, newer, roundTrips: older.convert !== undefined && newer.convert !== undefined }
}
