import { ResponseUncoveredError } from '../errors.js'
import type { OldResponse } from './downgrade.js'
import { isPlainError } from './head-names.js'

/**
 * Judges a body for which the route has no response schema, so that it cannot be converted. It passes, and is logged once,
 *
 * - when it answers an error that was thrown, or when a hook before the handler refuses the request with it;
 * - when no change reaches the route between the client's version and head;
 * - when it is an error or a redirect of the handler and holds no name that a change has made;
 * - under `coverage: 'warn'`.
 *
 * @throws FST_ERR_VINTAGE_RESPONSE_UNCOVERED for any other body
 */
export function passUncovered (response: OldResponse, body: unknown): void {
  const { request, reply, state, prepared, coverage } = response
  // what Fastify itself would answer needs no word in the log
  if (reply.statusCode >= 400 && isPlainError(body)) return
  const error = new ResponseUncoveredError(`${request.method} ${request.routeOptions.url}`, String(reply.statusCode), state.version)
  const isEnvelope = reply.statusCode >= 400 && (state.failed || !state.entered)
  if (isEnvelope && !prepared.headNames.foundIn(body, state.index)) return
  if (!isEnvelope && coverage === 'strict' && mayBeHead(response, body)) throw error
  state.rendered = true
  const answer = `${request.method} ${reply.statusCode}`
  if (prepared.reported.has(answer)) return
  prepared.reported.add(answer)
  request.log.warn({ err: error }, error.message)
}

function mayBeHead ({ request, reply, state, prepared }: OldResponse, body: unknown): boolean {
  const isReached = prepared.conversions.get(request.method)?.isReached(state.index) === true
  return isReached && (reply.statusCode < 300 || prepared.headNames.foundIn(body, state.index))
}
