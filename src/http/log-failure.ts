import type { FastifyRequest } from 'fastify'
import { isList, isRecord } from '../versioning/json-schema.js'
import type { VersionHistory } from '../versioning/history.js'
import type { RequestState } from './request-state.js'

/** Logs what head refused after an upgrade, with the changes that may be at fault. */
export interface ChangeLog {
  refused (request: FastifyRequest, state: RequestState, place: string, reason: unknown): void
}

/** Makes the log of refusals; it names changes and fields, never a value. */
export function buildChangeLog (history: VersionHistory): ChangeLog {
  return {
    refused (request, state, place, reason) {
      const changes = history.versions.slice(state.index + 1).flatMap((version) =>
        history.changesOf(version).map((change) => ({ version, file: history.sources.get(change), change: change.description })))
      request.log.error({ vintage: { version: state.version, place, refused: describeReason(reason), changes } },
        `fastify-vintage: head refuses what the changes made of a valid ${state.version} request at ${place}`)
    }
  }
}

// a custom validator's error may quote the value: only the parts of ajv errors that name fields are kept
function describeReason (reason: unknown): unknown {
  if (isList(reason)) return reason.filter(isRecord).map(({ instancePath, keyword, message }) => ({ instancePath, keyword, message }))
  return reason instanceof Error ? reason.name : typeof reason
}

/** Logs a change that failed on a value, unless the client is at fault. */
export function logChangeFailure (request: FastifyRequest, state: RequestState, place: string, error: unknown): void {
  const statusCode = isErrorWithStatus(error) ? error.statusCode : 500
  if (statusCode >= 500) request.log.error({ err: error, vintage: { version: state.version, place } }, `fastify-vintage: a change failed at ${place}`)
}

function isErrorWithStatus (error: unknown): error is { statusCode: number } {
  return isRecord(error) && typeof error.statusCode === 'number'
}
