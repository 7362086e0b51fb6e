import type { FastifyReply } from 'fastify'
import type { Serialize } from './compilers.js'
import type { RequestState } from './request-state.js'

/**
 * Sets the serialiser of a reply for the one payload that follows. Fastify would keep it for the error
 * that may come after, and write that error through the schema of the success.
 */
export function setSerializer (reply: FastifyReply, state: RequestState, serialize: Serialize): void {
  state.serialises = true
  reply.serializer((payload) => {
    clearSerializer(reply, state)
    const text = serialize(payload)
    // this text only: an error that overtakes it has to be converted
    state.written = text
    return text
  })
}

/** Takes our serialiser off a reply, so that Fastify finds the one for the status that it sends now. */
export function clearSerializer (reply: FastifyReply, state: RequestState): void {
  if (!state.serialises) return
  state.serialises = false
  // null is what a reply starts with, though the types do not say so
  Reflect.apply(reply.serializer, reply, [null])
}
