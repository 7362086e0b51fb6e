import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import { change, errorCodeChanged, rename, type VintageOptions } from 'fastify-vintage'
import { C1, User, V0, V1, ada, at, buildApp } from './shop.js'

const Problem = Type.Object({ code: Type.String(), reason: Type.String() }, { $id: 'Problem' })
const versions = {
  [V0]: [],
  [V1]: [C1, change('`message` is now `reason`', 'Problem', rename({ message: 'reason' })), change('`GONE` is `NOT_FOUND`', 'GET /users/:id 404', errorCodeChanged({ codes: { GONE: 'NOT_FOUND' } }))]
}
const lost = { code: 'NOT_FOUND', reason: 'no such URL' }

async function serveLost (t: Test, options: Partial<VintageOptions> = {}) {
  const app = await buildApp(t, { versions, ...options })
  app.setErrorHandler((error, request, reply) => reply.code(404).send({ code: 'NOT_FOUND', reason: `${request.vintage.version}: ${error instanceof Error ? error.message : ''}` }))
  app.setNotFoundHandler({ preHandler: async (request: FastifyRequest) => { if (request.url.startsWith('/broken')) throw new Error('broken') } }, async (request, reply) => {
    const isConverted = request.url.startsWith('/converted')
    return await reply.code(404).send(isConverted ? request.vintage.migrate('Problem', lost) : lost)
  })
  app.get('/users/:id', { schema: { response: { 200: User, 404: Problem } } }, async (request, reply) => {
    const { id } = Object(request.params)
    if (id === '1') return ada
    if (id === '2') return await reply.code(404).send(lost)
    if (id === '3') throw new Error('no such user')
    return reply.callNotFound()
  })
  return app
}

t.test('A27 an error of a route has the code and the fields of the version; what no route has found is the app\'s own', async (t) => {
  const app = await serveLost(t)
  const get = async (url: string, version: string) => (await app.inject({ url, ...at(version) })).json()
  t.same(await get('/users/2', V0), { code: 'GONE', message: 'no such URL' })
  t.same(await get('/users/3', V0), { code: 'GONE', message: `${V0}: no such user` }, 'the error handler speaks head')
  t.same(await get('/users/2', V1), lost)
  for (const url of ['/nowhere', '/users/4']) t.same(await get(url, V0), lost, 'a not-found handler has no schema, so its body reaches all versions as it is')
  t.same(await get('/converted', V0), { code: 'NOT_FOUND', message: 'no such URL' }, 'it may convert it')
  t.same(await get('/converted', V1), lost)
  t.same(await get('/broken', V0), { code: 'NOT_FOUND', reason: `${V0}: broken` }, 'nor has the answer to its own errors')
})

t.test('A9 what is not found names the version and what it depends on, whoever writes it', async (t) => {
  const app = await serveLost(t)
  for (const url of ['/nowhere', '/users/4', '/converted', '/broken']) {
    for (const method of ['GET', 'HEAD', 'POST'] as const) {
      const { statusCode, headers } = await app.inject({ method, url, ...at(V1) })
      t.same([statusCode, headers['api-version'], headers.vary], [404, V1, 'api-version'], `${method} ${url}`)
    }
  }
})

t.test('A9 what is not found under a version that nobody knows stays a 404, in the default', async (t) => {
  const app = await serveLost(t)
  const { statusCode, headers } = await app.inject({ url: '/nowhere', ...at('1999-01-01') })
  t.same([statusCode, headers['api-version'], headers.vary], [404, V0, 'api-version'])
  const strict = await serveLost(t, { default: 'reject' })
  const unnamed = await strict.inject('/nowhere')
  t.same([unnamed.statusCode, unnamed.headers['api-version'], unnamed.headers.vary], [404, undefined, 'api-version'])
})

t.test('A2 where no route is found the pin is not asked; a route that finds nothing has asked it', async (t) => {
  const asked: string[] = []
  const app = await serveLost(t, { pin: (request) => { asked.push(request.url); return V1 } })
  const [nowhere, none] = await Promise.all(['/converted', '/users/4'].map((url) => app.inject({ url })))
  t.same([nowhere?.headers['api-version'], nowhere?.headers.vary, nowhere?.json()], [V0, 'api-version', { code: 'NOT_FOUND', message: 'no such URL' }])
  t.same([none?.headers['api-version'], none?.headers.vary], [V1, 'api-version, authorization'])
  t.same(asked, ['/users/4'])
})
