import type { FastifyRequest } from 'fastify'
import { PinUndefinedError, PinUnknownError } from '../errors.js'
import type { Settings } from '../options.js'
import type { Pin } from '../types.js'
import type { RequestState } from './request-state.js'
import { requireDefault } from './resolve.js'
import type { VersionTable } from './version-table.js'

/**
 * Asks `pin`, once per request that names no version. A pin resolves to the latest known version that is not after it,
 * so a pin of a newer build is served too.
 * @throws FST_ERR_VINTAGE_PIN_UNDEFINED, FST_ERR_VINTAGE_PIN_UNKNOWN, FST_ERR_VINTAGE_VERSION_REQUIRED, or what `pin` throws
 */
export async function settlePin (request: FastifyRequest, state: RequestState, pin: Pin, settings: Settings, table: VersionTable): Promise<void> {
  // before asking: the error of a `pin` that throws depends on who asks as well
  state.pinned = true
  const pinned: unknown = await pin(request)
  if (pinned === null) {
    requireDefault(state, settings, table)
    if (state.refusal !== null) throw state.refusal
    return
  }
  state.index = indexOfPin(pinned, nameOf(request), table)
  state.source = 'pin'
  state.named = true
}

function indexOfPin (pinned: unknown, route: string, table: VersionTable): number {
  if (pinned === undefined) throw new PinUndefinedError(route)
  const index = typeof pinned === 'string' ? table.indexOf(pinned) ?? table.indexNotAfter(pinned) : undefined
  if (index === undefined) throw new PinUnknownError(JSON.stringify(pinned), route, String(table.versions[0]))
  return index
}

function nameOf (request: FastifyRequest): string {
  return `${request.method} ${request.routeOptions.url}`
}
