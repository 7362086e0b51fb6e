import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { change, endpointAdded, endpointMoved, endpointRemoved, methodChanged, rename, type Change, type VintageOptions } from 'fastify-vintage'
import { User, V0, V1, V2, ada, at, buildApp } from './shop.js'

const schema = { response: { 200: User } }
const V3 = '2003-01-01'

async function serve (t: Test, versions: Record<string, readonly Change[]>, options: Partial<VintageOptions> = {}) {
  return await buildApp(t, { versions, ...options })
}

async function statuses (app: FastifyInstance, method: 'GET' | 'HEAD' | 'POST' | 'PUT', url: string, versions = [V0, V1, V2]) {
  return await Promise.all(versions.map(async (version) => (await app.inject({ method, url, ...at(version) })).statusCode))
}

t.test('A31 an endpoint that a version took away answers older ones, and newer ones as if it had never been registered', async (t) => {
  const app = await serve(t, { [V0]: [], [V1]: [change('gone', 'GET /users/all', endpointRemoved())], [V2]: [] })
  app.get('/users/all', { schema }, async () => ada)
  app.get('/users/:id', { schema: { response: { 200: Type.Object({ id: Type.String() }) } } }, async ({ params }) => params)
  app.get('/alone', { schema }, async () => ada)
  t.same((await app.inject({ url: '/users/all', ...at(V0) })).json(), ada)
  t.same((await app.inject({ url: '/users/all', ...at(V1) })).json(), { id: 'all' }, 'the router goes on to the next route')
  t.same(await statuses(app, 'HEAD', '/users/all'), [200, 200, 200])
})

t.test('A31 the 404 of an endpoint that is gone is that of the router: body, headers and hooks', async (t) => {
  const app = await serve(t, { [V0]: [], [V1]: [change('gone', 'GET /users', endpointRemoved())] })
  const ran: string[] = []
  app.setNotFoundHandler({ preHandler: async () => { ran.push('not found') } }, async (request, reply) => reply.code(404).send({ lost: request.url, is404: request.is404 }))
  app.get('/users', { schema, onRequest: async () => { ran.push('route') } }, async () => ada)
  const [gone, unknown] = [await app.inject({ url: '/users', ...at(V1) }), await app.inject({ url: '/nowhere', ...at(V1) })]
  t.same(gone.json(), { lost: '/users', is404: true })
  t.same({ ...gone.headers, date: '', 'content-length': '' }, { ...unknown.headers, date: '', 'content-length': '' })
  t.same(ran, ['not found', 'not found'])
  t.equal((await app.inject({ url: '/users', ...at(V0) })).statusCode, 200)
})

t.test('A31 an endpoint that a version brought answers 404 before it', async (t) => {
  const app = await serve(t, { [V0]: [], [V1]: [change('new', ['GET /users', 'POST /users'], endpointAdded())], [V2]: [] })
  app.route({ method: ['GET', 'POST'], url: '/users', schema, handler: async () => ada })
  t.same(await statuses(app, 'GET', '/users'), [404, 200, 200])
  t.same(await statuses(app, 'HEAD', '/users'), [404, 200, 200])
  t.same(await statuses(app, 'POST', '/users'), [404, 200, 200])
})

t.test('A31 the methods of one registration may have versions of their own', async (t) => {
  const app = await serve(t, { [V0]: [], [V1]: [change('new', 'POST /users', endpointAdded())], [V2]: [change('gone', 'GET /users', endpointRemoved())] })
  app.route({ method: ['GET', 'POST'], url: '/users', schema, handler: async () => ada })
  t.same(await statuses(app, 'GET', '/users'), [200, 200, 404])
  t.same(await statuses(app, 'POST', '/users'), [404, 200, 200])
})

t.test('A31 removed, restored and removed again alternates', async (t) => {
  const gone = (text: string) => change(text, 'GET /users', endpointRemoved())
  const app = await serve(t, { [V0]: [], [V1]: [gone('gone')], [V2]: [change('back', 'GET /users', endpointAdded())], [V3]: [gone('gone again')] })
  app.get('/users', { schema }, async () => ada)
  t.same(await statuses(app, 'GET', '/users', [V0, V1, V2, V3]), [200, 404, 200, 404])
  t.equal((await app.inject('/users')).statusCode, 200, 'the default is V0')
})

t.test('A31 an account that is pinned gets the endpoints of its version', async (t) => {
  const versions = { [V0]: [], [V1]: [change('gone', 'GET /old', endpointRemoved()), change('new', 'GET /new', endpointAdded())] }
  const app = await serve(t, versions, { pin: (request) => request.headers.authorization ?? null })
  app.get('/old', { schema }, async () => ada)
  app.get('/new', { schema }, async () => ada)
  const get = async (url: string, authorization: string) => (await app.inject({ url, headers: { authorization } })).statusCode
  t.same(await Promise.all([get('/old', V0), get('/old', V1), get('/new', V0), get('/new', V1)]), [200, 404, 404, 200])
})

t.test('A31 an endpoint is there or not whichever source names the version', async (t) => {
  const app = await serve(t, { [V0]: [], [V1]: [change('gone', 'GET /old', endpointRemoved())] }, { query: 'v', mediaType: 'version' })
  app.get('/old', { schema }, async () => ada)
  const get = async (url: string, accept = '*/*') => (await app.inject({ url, headers: { accept } })).statusCode
  t.same(await Promise.all([get('/old'), get(`/old?v=${V0}`), get(`/old?v=${V1}`), get('/old', `*/*;version=${V1}`), get('/old?v=x')]), [200, 200, 404, 404, 400])
})

