import type { FastifyInstance, FastifyRequest } from 'fastify'
import { NotReadyError } from '../errors.js'
import { giveOwnReplies } from './reply-serialize.js'
import { kRequestState, type RequestState } from './request-state.js'
import type { Pipeline } from './stages.js'
import { kVersionedRoute } from './versioned-route.js'

/** Where a scope keeps the registration of the plugin that holds in it; scopes below inherit it. */
export const kRegistration: unique symbol = Symbol('fastify-vintage.registration')

/** @returns the registration that holds in a scope: its own, else that of the scope around it */
export function registrationOf (instance: FastifyInstance): Pipeline | undefined {
  return instance[kRegistration]
}

/** Makes a registration the one that holds in a scope, and gives requests their `vintage`. */
export function register (app: FastifyInstance, pipeline: Pipeline): void {
  app.decorate(kRegistration, pipeline)
  // a scope inherits both from the scope around it, where the plugin may be registered as well
  if (app.hasRequestDecorator('vintage')) return
  app.decorateRequest(kRequestState, null)
  app.decorateRequest('vintage', { getter () { return stateOf(this) } })
  giveOwnReplies(app)
}

/** @returns the state of a request, whichever registration its route is of */
export function stateOf (request: FastifyRequest): RequestState {
  const known = request[kRequestState]
  if (known !== null) return known
  const route = request.routeOptions.config[kVersionedRoute]
  if (route !== undefined) return route.pipeline.resolver.stateOf(request)
  const pipeline = registrationOf(request.server)
  if (pipeline === undefined) throw new NotReadyError('request.vintage')
  // a shared state would say that the route has versions
  return pipeline.resolver.ownStateOf(request)
}
