import type { FastifyRequest } from 'fastify'
import { TooDeepError } from '../errors.js'
import { isRecord } from '../versioning/json-schema.js'
import type { RequestPart } from './places.js'

/** Reads a part of a request by the name that its schema has. */
export function readPart (request: FastifyRequest, part: RequestPart): unknown {
  return part === 'querystring' ? request.query : request[part]
}

/** Puts another value in the place of a part of a request. */
export function writePart (request: FastifyRequest, part: RequestPart, value: unknown): void {
  if (part === 'body') request.body = value
  else Reflect.set(request, part === 'querystring' ? 'query' : part, value)
}

/** The validator that head has for a part, whatever compiler made it; undefined where there is none. */
export function headValidator (request: FastifyRequest, part: RequestPart): unknown {
  const validator: unknown = request.getValidationFunction(part)
  // one for each media type, where the route gives its body so
  return part === 'body' && isRecord(validator) ? validator[String(request.mediaType)] : validator
}

/** Names the fault of a client that nests deeper than the stack is high: nothing else gets out of a conversion as a RangeError, what version files throw is wrapped. */
export function asTooDeep (error: unknown, part: RequestPart): unknown {
  return error instanceof RangeError ? new TooDeepError(part) : error
}
