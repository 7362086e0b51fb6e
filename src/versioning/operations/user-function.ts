import { ChangeFailedError, PartialFieldsError } from '../../errors.js'
import { withFault } from '../client-fault.js'
import { isRecord } from '../json-schema.js'
import type { BoundLoad, Load } from '../load-context.js'
import type { CallMove, DirectCall, Direction, Step } from './operation.js'

/**
 * Binds a function of a version file to the step that calls it: what it throws or returns wrongly becomes
 * FST_ERR_VINTAGE_CHANGE_FAILED that names file, change and version, never the value; `cause` is what was thrown.
 */
export function bindUserFunction (step: Step, direction: Direction, run: unknown): Pick<CallMove, 'run' | 'direct'> {
  const missing = () => { throw failure(step, direction, 'is missing') }
  const direct: DirectCall = !isFunction(run)
    ? { call: missing, threw: missing, returnedWrongly: missing }
    : {
        call: run,
        threw: (cause) => { throw failure(step, direction, 'threw', cause) },
        returnedWrongly: () => { throw failure(step, direction, 'must return an object of fields, at once') }
      }
  return { direct, run: (fields, loaded) => runChecked(direct, fields, loaded) }
}

function runChecked ({ call, threw, returnedWrongly }: DirectCall, fields: Record<string, unknown>, loaded: unknown): Record<string, unknown> {
  let result: unknown
  try {
    result = call(fields, loaded)
  } catch (cause) {
    threw(cause)
  }
  return isRecord(result) && typeof result.then !== 'function' ? result : returnedWrongly()
}

/** Binds the look-ups of a version file to the step that needs them. */
export function bindLoad (step: Step, load: Load | undefined): BoundLoad | undefined {
  if (load === undefined) return undefined
  const fail = (problem: string, cause?: unknown): never => { throw failure(step, 'load', problem, cause) }
  return {
    load,
    keyOf: (fields) => {
      try {
        return Reflect.apply(load.key, undefined, [fields])
      } catch (cause) {
        return fail('threw in `key`', cause)
      }
    },
    find: async (keys, scope) => {
      const found: unknown = await Promise.resolve().then(() => Reflect.apply(load.many, undefined, [keys, scope])).catch((cause: unknown) => fail('threw in `many`', cause))
      return found instanceof Map ? found : fail('must give a Map from `many`')
    },
    fail
  }
}

function isFunction (value: unknown): value is DirectCall['call'] {
  return typeof value === 'function'
}

/** @throws FST_ERR_VINTAGE_PARTIAL_FIELDS that names the fields as the client knows them */
export function refusePartial (step: Step, together: readonly string[], missing: readonly string[]): never {
  const absent = new Set(missing)
  throw withFault(new PartialFieldsError(listNames(together), step.version, listNames(missing)), {
    fields: together.filter((name) => !absent.has(name)),
    absent: missing,
    detail: `must come together with ${listNames(missing)} since version ${step.version}`,
    isFault: () => true
  })
}

function failure (step: Step, part: Direction | 'load', problem: string, cause?: unknown): Error {
  return new ChangeFailedError(part, `${step.source} ("${step.change.description}", version ${step.version}) ${problem}`, { cause })
}

function listNames (names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ')
}
