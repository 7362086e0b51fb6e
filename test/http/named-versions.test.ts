import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import vintage, { rewriteVersionPath, type VintageOptions } from 'fastify-vintage'
import { User, V0, V1, V2, ada, adaAt, buildApp, versions } from './shop.js'

const all = { query: 'api-version', mediaType: 'version', path: true } as const

async function serve (t: Test, options: Partial<VintageOptions> = all) {
  const app = Fastify({ rewriteUrl: rewriteVersionPath, ajv: { customOptions: { removeAdditional: false } } })
  t.teardown(() => app.close())
  await app.register(vintage, { versions, default: V0, ...options })
  const strict = Type.Object({ page: Type.Optional(Type.Integer()) }, { additionalProperties: false })
  app.get('/user', { schema: { querystring: strict, response: { 200: User } } }, async (request, reply) => {
    reply.header('x-source', request.vintage.source).header('x-query', JSON.stringify(request.query))
    return ada
  })
  app.post('/users', { schema: { body: User, response: { 200: User } } }, async ({ body }) => body)
  return app
}

t.test('the query may name the version, and neither the schema of the route nor its handler sees it', async (t) => {
  const app = await serve(t)
  const response = await app.inject(`/user?api-version=${V1}&page=2`)
  t.same(response.json(), adaAt[V1])
  t.match(response.headers, { 'api-version': V1, 'x-source': 'query', 'x-query': '{"page":2}', vary: 'api-version, accept' })
  t.equal((await app.inject(`/user?api%2Dversion=${V1}`)).headers['x-query'], '{}')
  t.same((await app.inject({ url: `/user?api-version=${V2}`, headers: { 'api-version': V2 } })).json(), ada, 'with the same in the header')
  t.equal((await app.inject('/user?page=x')).statusCode, 400)
  t.equal((await app.inject('/user?other=1')).statusCode, 400, 'what is not ours is judged as ever')
})

t.test('without the option the query is the route\'s own', async (t) => {
  const app = await serve(t, {})
  t.equal((await app.inject(`/user?api-version=${V1}`)).statusCode, 400)
})

t.test('a querystring parser of the app may give what it likes', async (t) => {
  for (const parsed of ['text', null]) {
    const app = Fastify({ routerOptions: { querystringParser: () => JSON.parse(JSON.stringify(parsed)) } })
    t.teardown(() => app.close())
    await app.register(vintage, { versions, default: V0, query: 'v' })
    app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
    t.same((await app.inject(`/user?v=${V1}`)).json(), adaAt[V1])
  }
})

t.test('a parameter of the media types may name the version, in Accept and in Content-Type', async (t) => {
  const app = await serve(t)
  const get = async (accept: string) => await app.inject({ url: '/user', headers: { accept } })
  for (const accept of [`application/json; version=${V1}`, `text/html, application/json;q=0.9;Version="${V1}"`, `application/json;version=${V1}, application/hal+json; version=${V1}`]) {
    const response = await get(accept)
    t.same(response.json(), adaAt[V1], accept)
    t.match(response.headers, { 'x-source': 'media-type', vary: 'api-version, accept' })
  }
  t.equal((await get('application/json; charset=utf-8')).headers['x-source'], 'default')
  t.equal((await get(`application/json; version=${V1}, text/html; version=${V2}`)).json().code, 'FST_ERR_VINTAGE_AMBIGUOUS_VERSION')
  const post = await app.inject({ method: 'POST', url: '/users', headers: { 'content-type': `application/json; version=${V1}` }, payload: JSON.stringify(adaAt[V1]) })
  t.same(post.json(), adaAt[V1])
  t.equal(post.headers['content-type'], 'application/json; charset=utf-8')
})

t.test('a URL may begin with the version', async (t) => {
  const app = await serve(t)
  for (const url of [`/${V1}/user`, `/${V1}/user?page=1`]) {
    const response = await app.inject(url)
    t.same(response.json(), adaAt[V1])
    t.equal(response.headers['x-source'], 'path')
  }
  t.match((await app.inject(`/${V1}`)).json(), { statusCode: 404, message: 'Route GET:/ not found' })
  t.equal((await app.inject(`/${V1}?page=1`)).statusCode, 404)
  t.equal((await app.inject(`/${V1}x/user`)).statusCode, 404)
  t.equal((await app.inject('/1993-01-01/user')).json().code, 'FST_ERR_VINTAGE_UNKNOWN_VERSION')
  t.equal((await app.inject('/2025-40-01/user')).statusCode, 400)
  t.equal(rewriteVersionPath(new IncomingMessage(new Socket())), '', 'a request without a URL')
})

t.test('the path is not read without the option, and the option needs what rewrites it', async (t) => {
  const app = await serve(t, {})
  t.same((await app.inject(`/${V1}/user`)).json(), adaAt[V0])
  const other = Fastify()
  t.teardown(() => other.close())
  await t.rejects(async () => await other.register(vintage, { versions, default: V0, path: true }), { code: 'FST_ERR_VINTAGE_INVALID_OPTION', message: /`path` is true.+`Fastify\(\{ rewriteUrl: rewriteVersionPath \}\)`/ })
})

t.test('A6 two sources that name two versions are refused, and named; the same version twice is fine', async (t) => {
  const app = await serve(t)
  const refused = [
    [`/user?api-version=${V1}`, { 'api-version': V2 }, '2002-01-01 (header), 2001-01-01 (query)'],
    [`/user?api-version=${V1}&api-version=${V2}`, {}, '2001-01-01 (query), 2002-01-01 (query)'],
    [`/${V0}/user`, { 'api-version': V1 }, '2001-01-01 (header), 2000-01-01 (path)'],
    [`/${V0}/user`, { accept: `*/*;version=${V1}` }, '2000-01-01 (path), 2001-01-01 (media-type)']
  ] as const
  for (const [url, headers, names] of refused) {
    const body = (await app.inject({ url, headers })).json()
    t.match(body, { statusCode: 400, code: 'FST_ERR_VINTAGE_AMBIGUOUS_VERSION' })
    t.match(body.message, names)
  }
  const agreed = await app.inject({ url: `/${V1}/user?api-version=${V1}`, headers: { 'api-version': V1, accept: `*/*;version=${V1}` } })
  t.same(agreed.json(), adaAt[V1])
  t.equal(agreed.headers['x-source'], 'header', 'the first source counts')
})

t.test('A5 hostile values are refused from each source alike', async (t) => {
  const app = await serve(t)
  for (const value of ['1993-01-01', '2025-40-01', '2001-01-01T00:00:00', '20010101', '', 'x'.repeat(10_000), 'constructor', '__proto__', 'toString']) {
    const requests = [{ url: '/user', headers: { 'api-version': value } }, { url: `/user?api-version=${value}` }, { url: '/user', headers: { accept: `*/*;version=${value}` } }]
    for (const request of requests) {
      const response = await app.inject(request)
      t.equal(response.statusCode, 400)
      t.equal(response.json().code, 'FST_ERR_VINTAGE_UNKNOWN_VERSION')
      t.equal(response.headers['api-version'], V0)
      t.equal(response.headers.vary, 'api-version, accept')
    }
  }
})

t.test('A2 a pin is not asked where any source names the version', async (t) => {
  let asked = 0
  const app = await buildApp(t, { query: 'v', pin: () => { asked++; return V0 } })
  app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  t.same((await app.inject(`/user?v=${V2}`)).json(), ada)
  t.equal(asked, 0)
  t.same((await app.inject('/user')).json(), adaAt[V0])
  t.equal(asked, 1)
})
