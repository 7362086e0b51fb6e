import { ChangeFailedError, PartialFieldsError } from '../../errors.js'
import { isRecord } from '../json-schema.js'
import type { Direction, Step } from './operation.js'

/**
 * Calls a function of a version file and checks what it returns.
 *
 * @throws FST_ERR_VINTAGE_CHANGE_FAILED that names file, change and version, never the value; `cause` is what was thrown
 */
export function runUserFunction (step: Step, direction: Direction, run: unknown, fields: Record<string, unknown>): Record<string, unknown> {
  if (typeof run !== 'function') throw failure(step, direction, 'is missing')
  let result: unknown
  try {
    result = run(fields)
  } catch (cause) {
    throw failure(step, direction, 'threw', cause)
  }
  if (isRecord(result) && typeof result.then !== 'function') return result
  throw failure(step, direction, 'must return an object of fields, at once')
}

/** @throws FST_ERR_VINTAGE_PARTIAL_FIELDS that names the fields as the client knows them */
export function refusePartial (step: Step, together: readonly string[], missing: readonly string[]): never {
  throw new PartialFieldsError(listNames(together), step.version, listNames(missing))
}

function failure (step: Step, direction: Direction, problem: string, cause?: unknown): Error {
  return new ChangeFailedError(direction, `${step.source} ("${step.change.description}", version ${step.version}) ${problem}`, { cause })
}

function listNames (names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ')
}
