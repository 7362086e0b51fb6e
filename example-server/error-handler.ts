import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'

/** SQLSTATE of a character that the database cannot hold, such as U+0000. */
const CHARACTER_NOT_IN_REPERTOIRE = '22021'

/** Answers every error in the envelope of `schemas/error-envelope.ts`; what is our fault is logged and not told. */
export function handleError (error: FastifyError, request: FastifyRequest, reply: FastifyReply) {
  const statusCode = error.code === CHARACTER_NOT_IN_REPERTOIRE ? 400 : error.statusCode ?? 500
  if (statusCode < 500) {
    const code = error.validation === undefined ? error.code : 'INVALID_REQUEST'
    return reply.code(statusCode).send({ error: { code: code ?? 'BAD_REQUEST', message: error.message } })
  }
  request.log.error({ err: error }, 'request failed')
  return reply.code(statusCode).send({ error: { code: 'INTERNAL', message: 'Something went wrong on our side.' } })
}

/** Answers a URL that no route has. */
export function handleNotFound (request: FastifyRequest, reply: FastifyReply) {
  return reply.code(404).send({ error: { code: 'ROUTE_NOT_FOUND', message: `There is no ${request.method} ${request.url}.` } })
}
