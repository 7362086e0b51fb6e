import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Settings } from '../options.js'
import type { Shape } from '../versioning/contracts.js'
import type { Compilers } from './compilers.js'
import { parseJson } from './conceal-response.js'
import { loadValue } from './load-values.js'
import { logChangeFailure } from './log-failure.js'
import type { RequestState } from './request-state.js'
import { setSerializer } from './serialise.js'
import { passUncovered } from './uncovered.js'
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
 * The value itself is converted by the serialiser, so that hooks behind ours still see head; only what needs look-ups is converted here.
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
  const shape = shapeOf(response, payload)
  if (shape === null) return payload
  const ownSerializer = response.prepared.hasOwnSerializer(reply)
  if (shape.loads) return loadValue(response, shape, payload).then((value) => ownSerializer ? handOver(value) : setSerializerOf(shape, value))
  // a serialiser of the app's own writes what it likes: it gets the old value
  if (ownSerializer) return handOver(downgradeValue(response, shape, payload))
  setSerializer(reply, state, (value) => compilers.serializerOf(shape)(downgradeValue(response, shape, value)))
  return payload

  function handOver (value: unknown): unknown {
    state.rendered = true
    return value
  }

  function setSerializerOf (shape: Shape, value: unknown): unknown {
    setSerializer(reply, state, compilers.serializerOf(shape))
    return value
  }
}

/**
 * Brings a body that is text already to the client's version, if it is JSON of a shape that changed:
 * a string that the handler sent, or what Fastify's default error handler has serialised.
 * @returns the text, or a promise of it where the conversion looks something up
 * @throws FST_ERR_VINTAGE_RESPONSE_UNCOVERED for a body of the handler without a response schema
 */
export function downgradeText (response: OldResponse, text: string): string | Promise<string> {
  const { reply, state, compilers } = response
  if (state.rendered || text === state.written || !String(reply.getHeader('content-type')).includes('json')) return text
  const known = knownShape(response)
  const value = known === null ? null : parseJson(text)
  if (value === null) return text
  const shape = known ?? shapeOf(response, value)
  if (shape === null) return text
  state.rendered = true
  const serialize = compilers.serializerOf(shape)
  return shape.loads ? loadValue(response, shape, value).then(serialize) : serialize(downgradeValue(response, shape, value))
}

/** Writes a payload of head in the client's version, for plugins that call `reply.serialize` before they send text or a stream (`reply.compress`). */
export function serializeOld (response: OldResponse, payload: unknown, serializeHead: FastifyReply['serialize']): string | ArrayBuffer | Buffer {
  const { reply, state, compilers, prepared } = response
  const shape = payload === null || payload === undefined ? null : shapeOf(response, payload)
  const value = shape === null ? payload : downgradeValue(response, shape, payload)
  const text = shape === null || prepared.hasOwnSerializer(reply) ? serializeHead.call(reply, value) : compilers.serializerOf(shape)(value)
  if (typeof text === 'string') state.written = text
  return text
}

/** The shape in which the client expects this response; null when that of head will do, undefined where there is no schema. */
function knownShape ({ request, reply, state, prepared }: OldResponse): Shape | null | undefined {
  return prepared.conversions.get(request.method)?.responseShape(state.index, reply.statusCode, String(reply.getHeader('content-type')))
}

/** The shape in which the client expects a body; null when that of head will do. Without a schema, what may be a shape of head is refused. */
function shapeOf (response: OldResponse, body: unknown): Shape | null {
  const shape = knownShape(response)
  if (shape !== undefined) return shape
  passUncovered(response, body)
  return null
}

function downgradeValue ({ request, reply, state }: OldResponse, shape: Shape, value: unknown): unknown {
  try {
    return shape.downgrade(value)
  } catch (error) {
    logChangeFailure(request, state, `${request.method} ${request.routeOptions.url} ${reply.statusCode}`, error)
    throw error
  }
}
