import { Readable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'

const fail = (message: string, extra: object = {}) => Object.assign(new Error(message), extra)
const schema = { response: { 200: Type.Object({ a: Type.Integer() }), 409: Type.Object({ message: Type.String(), hint: Type.String() }) } }

/** What can go wrong. */
export async function addFailures (app: FastifyInstance): Promise<void> {
  app.get('/thrown', async () => { throw fail('thrown') })
  app.get('/status', { schema }, async () => { throw fail('taken', { statusCode: 409, hint: 'try again', headers: { 'retry-after': '5' } }) })
  app.get('/sent', (_request, reply) => { reply.send(fail('sent')) })
  app.get('/code', async (_request, reply) => reply.code(503).send(fail('busy', { code: 'BUSY' })))
  app.get('/sync', () => { throw fail('sync') })
  app.get('/not-an-error', async () => await Promise.reject(Object.freeze({ reason: 'object' })))
  app.get('/unserialisable', { schema }, async () => ({ a: 'text' }))
  app.get('/circular', async () => { const loop: Record<string, unknown> = {}; loop.loop = loop; return loop })
  app.get('/stream', async (_request, reply) => reply.send(new Readable({ read () { this.destroy(fail('stream')) } })))
  app.get('/payload-type', async (_request, reply) => reply.type('text/plain').send({ a: 1 }))
  app.get('/not-found', async (_request, reply) => reply.callNotFound())
  app.get('/twice', async (_request, reply) => { reply.send({ first: true }); return await reply })
  app.get('/slow', { handlerTimeout: 20 }, async () => await new Promise((resolve) => setTimeout(() => resolve({ a: 1 }), 60)))
  app.get('/on-request', { onRequest: async () => { throw fail('onRequest', { statusCode: 401 }) } }, async () => ({}))
  app.get('/pre-parsing', { preParsing: async () => { throw fail('preParsing') } }, async () => ({}))
  app.get('/pre-validation', { preValidation: async () => { throw fail('preValidation') } }, async () => ({}))
  app.get('/pre-handler', { preHandler: async () => { throw fail('preHandler') } }, async () => ({}))
  app.get('/pre-serialization', { schema, preSerialization: async () => { throw fail('preSerialization') } }, async () => ({ a: 1 }))
  app.get('/on-send', { schema, onSend: async () => { throw fail('onSend') } }, async () => ({ a: 1 }))
  app.get('/refused', { preHandler: async (_request, reply) => reply.code(403).send({ no: true }) }, async () => ({}))
  app.get('/early', { onRequest: (_request, reply, done) => { reply.code(202).send({ early: true }); done() } }, async () => ({}))
  app.get('/limited', { config: { rateLimit: { max: 0 } } }, async () => ({}))
  app.get('/route-handler', { schema, errorHandler: (error, _request, reply) => { reply.code(409).send({ message: error.message, hint: 'route' }) } }, async () => { throw fail('own') })
  app.get('/throwing-handler', { errorHandler: () => { throw fail('handler failed too') } }, async () => { throw fail('own') })
  await app.register(async (scope) => {
    scope.setErrorHandler(async (error, _request, reply) => { await reply.code(500).send({ scoped: error instanceof Error ? error.message : '' }) })
    scope.get('/scoped/thrown', async () => { throw fail('scoped') })
    scope.post('/scoped/body', { schema: { body: Type.Object({ a: Type.Integer() }) } }, async () => ({}))
    scope.get('/scoped/unserialisable', { schema }, async () => ({ a: 'text' }))
  })
  await app.register(async (scope) => {
    scope.setNotFoundHandler({ preHandler: (_request, reply, done) => { reply.header('x-not-found', 'hook'); done() } }, async (request, reply) => reply.code(404).send({ lost: request.url }))
    scope.get('/here', async (_request, reply) => reply.callNotFound())
  }, { prefix: '/lost' })
}
