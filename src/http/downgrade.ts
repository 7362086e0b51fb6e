import type { FastifyReply, FastifyRequest } from 'fastify'
import { ResponseUncoveredError } from '../errors.js'
import type { Settings } from '../options.js'
import type { Shape } from '../versioning/contracts.js'
import type { Compilers } from './compilers.js'
import { hasOwnSerializer } from './fastify-internals.js'
import { logChangeFailure } from './log-failure.js'
import type { RequestState } from './request-state.js'
import { setSerializer } from './serialise.js'
import type { PreparedRoute } from './versioned-route.js'

/** One response on its way to an older client. */
export interface OldResponse {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly state: RequestState
  readonly prepared: PreparedRoute
  readonly compilers: Compilers
  readonly coverage: Settings['coverage']
}

/**
 * Arranges for a payload of head to be sent in the client's version.
 * The value itself is converted by the serialiser, so that hooks behind ours still see head.
 * @returns the payload for the hooks that follow
 * @throws FST_ERR_VINTAGE_RESPONSE_UNCOVERED for a body of the handler without a response schema
 */
export function downgradePayload (response: OldResponse, payload: unknown): unknown {
  const { reply, state, compilers } = response
  if (payload === null || payload === undefined) {
    // what head makes of nothing is no body of head that could be downgraded
    state.rendered = true
    return payload
  }
  const shape = shapeOf(response)
  if (shape === null) return payload
  // a serialiser of the app's own writes what it likes: it gets the old value
  if (response.prepared.hasReplySerializer || hasOwnSerializer(reply)) {
    const value = downgradeValue(response, shape, payload)
    state.rendered = true
    return value
  }
  setSerializer(reply, state, (value) => compilers.serializerOf(shape)(downgradeValue(response, shape, value)))
  return payload
}

/**
 * Brings a body that is text already to the client's version, if it is JSON of a shape that changed:
 * a string that the handler sent, or what Fastify's default error handler has serialised.
 * @throws FST_ERR_VINTAGE_RESPONSE_UNCOVERED for a body of the handler without a response schema
 */
export function downgradeText (response: OldResponse, text: string): string {
  const { reply, state, compilers } = response
  if (state.rendered || !String(reply.getHeader('content-type')).includes('json')) return text
  const shape = shapeOf(response)
  const value = shape === null ? null : parseJson(text)
  if (shape === null || value === null) return text
  state.rendered = true
  return compilers.serializerOf(shape)(downgradeValue(response, shape, value))
}

/** The shape in which the client expects this response; null when that of head will do. Without a schema, a body of the handler is refused. */
function shapeOf (response: OldResponse): Shape | null {
  const { request, reply, state, prepared } = response
  const conversion = prepared.conversions.get(request.method)
  const shape = conversion?.responseShape(state.index, reply.statusCode, String(reply.getHeader('content-type')))
  if (shape !== undefined) return shape
  // the answer to an error, and what a hook refuses before the handler, are envelopes and the same in all versions
  if (reply.statusCode < 400 || (state.entered && !state.failed)) reportUncovered(response, conversion?.isReached(state.index) === true)
  return null
}

// where no change reaches the route, a body without a schema is taken to be the same in all versions too
function reportUncovered ({ request, reply, state, prepared, coverage }: OldResponse, isReached: boolean): void {
  const error = new ResponseUncoveredError(`${request.method} ${request.routeOptions.url}`, String(reply.statusCode), state.version)
  if (isReached && coverage === 'strict') throw error
  state.rendered = true
  const response = `${request.method} ${reply.statusCode}`
  if (prepared.reported.has(response)) return
  prepared.reported.add(response)
  request.log.warn({ err: error }, error.message)
}

function downgradeValue ({ request, reply, state }: OldResponse, shape: Shape, value: unknown): unknown {
  try {
    return shape.downgrade(value)
  } catch (error) {
    logChangeFailure(request, state, `${request.method} ${request.routeOptions.url} ${reply.statusCode}`, error)
    throw error
  }
}

function parseJson (text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
