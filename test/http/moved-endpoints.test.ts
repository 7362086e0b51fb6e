import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import { change, endpointMoved, rename, type VintageOptions, type VintageRouteConfig } from 'fastify-vintage'
import { User, V0, V1, V2, ada, adaAt, at, buildApp, C1, C2 } from './shop.js'

const versions = {
  [V0]: [],
  [V1]: [C1, change('stands under the team', 'GET /teams/:team/users/:id', endpointMoved({ from: 'GET /members/:user/of/:group', params: { team: 'group', id: 'user' } }))],
  [V2]: [C2, change('teams are clubs', 'GET /clubs/:club/users/:id', endpointMoved({ from: 'GET /teams/:team/users/:id' }))]
}

const urls = { [V0]: '/members/1/of/a', [V1]: '/teams/a/users/1', [V2]: '/clubs/a/users/1' }

async function serveClub (t: Test, options: Partial<VintageOptions> = {}) {
  const app = await buildApp(t, { versions, ...options })
  const ran: string[] = []
  app.addHook('onRequest', async () => { ran.push('app') })
  app.register(async (scope) => {
    scope.decorate('club', 'of the scope')
    scope.addHook('onRequest', async () => { ran.push('scope') })
    scope.setErrorHandler((_error, _request, reply) => reply.code(418).send({ teapot: true }))
    scope.get('/:club/users/:id', {
      schema: { params: Type.Object({ club: Type.String({ maxLength: 3 }), id: Type.Integer() }), response: { 200: User } },
      preHandler: async () => { ran.push('route') }
    }, async function (request, reply) {
      ran.push(`${'club' in this}`)
      reply.header('x-params', JSON.stringify(request.params)).header('x-url', String(request.routeOptions.url))
      return ada
    })
  }, { prefix: '/clubs' })
  return { app, ran }
}

async function answers (app: FastifyInstance, headers: Record<string, string>) {
  return await Promise.all(Object.values(urls).map(async (url) => (await app.inject({ url, headers })).statusCode))
}

t.test('A31 a moved endpoint answers each version at its own URL, also out of a prefixed scope', async (t) => {
  const { app } = await serveClub(t)
  for (const version of [V0, V1, V2] as const) {
    const response = await app.inject({ url: urls[version], ...at(version) })
    t.same(response.json(), adaAt[version])
    t.equal(response.headers['x-params'], '{"club":"a","id":1}', 'the handler knows the names of head')
    t.equal(response.headers['x-url'], '/clubs/:club/users/:id')
  }
  t.same(await answers(app, { 'api-version': V0 }), [200, 404, 404])
  t.same(await answers(app, { 'api-version': V1 }), [404, 200, 404])
  t.same(await answers(app, { 'api-version': V2 }), [404, 404, 200])
})

t.test('A31 a version that asks at the URL of another gets the 404 of the router', async (t) => {
  const { app } = await serveClub(t)
  const [moved, unknown] = await Promise.all([urls[V0], '/members/nowhere'].map((url) => app.inject({ url, ...at(V2) })))
  t.same(moved?.json(), { ...unknown?.json(), message: `Route GET:${urls[V0]} not found` })
  t.equal(moved?.headers['api-version'], V2)
})

t.test('A31 HEAD goes where GET goes', async (t) => {
  const { app } = await serveClub(t)
  const [get, head] = await Promise.all((['GET', 'HEAD'] as const).map((method) => app.inject({ method, url: urls[V0], ...at(V0) })))
  t.equal(head?.statusCode, 200)
  t.equal(head?.body, '')
  t.equal(head?.headers['content-length'], get?.headers['content-length'])
  t.equal((await app.inject({ method: 'HEAD', url: urls[V0], ...at(V2) })).statusCode, 404)
})

t.test('A31 A24 at a former URL the hooks, decorators and error handler of the scope hold, each hook once', async (t) => {
  const { app, ran } = await serveClub(t)
  for (const version of [V0, V2] as const) {
    ran.length = 0
    await app.inject({ url: urls[version], ...at(version) })
    t.same(ran, ['app', 'scope', 'route', 'true'])
  }
  t.same((await app.inject({ url: '/members/1/of/toolong', ...at(V0) })).json(), { teapot: true })
})

t.test('A31 listeners that push hooks to each route do so once for each URL', async (t) => {
  const early: string[] = []
  // Fastify itself lets GET and its HEAD share one list
  const app = await buildApp(t, { versions }, { exposeHeadRoutes: false })
  app.addHook('onRoute', (route) => {
    if (Array.isArray(route.preHandler)) route.preHandler.push(async () => { early.push(route.url) })
  })
  app.get('/clubs/:club/users/:id', { schema: { response: { 200: User } }, preHandler: [async () => {}] }, async () => ada)
  for (const version of [V0, V2] as const) {
    early.length = 0
    await app.inject({ url: urls[version], ...at(version) })
    t.equal(early.length, 1)
  }
})

t.test('A31 a pin decides at which URL an account is answered', async (t) => {
  const { app } = await serveClub(t, { pin: (request) => request.headers.authorization ?? null })
  t.same(await answers(app, { authorization: V1 }), [404, 200, 404])
  t.same(await answers(app, {}), [200, 404, 404])
})

