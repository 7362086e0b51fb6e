import type { FastifyInstance, FastifyReply } from 'fastify'
import { serializeOld } from './downgrade.js'
import { kRequestState } from './request-state.js'
import type { Pipeline } from './stages.js'

const kOwnReplies: unique symbol = Symbol('fastify-vintage.own-replies')

/** Gives a scope a prototype of replies of its own: all scopes in which nobody has decorated replies share one, those of other apps too. */
export function giveOwnReplies (app: FastifyInstance): void {
  app.decorateReply(kOwnReplies, null)
}

/** Sees to it that `reply.serialize` writes the version of a client whose responses are converted. */
export type OverrideSerialize = (reply: FastifyReply) => void

/**
 * Makes what puts our `serialize` in the prototype of the replies of a scope, at the first of them that needs it. A method
 * of its own would make a reply another kind of object, and slower in all that Fastify does with it.
 */
export function serializeOverride ({ world, compilers, settings: { coverage } }: Pick<Pipeline, 'world' | 'compilers' | 'settings'>): OverrideSerialize {
  const prototypes = new WeakSet<object>()
  const ours = new WeakSet<Function>()
  return (reply) => {
    const prototype = Object.getPrototypeOf(reply)
    if (prototypes.has(prototype)) return
    prototypes.add(prototype)
    const serializeHead: FastifyReply['serialize'] = prototype.serialize
    // a scope below whose replies are decorated inherits it
    if (ours.has(serializeHead)) return
    prototype.serialize = function serialize (this: FastifyReply, payload: unknown) {
      const { request } = this
      const state = request[kRequestState]
      // there may be other registrations below
      if (state?.world !== world || state.speaks === null) return serializeHead.call(this, payload)
      return serializeOld({ request, reply: this, state, prepared: state.speaks, compilers, coverage }, payload, serializeHead)
    }
    ours.add(prototype.serialize)
  }
}
