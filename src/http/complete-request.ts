import type { FastifyReply, FastifyRequest } from 'fastify'
import type { CurrentResource } from '../types.js'
import type { DeferredBody } from './current-resource.js'
import { isValidationFailure, type RequestState } from './request-state.js'
import { completeUpgrade, type UpgradeContext } from './upgrade.js'
import type { PreparedRoute, VersionedRoute } from './versioned-route.js'

/** What the upgrade of a route's requests needs. */
export function upgradeContextOf (route: VersionedRoute, { format }: PreparedRoute, { compilers, changeLog }: Pick<UpgradeContext, 'compilers' | 'changeLog'>): UpgradeContext {
  return { compilers, changeLog, format, currentResource: currentResourceOf(route.options.config?.vintage) }
}

/** The function by which a route reads what a partial body changes; null where it has none. */
export function currentResourceOf (config: unknown): CurrentResource | null {
  const found: unknown = typeof config === 'object' && config !== null ? Reflect.get(config, 'currentResource') : undefined
  return isCurrentResource(found) ? found : null
}

function isCurrentResource (value: unknown): value is CurrentResource {
  return typeof value === 'function'
}

/** Brings a request to its handler: a partial body is completed now that all hooks have let it through. */
export function completeRequest (route: VersionedRoute, deferred: DeferredBody, request: FastifyRequest, reply: FastifyReply, state: RequestState, done: (error?: Error) => void): void {
  completeUpgrade(request, state, deferred).then((found) => {
    if (found) done()
    else reply.callNotFound()
  }, (error) => {
    if (route.options.attachValidation === true && isValidationFailure(error)) {
      request.validationError = error
      done()
    } else {
      done(error)
    }
  })
}