t.test('A31 config.vintage may say the same as the version files, and not otherwise', async (t) => {
  const versions = { [V0]: [], [V1]: [change('gone', 'GET /users', endpointRemoved())], [V2]: [change('back', 'GET /users', endpointAdded())] }
  const app = await serve(t, versions)
  app.get('/users', { schema, config: { vintage: { until: V1 } } }, async () => ada)
  t.same(await statuses(app, 'GET', '/users'), [200, 404, 404], 'the other range may have a handler of its own')
  const wrong = await serve(t, versions)
  t.throws(() => wrong.get('/users', { schema, config: { vintage: { until: V2 } } }, async () => ada), {
    code: 'FST_ERR_VINTAGE_INVALID_OPTION',
    message: 'fastify-vintage: option `config.vintage.until` of GET /users is `2002-01-01`, but the version files say that it answers from 2002-01-01 to 2002-01-01 and 2000-01-01 to 2000-01-01: correct one of them, or leave the option out'
  })
  t.throws(() => wrong.get('/users', { schema, config: { vintage: { since: V1 } } }, async () => ada), { message: /`config.vintage.since` of GET \/users is `2001-01-01`, but/ })
  const never = await serve(t, { [V0]: [], [V1]: [change('new', 'GET /x', endpointAdded()), change('gone', 'GET /x', endpointRemoved())] })
  t.throws(() => never.get('/x', { schema, config: { vintage: { since: V1 } } }, async () => ada), { message: /say that it answers no version/ })
})

t.test('A31 an endpoint that moved and was removed later answers at its former URL still', async (t) => {
  const app = await serve(t, { [V0]: [], [V1]: [change('moved', 'GET /b', endpointMoved({ from: 'GET /a' }))], [V2]: [change('gone', 'GET /b', endpointRemoved())] })
  app.get('/b', { schema, config: { vintage: { until: V2 } } }, async () => ada)
  t.same(await statuses(app, 'GET', '/a'), [200, 404, 404])
  t.same(await statuses(app, 'GET', '/b'), [404, 200, 404])
})

t.test('A31 each version calls an endpoint by its own method, with the HEAD of a GET, and with and without a trailing slash', async (t) => {
  const app = await serve(t, { [V0]: [], [V1]: [change('PUT', ['PUT /users', 'PUT /bare'], methodChanged({ from: 'POST' })), change('POST', 'POST /search', methodChanged({ from: 'GET' })), change('GET', 'GET /list/', methodChanged({ from: 'POST' }))] })
  app.register(async (scope) => { scope.put('/', { schema }, async () => ada) }, { prefix: '/users' })
  app.post('/search', { schema }, async () => ada)
  app.register(async (scope) => { scope.put('', { schema }, async () => ada) }, { prefix: '/bare' })
  app.register(async (scope) => { scope.get('/', { schema, prefixTrailingSlash: 'slash' }, async () => ada) }, { prefix: '/list' })
  const both = [V0, V1]
  for (const url of ['/users', '/users/']) {
    t.same(await statuses(app, 'POST', url, both), [200, 404], url)
    t.same(await statuses(app, 'PUT', url, both), [404, 200], url)
  }
  t.same(await statuses(app, 'POST', '/bare', both), [200, 404])
  t.same(await statuses(app, 'POST', '/bare/', both), [404, 404])
  t.same(await statuses(app, 'GET', '/search', both), [200, 404])
  t.same(await statuses(app, 'HEAD', '/search', both), [200, 404])
  t.same(await statuses(app, 'POST', '/search', both), [404, 200])
  t.same(await statuses(app, 'POST', '/list/', both), [200, 404])
  t.same(await statuses(app, 'GET', '/list/', both), [404, 200])
  t.same(await statuses(app, 'HEAD', '/list/', both), [404, 200])
  t.same(await statuses(app, 'GET', '/list', both), [404, 404])
})

t.test('A31 a place keeps its name through a changed method, and is converted there', async (t) => {
  const app = await serve(t, {
    [V0]: [],
    [V1]: [change('`a` is now `b`', 'POST /thing body', rename({ a: 'b' })), change('PUT', 'PUT /thing', methodChanged({ from: 'POST' }))]
  })
  const Thing = Type.Object({ b: Type.String() })
  app.put('/thing', { schema: { body: Thing, response: { 200: Type.Object({ got: Thing }) } } }, async ({ body }) => ({ got: body }))
  t.same((await app.inject({ method: 'POST', url: '/thing', payload: { a: 'x' }, ...at(V0) })).json(), { got: { b: 'x' } })
  t.same((await app.inject({ method: 'PUT', url: '/thing', payload: { b: 'x' }, ...at(V1) })).json(), { got: { b: 'x' } })
  t.equal((await app.inject({ method: 'PUT', url: '/thing', payload: { a: 'x' }, ...at(V1) })).statusCode, 400)
})

t.test('A16 A31 a change that names a route which head does not have stops the start', async (t) => {
  const app = await serve(t, { [V0]: [], [V1]: [change('gone', 'GET /nowhere', endpointRemoved())] })
  app.get('/users', { schema }, async () => ada)
  await t.rejects(async () => await app.ready(), { code: 'FST_ERR_VINTAGE_MISFIT', message: 'versions[\'2001-01-01\']: "gone" (2001-01-01) does not fit: there is no route `GET /nowhere` at head: its handler stays registered, because older clients still call it.' })
  const other = await serve(t, { [V0]: [], [V1]: [change('new', 'GET /nowhere', endpointAdded())] })
  other.get('/users', { schema }, async () => ada)
  await t.rejects(async () => await other.ready(), { message: /there is no route `GET \/nowhere` at head: correct method and URL, or register the route\.$/ })
})
