import { Type } from '@sinclair/typebox'
import type { RouteShorthandOptions } from 'fastify'
import t from 'tap'
import { change, splitEnum } from 'fastify-vintage'
import { C1, C2, User, V0, V1, V2, ada, adaAt, at, buildApp, collectLog } from './shop.js'

const response = { 200: User }

t.test('a success without a schema is refused for an old client, so that no shape of head gets out', async (t) => {
  const app = await buildApp(t)
  app.get('/user', { schema: { response } }, async (_request, reply) => { reply.statusCode = 201; return ada })
  app.get('/text', { schema: { response } }, async (_request, reply) => { reply.statusCode = 201; return reply.type('application/json').send(JSON.stringify(ada)) })
  for (const url of ['/user', '/text']) {
    t.match((await app.inject({ url, ...at(V0) })).json(), { statusCode: 500, code: 'FST_ERR_VINTAGE_RESPONSE_UNCOVERED', message: `GET ${url} answered 201, for which it has no response schema` })
    t.same((await app.inject({ url, ...at(V2) })).json(), ada)
  }
})

t.test('no status gets a body of head past the rule: an error or a redirect that the handler sends itself', async (t) => {
  const app = await buildApp(t)
  app.get('/:status', { schema: { response } }, async (request, reply) => { reply.statusCode = statusOf(request.params); return ada })
  app.get('/text/:status', { schema: { response } }, async (request, reply) => { reply.statusCode = statusOf(request.params); return reply.type('application/json').send(JSON.stringify(ada)) })
  for (const url of ['/409', '/text/409', '/302', '/text/500']) {
    t.match((await app.inject({ url, ...at(V0) })).json(), { statusCode: 500, code: 'FST_ERR_VINTAGE_RESPONSE_UNCOVERED' }, url)
    t.same((await app.inject({ url, ...at(V2) })).json(), ada)
  }
})

t.test('the answer to an error needs no schema: Fastify\'s own, that of an error handler, of not found, and of a hook before the handler', async (t) => {
  const app = await buildApp(t)
  app.get('/default', { schema: { response } }, async () => { throw Object.assign(new Error('taken'), { statusCode: 409 }) })
  app.get('/handler', { schema: { response }, errorHandler: (_error, _request, reply) => { reply.statusCode = 422; return reply.send({ reason: 'taken' }) } }, async () => { throw new Error('taken') })
  app.get('/not-found', { schema: { response } }, async (_request, reply) => reply.callNotFound())
  app.get('/hook', { schema: { response }, preHandler: async (_request, reply) => { reply.statusCode = 401; return reply.send({ reason: 'no key' }) } }, async () => ada)
  app.get('/answer', { schema: { response }, preHandler: async (_request, reply) => { reply.statusCode = 201; return reply.send(ada) } }, async () => ada)
  const get = async (url: string) => (await app.inject({ url, ...at(V0) })).json()
  t.match(await get('/default'), { statusCode: 409, message: 'taken' })
  t.same(await get('/handler'), { reason: 'taken' })
  t.match(await get('/not-found'), { statusCode: 404 })
  t.same(await get('/hook'), { reason: 'no key' })
  t.match(await get('/answer'), { code: 'FST_ERR_VINTAGE_RESPONSE_UNCOVERED' }, 'a success of a hook does')
})

t.test('where no change reaches the route, an answer without a schema passes, and is logged once', async (t) => {
  const { lines, logger } = collectLog()
  const app = await buildApp(t, {}, { logger })
  app.get('/user', { schema: { response } }, async () => ada)
  app.post('/jobs', { schema: { response: { 200: Type.Object({ done: Type.Boolean() }) } } }, async (_request, reply) => { reply.statusCode = 202; return { queued: true } })
  app.post('/users', { schema: { body: User, response: { 200: Type.Null() } } }, async (request, reply) => { reply.statusCode = 202; return request.body })
  for (const url of ['/jobs', '/jobs']) {
    const response = await app.inject({ method: 'POST', url, ...at(V0) })
    t.equal(response.statusCode, 202)
    t.same(response.json(), { queued: true })
  }
  t.match(lines, [{ msg: /POST \/jobs answered 202/ }])
  t.equal(lines.length, 1)
  t.match((await app.inject({ method: 'POST', url: '/users', ...at(V0), payload: adaAt[V0] })).json(), { code: 'FST_ERR_VINTAGE_RESPONSE_UNCOVERED' }, 'a request that a change reaches counts')
})

t.test('coverage warn lets it pass, and logs it once', async (t) => {
  const { lines, logger } = collectLog()
  const app = await buildApp(t, { coverage: 'warn' }, { logger })
  app.get('/user', { schema: { response } }, async (_request, reply) => { reply.statusCode = 201; return ada })
  t.same((await app.inject({ url: '/user', ...at(V0) })).json(), ada)
  t.match(lines, [{ msg: /GET \/user answered 201/, err: { code: 'FST_ERR_VINTAGE_RESPONSE_UNCOVERED' } }])
  t.equal(lines.length, 1)
})

t.test('an error that a handler sends without a schema passes where it holds nothing that a change has made, and is logged once', async (t) => {
  const { lines, logger } = collectLog()
  const State = Type.Union([Type.Literal('pending'), Type.Literal('paid')], { $id: 'State' })
  const split = change('`open` is `pending` or `paid`', 'State', splitEnum({ value: 'open', into: ['pending', 'paid'], write: 'pending' }))
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [C1, split], [V2]: [C2] } }, { logger })
  const bodies: Record<string, object> = {
    reason: { reason: 'taken', fields: ['full_name'] },
    plain: { statusCode: 409, error: 'Conflict', message: 'taken' },
    user: { reason: 'taken', current: ada },
    state: { reason: 'taken', state: 'paid' },
    own: { toJSON: () => ({ current: { login: 'ada' } }) }
  }
  app.get('/orders', { schema: { response: { 200: Type.Object({ state: State }) } } }, async () => ({ state: 'paid' }))
  for (const [name, body] of Object.entries(bodies)) app.get(`/${name}`, { schema: { response } }, async (_request, reply) => { reply.statusCode = 409; return body })
  const get = async (url: string, version: string) => await app.inject({ url, ...at(version) })
  for (const url of ['/reason', '/reason', '/plain']) {
    t.equal((await get(url, V0)).statusCode, 409)
    t.same((await get(url, V0)).json(), bodies[url.slice(1)])
  }
  t.equal(lines.length, 1, 'what Fastify itself would send needs no word')
  for (const url of ['/user', '/state', '/own']) t.match((await get(url, V0)).json(), { statusCode: 500, code: 'FST_ERR_VINTAGE_RESPONSE_UNCOVERED' }, url)
  t.equal((await get('/own', V1)).statusCode, 409, '`login` is no news to V1')
  t.equal((await get('/state', V1)).statusCode, 409)
  t.same((await get('/user', V2)).json(), bodies.user)
})

t.test('the answer of an error handler that holds a shape of head is not held back, but logged once', async (t) => {
  const { lines, logger } = collectLog()
  const app = await buildApp(t, {}, { logger })
  const errorHandler: RouteShorthandOptions['errorHandler'] = (_error, _request, reply) => { reply.status(409).send({ current: ada }) }
  app.get('/user', { schema: { response }, errorHandler }, async () => { throw new Error('taken') })
  for (const url of ['/user', '/user']) t.same((await app.inject({ url, ...at(V0) })).json(), { current: ada })
  t.match(lines.filter(({ msg }) => /answered 409/.test(String(msg))), { length: 1 })
})

function statusOf (params: unknown): number {
  return Number(Object.assign({ status: '' }, params).status)
}
