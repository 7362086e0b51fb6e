import { isDeepStrictEqual } from 'node:util'
import type { TSchema } from '@sinclair/typebox'
import { change } from '../../src/versioning/change.js'
import { computeReach } from '../../src/versioning/reach.js'
import { closeSchema } from '../../src/versioning/close-schema.js'
import { createConverters } from '../../src/versioning/converters.js'
import { deriveStates } from '../../src/versioning/derive.js'
import { historyOf } from '../../src/versioning/history.js'
import { interpret } from '../../src/versioning/interpret.js'
import type { Direction, Operation, Use } from '../../src/versioning/operations/operation.js'

/** One change on a few schemas, converted in both ways by the compiled and by the interpreted form, which must agree. */
export function tryOperation (operation: Operation, target: string, schemas: readonly TSchema[]) {
  const history = historyOf({ '2000-01-01': [], '2001-01-01': change('tried', target, operation) })
  const derived = deriveStates(history, { schemas: new Map(schemas.map((schema) => [String(schema.$id), schema])), places: new Map() })
  const reach = computeReach(derived)
  const converters = createConverters(derived, reach)
  const convert = (id: string, value: unknown, from: number, to: number, use: Use) => {
    const route = { from, to, use }
    const [compiled, interpreted] = [outcomeOf(() => converters.unit(id, route)?.(value) ?? value), outcomeOf(() => interpret({ derived, reach }, id, value, route))]
    if (!isDeepStrictEqual(jsonOf(compiled.value), jsonOf(interpreted.value)) || String(compiled.error) !== String(interpreted.error)) {
      throw new Error(`compiled ${JSON.stringify(compiled)}, interpreted ${JSON.stringify(interpreted)}`)
    }
    if (compiled.error !== undefined) throw compiled.error
    return interpreted.value
  }
  return {
    older: (id: string) => closeSchema(id, 0, derived, reach),
    upgrade: (id: string, value: unknown, use: Use = 'value') => convert(id, value, 0, 1, use),
    downgrade: (id: string, value: unknown) => convert(id, value, 1, 0, 'value'),
    /** what the operation lacks for a direction, where the schema is used so */
    lack: (id: string, direction: Direction, use: Use = 'value') => derived.stepsOf(id, 1).map((step) => step.operation.lacks(step, direction, use, 0)).find((lack) => lack !== undefined)
  }
}

/** In a list, since undefined has no JSON of its own. */
function jsonOf (value: unknown): unknown {
  return JSON.parse(JSON.stringify([value]))
}

function outcomeOf (run: () => unknown): { value?: unknown, error?: unknown } {
  try {
    return { value: run() }
  } catch (error) {
    return { error }
  }
}