t.test('A31 the root of a scope moves as one URL', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('everybody', 'GET /users', endpointMoved({ from: 'GET /all' }))] } })
  app.register(async (scope) => { scope.get('/', { schema: { response: { 200: Type.Array(User) } } }, async () => [ada]) }, { prefix: '/users' })
  const get = async (url: string, version: string) => (await app.inject({ url, ...at(version) })).statusCode
  t.same(await Promise.all([get('/all', V0), get('/users', V0), get('/users/', V0)]), [200, 404, 404])
  t.same(await Promise.all([get('/all', V1), get('/users', V1), get('/users/', V1)]), [404, 200, 200])
})

t.test('A31 the method may change with the move', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('PUT', 'PUT /users/:id', endpointMoved({ from: 'POST /users/:id/replace' }))] } })
  app.put('/users/:id', { schema: { body: User, response: { 200: User } } }, async ({ body }) => body)
  t.same((await app.inject({ method: 'POST', url: '/users/1/replace', payload: ada, ...at(V0) })).json(), ada)
  t.equal((await app.inject({ method: 'PUT', url: '/users/1', payload: ada, ...at(V0) })).statusCode, 404)
  t.equal((await app.inject({ method: 'PUT', url: '/users/1', payload: ada, ...at(V1) })).statusCode, 200)
})

t.test('A31 an endpoint that moved away and back answers in both ranges', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('away', 'GET /b', endpointMoved({ from: 'GET /a' }))], [V2]: [change('and back', 'GET /a', endpointMoved({ from: 'GET /b' }))] } })
  app.get('/a', { schema: { response: { 200: User } } }, async () => ada)
  const statuses = async (url: string) => await Promise.all([V0, V1, V2].map(async (version) => (await app.inject({ url, ...at(version) })).statusCode))
  t.same(await statuses('/a'), [200, 404, 200])
  t.same(await statuses('/b'), [404, 200, 404])
})

t.test('A31 a GET that was a POST has no HEAD at its former URL', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('GET', 'GET /users', endpointMoved({ from: 'POST /users/search' }))] } })
  app.get('/users', { schema: { response: { 200: Type.Array(User) } } }, async () => [ada])
  t.same((await app.inject({ method: 'POST', url: '/users/search', ...at(V0) })).json(), [ada])
  t.equal((await app.inject({ method: 'HEAD', url: '/users/search', ...at(V0) })).statusCode, 404)
  t.equal((await app.inject({ method: 'HEAD', url: '/users', ...at(V1) })).statusCode, 200)
})

t.test('A31 a former URL that is another live endpoint at head is dispatched by version, whichever was registered first', async (t) => {
  for (const order of [['/old', '/new'], ['/new', '/old']] as const) {
    const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('moved', 'GET /new', endpointMoved({ from: 'GET /old' }))] } })
    for (const url of order) app.get(url, { schema: { response: { 200: Type.Object({ url: Type.String() }) } } }, async () => ({ url }))
    const get = async (url: string, version: string) => (await app.inject({ url, ...at(version) })).json().url
    t.same(await Promise.all([get('/old', V0), get('/old', V1), get('/new', V1)]), ['/new', '/old', '/new'])
    t.equal((await app.inject({ url: '/new', ...at(V0) })).statusCode, 404)
    t.equal((await app.inject({ method: 'HEAD', url: '/old', ...at(V0) })).headers['content-length'], '14')
    t.equal((await app.inject({ url: '/old', ...at('x') })).json().code, 'FST_ERR_VINTAGE_UNKNOWN_VERSION', 'no version is refused, and not lost')
  }
})

t.test('A31 two endpoints of one URL, each with its scope, its schemas and the changes of its own versions', async (t) => {
  const app = await buildApp(t, {
    versions: {
      [V0]: [],
      [V1]: [change('`a` is now `b`', 'GET /thing 200', rename({ a: 'b' }))],
      [V2]: [change('`c` is now `d`', 'GET /thing 200', rename({ c: 'd' }))]
    }
  })
  app.register(async (scope) => { scope.get('/thing', { schema: { response: { 200: Type.Object({ b: Type.String() }) } }, config: { vintage: { until: V2 } } }, async () => ({ b: 'first' })) })
  app.register(async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => { reply.header('x-scope', 'second') })
    scope.get('/thing', { schema: { response: { 200: Type.Object({ d: Type.String() }) } }, config: { vintage: { since: V2 } } }, async () => ({ d: 'second' }))
  })
  await t.rejects(async () => await app.ready(), { code: 'FST_ERR_VINTAGE_MISFIT', message: /`c` is now `d`/ }, 'a change of a version that the endpoint does not have')

  const right = await buildApp(t, { versions: { [V0]: [], [V1]: [change('`a` is now `b`', 'GET /thing 200', rename({ a: 'b' }))], [V2]: [] } })
  right.register(async (scope) => { scope.get('/thing', { schema: { response: { 200: Type.Object({ b: Type.String() }) } }, config: { vintage: { until: V2 } } }, async () => ({ b: 'first' })) })
  right.register(async (scope) => {
    scope.addHook('onRequest', async (_request, reply) => { reply.header('x-scope', 'second') })
    scope.get('/thing', { schema: { response: { 200: Type.Object({ d: Type.String() }) } }, config: { vintage: { since: V2 } } }, async () => ({ d: 'second' }))
  })
  const get = async (version: string) => await right.inject({ url: '/thing', ...at(version) })
  t.same((await get(V0)).json(), { a: 'first' })
  t.same((await get(V1)).json(), { b: 'first' })
  t.notOk((await get(V1)).headers['x-scope'])
  t.same((await get(V2)).json(), { d: 'second' })
  t.equal((await get(V2)).headers['x-scope'], 'second')
})

