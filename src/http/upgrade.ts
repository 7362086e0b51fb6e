import type { FastifyRequest, FastifySchemaValidationError } from 'fastify'
import type { SchemaErrorFormatter } from 'fastify/types/schema.js'
import { UpgradeRefusedError } from '../errors.js'
import { isList, isRecord } from '../versioning/json-schema.js'
import type { Compilers } from './compilers.js'
import { logChangeFailure, type ChangeLog } from './log-failure.js'
import type { RequestPart } from './places.js'
import type { PartShape } from './route-conversion.js'
import type { RequestState } from './request-state.js'
import { formatRefusal, refusalOfHead } from './validate.js'

/** What the upgrade of a request needs beside the request. */
export interface UpgradeContext {
  readonly compilers: Compilers
  readonly changeLog: ChangeLog
  readonly format: SchemaErrorFormatter
}

/**
 * Validates the changed parts of a request in the client's version, brings them to head, and runs head's validator on the result.
 * Fastify validates them once more; that they pass there is what the run here makes sure of.
 * @throws what the client did wrong, in the client's field names (400); FST_ERR_VINTAGE_UPGRADE_REFUSED when head refuses (500)
 */
export async function upgradeRequest (request: FastifyRequest, state: RequestState, parts: readonly PartShape[], context: UpgradeContext): Promise<void> {
  for (const part of parts) {
    if (part.mediaType !== null && part.mediaType !== request.mediaType) continue
    await upgradePart(request, state, part, context)
  }
}

async function upgradePart (request: FastifyRequest, state: RequestState, { part, place, shape }: PartShape, context: UpgradeContext): Promise<void> {
  const sent = readPart(request, part)
  // as Fastify: a body that is not there is validated as null
  const verdict = context.compilers.validatorOf(shape)(sent ?? null)
  if ('errors' in verdict) throw formatRefusal(verdict.errors, part, context.format)
  if (verdict.value === null) return
  const upgraded = upgradeValue(request, state, verdict.value, { place, shape })
  const reason = await refusalOfHead(headValidator(request, part), upgraded)
  if (reason !== null) {
    if (isNothingLeft(upgraded, reason)) throw formatRefusal([nothingLeft(verdict.value, reason)], part, context.format)
    context.changeLog.refused(request, state, place, reason)
    throw new UpgradeRefusedError(part, state.version)
  }
  writePart(request, part, upgraded)
}

function upgradeValue (request: FastifyRequest, state: RequestState, value: unknown, { place, shape }: Pick<PartShape, 'place' | 'shape'>): unknown {
  try {
    return shape.upgrade(value)
  } catch (error) {
    logChangeFailure(request, state, place, error)
    throw error
  }
}

/** Whether the upgrade dropped every field of the request, and that is all that head refuses. */
function isNothingLeft (upgraded: unknown, reason: unknown): reason is readonly FastifySchemaValidationError[] {
  return isRecord(upgraded) && Object.keys(upgraded).length === 0 && isList(reason) &&
    reason.every((error) => isRecord(error) && error.keyword === 'minProperties' && error.instancePath === '')
}

// the client's own words: what it sent was valid, but means nothing any more
function nothingLeft (sent: unknown, [error]: readonly FastifySchemaValidationError[]): FastifySchemaValidationError {
  const names = Object.keys(Object(sent)).map((name) => `'${name}'`).join(', ')
  return { keyword: 'minProperties', instancePath: '', schemaPath: '#/minProperties', params: { ...error?.params }, message: `must have a property beside ${names}, which no longer has an effect` }
}

function headValidator (request: FastifyRequest, part: RequestPart): unknown {
  const validator: unknown = request.getValidationFunction(part)
  // one for each media type, where the route gives its body so
  return part === 'body' && isRecord(validator) ? validator[String(request.mediaType)] : validator
}

function readPart (request: FastifyRequest, part: RequestPart): unknown {
  return part === 'querystring' ? request.query : request[part]
}

function writePart (request: FastifyRequest, part: RequestPart, value: unknown): void {
  Object.assign(request, { [part === 'querystring' ? 'query' : part]: value })
}
