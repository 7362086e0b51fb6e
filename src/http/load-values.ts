import type { Shape } from '../versioning/contracts.js'
import { convertLoading } from '../versioning/load-context.js'
import type { OldResponse } from './downgrade.js'
import { logChangeFailure } from './log-failure.js'

/**
 * Downgrades a value whose changes look things up: all keys of the response are collected first, each `many` is called once.
 * Where the response was sent meanwhile (a timeout of the handler), the promise is left open, and nothing is sent after it.
 * @throws FST_ERR_VINTAGE_CHANGE_FAILED when a function of a version file throws, or a look-up fails
 */
export async function loadValue ({ request, reply, state }: OldResponse, shape: Shape, value: unknown): Promise<unknown> {
  try {
    const old = await convertLoading(shape.downgrade, value, { request })
    return await new Promise((resolve) => { if (!reply.sent) resolve(old) })
  } catch (error) {
    logChangeFailure(request, state, `${request.method} ${request.routeOptions.url} ${reply.statusCode}`, error)
    throw error
  }
}
