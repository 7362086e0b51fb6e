import type { FastifyError, FastifyRequest, FastifySchemaValidationError } from 'fastify'
import type { SchemaErrorFormatter } from 'fastify/types/schema.js'
import { UpgradeRefusedError } from '../errors.js'
import { faultOf, type ClientFault } from '../versioning/client-fault.js'
import { findFaults } from './find-faults.js'
import { logChangeFailure } from './log-failure.js'
import { pointerOf } from './pointers.js'
import { faultsOf } from './problem-details.js'
import { asTooDeep } from './request-part.js'
import type { RequestState } from './request-state.js'
import type { PartShape } from './route-conversion.js'
import { formatRefusal } from './validate.js'

/** Where a conversion failed. */
export interface FailedConversion {
  readonly request: FastifyRequest
  readonly state: RequestState
  readonly part: PartShape
  /** What the client sent. */
  readonly sent: unknown
  readonly format: SchemaErrorFormatter
}

/**
 * Makes the error of a request that could not be brought to head. What the client has to correct points at what it sent;
 * anything else is ours, and logged.
 */
export function conversionFailure (failed: FailedConversion, thrown: unknown): unknown {
  const { request, state, part: { part, place } } = failed
  const error = asTooDeep(thrown, part)
  const fault = faultOf(error)
  const failure = fault !== undefined && isFastifyError(error) ? tellClient(failed, error, fault) : error
  logChangeFailure(request, state, place, failure)
  return failure
}

function tellClient ({ state, part: { part }, sent, format }: FailedConversion, error: FastifyError, fault: ClientFault): Error {
  const errors = errorsAt(sent, fault)
  state.faults = faultsOf(errors, part)
  if (error.statusCode !== 422) return error
  // nobody can correct what they have not sent
  return errors.length === 0 ? new UpgradeRefusedError(part, state.version) : formatRefusal(errors, part, format, error)
}

function errorsAt (sent: unknown, fault: ClientFault): FastifySchemaValidationError[] {
  const byValue = findFaults(sent, fault)
  // a value that an earlier change has made another of is known by its name only
  const places = byValue.length > 0 ? byValue : findFaults(sent, { ...fault, isFault: () => true })
  return places.map((path) => ({ keyword: 'vintage', instancePath: pointerOf(path), schemaPath: '#', params: {}, message: fault.detail }))
}

function isFastifyError (error: unknown): error is FastifyError {
  return error instanceof Error && 'statusCode' in error
}
