import type { AsyncLocalStorage } from 'node:async_hooks'
import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify'
import { stateOf } from './registration.js'
import type { RequestState } from './request-state.js'

/**
 * Lets whatever a request calls find its version. The body is read in the events of a socket, which know nothing of the
 * request, so the way is taken up again behind it.
 */
export function followRequests (app: FastifyInstance, storage: AsyncLocalStorage<RequestState>): void {
  const follow = (request: FastifyRequest, _reply: FastifyReply, done: HookHandlerDoneFunction) => storage.run(stateOf(request), done)
  app.addHook('onRequest', follow)
  app.addHook('preValidation', follow)
}