t.test('A31 two endpoints that claim one version stop the start, unless their constraints tell them apart', async (t) => {
  const app = await buildApp(t)
  const route = (vintage: VintageRouteConfig, constraints = {}) => app.get('/user/:id', { schema: { response: { 200: User } }, config: { vintage }, constraints }, async () => ada)
  route({ until: V2 })
  route({}, { host: /^b\.example$/ })
  t.throws(() => app.get('/user/:name', { schema: { response: { 200: User } }, config: { vintage: { since: V1 } } }, async () => ada), {
    code: 'FST_ERR_VINTAGE_MISFIT',
    message: '`GET /user/:name` is registered twice for version 2001-01-01, as the endpoint of GET /user/:id and as the endpoint of GET /user/:name: say which versions each has, with `endpointAdded()` and `endpointRemoved()` in the version files or with `config.vintage.since` and `until`.'
  })
})

t.test('A31 with a pin two endpoints cannot share a URL, because the router chooses first', async (t) => {
  const app = await buildApp(t, { pin: () => V1, versions: { [V0]: [], [V1]: [change('moved', 'GET /new', endpointMoved({ from: 'GET /old' }))] } })
  app.get('/new', { schema: { response: { 200: User } } }, async () => ada)
  t.throws(() => app.get('/old', { schema: { response: { 200: User } } }, async () => ada), {
    code: 'FST_ERR_VINTAGE_MISFIT',
    message: '`GET /old` is the former URL of `/new` in some versions and the endpoint of GET /old in others, and the router has to choose before `pin` is asked, which the hooks of the chosen one come before: give one of them another URL, or let one endpoint answer both and ask `request.vintage.version`.'
  })
})

t.test('A31 with a pin an endpoint that the account does not have is a 404, even where another route would match; a header names the version in time', async (t) => {
  const app = await buildApp(t, { pin: (request) => request.headers.authorization ?? null })
  app.get('/users/me', { schema: { response: { 200: User } }, config: { vintage: { since: V1 } } }, async () => ada)
  app.get('/users/:id', { schema: { response: { 200: User } } }, async () => ({ ...ada, id: 2 }))
  const get = async (headers: Record<string, string>) => {
    const response = await app.inject({ url: '/users/me', headers })
    return [response.statusCode, response.json().id, response.headers['api-version']]
  }
  t.same(await get({ authorization: V1 }), [200, 1, V1])
  t.same(await get({ authorization: V0 }), [404, undefined, V0])
  t.same(await get({ authorization: V1, ...at(V0).headers }), [200, 2, V0])
})

t.test('A31 a former URL that the router refuses stops the start with the change that names it', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('moved', 'GET /new', endpointMoved({ from: 'FETCH /old' }))] } })
  t.throws(() => app.get('/new', { schema: { response: { 200: User } } }, async () => ada), {
    code: 'FST_ERR_VINTAGE_MISFIT',
    message: "versions['2001-01-01']: \"moved\" does not fit: `FETCH /old` is the former route of `/new`, but the router does not take it: correct method and URL in `from`.",
    cause: { code: 'FST_ERR_ROUTE_METHOD_NOT_SUPPORTED' }
  })
})

t.test('A31 an endpoint that a version took away or brought answers 404 on the other side', async (t) => {
  const app = await buildApp(t)
  const schema = { response: { 200: User } }
  app.get('/removed', { schema, config: { vintage: { until: V1 } } }, async () => ada)
  app.get('/added', { schema, config: { vintage: { since: V1 } } }, async () => ada)
  app.get('/between', { schema, config: { vintage: { since: V1, until: V2 } } }, async () => ada)
  const statuses = async (url: string) => await Promise.all([V0, V1, V2].map(async (version) => (await app.inject({ url, ...at(version) })).statusCode))
  t.same(await statuses('/removed'), [200, 404, 404])
  t.same(await statuses('/added'), [404, 200, 200])
  t.same(await statuses('/between'), [404, 200, 404])
})

t.test('A31 a version that does not exist in a route\'s config stops the start', async (t) => {
  const app = await buildApp(t)
  t.throws(() => app.get('/removed', { config: { vintage: { until: '2001-06-01' } } }, async () => ada), {
    code: 'FST_ERR_VINTAGE_INVALID_OPTION',
    message: /`config.vintage.until` of GET \/removed is `2001-06-01`: expected one of 2000-01-01/
  })
})
