import compress from '@fastify/compress'
import cors from '@fastify/cors'
import etag from '@fastify/etag'
import multipart from '@fastify/multipart'
import rateLimit from '@fastify/rate-limit'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import vintage from 'fastify-vintage'
import { User, V0, ada, versions } from '../shop.js'
import { addAnswers } from './answers.js'
import { addFailures } from './failures.js'
import { addInputs } from './inputs.js'

/** Where the plugin stands among the others; not at all in the app that it is compared with. */
export type PlaceOfPlugin = 'first' | 'last' | 'none'

/** Builds the same app with and without the plugin. Only `/users` is reached by a change. */
export async function buildTwin (place: PlaceOfPlugin): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: 4096,
    genReqId: () => 'one',
    frameworkErrors: (error, request, reply) => { Reflect.apply(reply.raw.writeHead, reply.raw, [400, { 'x-framework': error.code, 'x-url': request.url }]).end('framework') },
    rewriteUrl: (request) => String(request.url).replace('/rewritten/', '/answers/'),
    routerOptions: { maxParamLength: 40 }
  })
  const addPlugin = async () => await app.register(vintage, { versions, default: V0, coverage: 'warn' })
  if (place === 'first') await addPlugin()
  await app.register(cors, { origin: ['https://shop.example'], methods: ['GET', 'PUT'] })
  await app.register(rateLimit, { global: false })
  await app.register(compress, { threshold: 200 })
  await app.register(multipart)
  if (place === 'last') await addPlugin()
  app.addHttpMethod('PROPFIND', { hasBody: true })
  await app.register(async (scope) => {
    await scope.register(etag)
    scope.get('/etag/object', { schema: { response: { 200: Type.Object({ a: Type.Integer() }) } } }, async () => ({ a: 1 }))
    scope.get('/etag/text', async (_request, reply) => reply.type('application/json').send('{"a":1}'))
    scope.get('/etag/own', async (_request, reply) => reply.header('etag', '"mine"').send({ a: 1 }))
  })
  app.get('/users', { schema: { response: { 200: User } } }, async () => ada)
  await app.register(addAnswers, { prefix: '/answers' })
  await app.register(addInputs, { prefix: '/inputs' })
  await app.register(addFailures, { prefix: '/failures' })
  await app.listen({ port: 0, host: '127.0.0.1' })
  return app
}
