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
  return (reply) => {
    const prototype = Object.getPrototypeOf(reply)
    if (prototypes.has(prototype)) return
    const isInherited = prototypesOf(prototype).some((above) => prototypes.has(above))
    prototypes.add(prototype)
    // by a scope below whose replies are decorated
    if (isInherited) return
    const serializeHead: FastifyReply['serialize'] = prototype.serialize
    prototype.serialize = function serialize (this: FastifyReply, payload: unknown) {
      const { request } = this
      const state = request[kRequestState]
      // there may be other registrations below
      if (state?.world !== world || state.speaks === null) return serializeHead.call(this, payload)
      return serializeOld({ request, reply: this, state, prepared: state.speaks, compilers, coverage }, payload, serializeHead)
    }
  }
}

function prototypesOf (object: object): object[] {
  const above: object | null = Object.getPrototypeOf(object)
  return above === null ? [] : [above, ...prototypesOf(above)]
}
