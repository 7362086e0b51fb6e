import { Type } from '@sinclair/typebox'
import t from 'tap'
import { stateOf } from '../../src/http/registration.js'
import { makeHeaderWriter, mergeVary } from '../../src/http/response-headers.js'
import { buildVersionTable } from '../../src/http/version-table.js'
import { readSettings } from '../../src/options.js'
import { User, V0, V1, V2, ada, at, buildApp } from './shop.js'

t.test('A9 Vary names a header once, whatever its case, and keeps what is there', async (t) => {
  t.equal(mergeVary('Origin', ['api-version']), 'Origin, api-version')
  t.equal(mergeVary('Accept-Encoding,  API-Version', ['api-version']), 'Accept-Encoding,  API-Version')
  t.equal(mergeVary('authorization', ['api-version', 'authorization']), 'authorization, api-version')
  t.equal(mergeVary('', ['api-version']), 'api-version')
})

t.test('A9 Vary: * is left alone', async (t) => {
  t.equal(mergeVary('*', ['api-version']), '*')
  t.equal(mergeVary('Origin, *', ['api-version']), 'Origin, *')
})

t.test('A9 a Vary that the handler has set is kept', async (t) => {
  const app = await buildApp(t)
  app.get('/:vary', { schema: { response: { 200: User } } }, async (request, reply) => {
    const { vary } = Object.assign({ vary: '' }, request.params)
    reply.header('vary', vary === 'list' ? ['Origin', 'Accept'] : decodeURIComponent(vary))
    return ada
  })
  const get = async (vary: string) => (await app.inject(`/${encodeURIComponent(vary)}`)).headers.vary
  t.equal(await get('Origin'), 'Origin, api-version')
  t.equal(await get('*'), '*')
  t.equal(await get('Api-Version'), 'Api-Version')
  t.equal(await get('list'), 'Origin,Accept, api-version')
})

t.test('A9 echo and Vary stand on every response, whatever its status', async (t) => {
  const app = await buildApp(t, {}, { bodyLimit: 100 })
  app.addHook('onRequest', async (request) => {
    if (request.headers.authorization === 'none') throw Object.assign(new Error('who are you?'), { statusCode: 401 })
  })
  const response = { '2xx': User, '3xx': Type.Null() }
  const fail = (statusCode: number) => Object.assign(new Error('no'), { statusCode })
  app.get('/status/:code', { schema: { response } }, async (request, reply) => {
    const { code } = Object.assign({ code: '' }, request.params)
    if (Number(code) >= 400) throw fail(Number(code))
    return reply.code(Number(code)).send(code === '204' || code === '304' ? undefined : ada)
  })
  app.get('/missing', { schema: { response } }, async (_request, reply) => { reply.callNotFound() })
  app.get('/serialiser', { schema: { response } }, async () => ({}))
  app.post('/users', { schema: { body: User, response } }, async () => ada)
  const json = { 'content-type': 'application/json' }
  const requests = [
    [200, { url: '/status/200' }],
    [200, { method: 'HEAD', url: '/status/200' }],
    [201, { url: '/status/201' }],
    [204, { url: '/status/204' }],
    [304, { url: '/status/304' }],
    [400, { method: 'POST', url: '/users', payload: {} }],
    [400, { method: 'POST', url: '/users', payload: '{', headers: json }],
    [401, { url: '/status/200', headers: { authorization: 'none' } }],
    [401, { url: '/nowhere', headers: { authorization: 'none' } }],
    [404, { url: '/nowhere' }],
    [404, { url: '/missing' }],
    [404, { method: 'DELETE', url: '/users' }],
    [410, { url: '/status/410' }],
    [413, { method: 'POST', url: '/users', payload: JSON.stringify('x'.repeat(200)), headers: json }],
    [415, { method: 'POST', url: '/users', payload: '<user/>', headers: { 'content-type': 'text/xml' } }],
    [422, { url: '/status/422' }],
    [500, { url: '/status/500' }],
    [500, { url: '/serialiser' }]
  ] as const
  for (const [status, request] of requests) {
    for (const version of [V0, V1, V2]) {
      const headers = { ...('headers' in request ? request.headers : {}), 'api-version': version }
      const response = await app.inject({ ...request, headers })
      t.equal(response.statusCode, status)
      t.equal(response.headers['api-version'], version, `${status} ${request.url}`)
      t.equal(response.headers.vary, 'api-version')
    }
  }
})

t.test('A9 a 404 of the app\'s own handler, also of a scope', async (t) => {
  const app = await buildApp(t)
  app.setNotFoundHandler(async (_request, reply) => reply.code(404).send({ lost: true }))
  app.register(async (scope) => {
    scope.setNotFoundHandler(async (_request, reply) => reply.code(404).send({ lost: 'in scope' }))
    scope.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  }, { prefix: '/scope' })
  for (const url of ['/nowhere', '/scope/nowhere']) {
    const response = await app.inject({ url, ...at(V1) })
    t.ok(response.json().lost)
    t.equal(response.headers['api-version'], V1)
    t.equal(response.headers.vary, 'api-version')
  }
  const unknown = await app.inject({ url: '/nowhere', ...at('x') })
  t.equal(unknown.statusCode, 404, 'a version is only refused where there is a route')
  t.equal(unknown.headers['api-version'], V0)
})

t.test('A9 a Vary that was set on the response of Node itself is kept as well', async (t) => {
  const app = await buildApp(t)
  app.get('/user', { schema: { response: { 200: User } } }, async (_request, reply) => { reply.raw.setHeader('vary', 'Origin'); return ada })
  t.equal((await app.inject('/user')).headers.vary, 'Origin, api-version')
})

t.test('A9 where Fastify keeps the headers of a reply otherwise, they are set by its own function', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [] } })
  app.get('/user', { config: { vintage: false } }, async (request, reply) => {
    const settings = readSettings({ versions: {}, default: V0, mediaType: 'version' }, buildVersionTable([V0, V1]))
    const otherwise = new Proxy(reply, { ownKeys: (target) => Reflect.ownKeys(target).filter((key) => typeof key !== 'symbol') })
    makeHeaderWriter(settings)(otherwise, stateOf(request))
    return {}
  })
  t.match((await app.inject({ url: '/user', ...at(V1) })).headers, { 'api-version': V1, vary: 'api-version, accept' })
})

t.test('A9 the media type and the pin stand in Vary beside the header, each once', async (t) => {
  const app = await buildApp(t, { mediaType: 'version', pin: () => V1, pinnedBy: ['accept', 'cookie'] })
  app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  t.equal((await app.inject('/user')).headers.vary, 'api-version, accept, cookie')
  t.equal((await app.inject({ url: '/user', ...at(V2) })).headers.vary, 'api-version, accept')
})
