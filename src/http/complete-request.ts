import type { FastifyReply, FastifyRequest } from 'fastify'
import type { SchemaErrorFormatter } from 'fastify/types/schema.js'
import type { CurrentResource } from '../types.js'
import type { DeferredBody } from './current-resource.js'
import { hasValidatorCompiler } from './fastify-internals.js'
import { isValidationFailure, type RequestState } from './request-state.js'
import type { Pipeline } from './stages.js'
import { completeUpgrade, type UpgradeContext } from './upgrade.js'
import type { VersionedRoute } from './versioned-route.js'

/** What the upgrade of a route's requests needs. */
export function upgradeContextOf ({ options, instance }: VersionedRoute, format: SchemaErrorFormatter, { compilers, changeLog, contexts }: Pick<Pipeline, 'compilers' | 'changeLog' | 'contexts'>): UpgradeContext {
  const isOwn = options.validatorCompiler !== undefined || hasValidatorCompiler(instance)
  return {
    compilers,
    changeLog,
    format,
    currentResource: currentResourceOf(options.config?.vintage),
    isJudgedLater: contexts !== null,
    expected: isOwn ? null : { body: undefined, remainder: null }
  }
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
