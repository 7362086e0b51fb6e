import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import t from 'tap'
import { change, endpointMoved, rename } from 'fastify-vintage'
import { collectContract } from '../../src/http/head-contract.js'
import { watchInternalFields } from '../../src/http/internal-fields.js'
import { User, V0, V1, V2, ada, adaAt, at, buildApp } from './shop.js'

t.test('schemas of scopes that siblings do not see take part', async (t) => {
  const app = await buildApp(t)
  for (const prefix of ['/a', '/b']) {
    app.register(async (scope) => {
      scope.addSchema(User)
      scope.get('/user', { schema: { response: { 200: Type.Ref('User') } } }, async () => ada)
    }, { prefix })
  }
  t.same((await app.inject({ url: '/a/user', ...at(V0) })).json(), adaAt[V0])
  t.same((await app.inject({ url: '/b/user', ...at(V0) })).json(), adaAt[V0])
})

t.test('A16 two scopes with one $id for two schemas stop the start', async (t) => {
  const app = await buildApp(t)
  for (const extra of ['a', 'b']) {
    app.register(async (scope) => {
      scope.addSchema(Type.Object({ ...User.properties, [extra]: Type.Null() }, { $id: 'User' }))
      scope.get(`/${extra}`, { schema: { response: { 200: Type.Ref('User') } } }, async () => ada)
    })
  }
  await t.rejects(async () => await app.ready(), { code: 'FST_ERR_VINTAGE_MISFIT', message: /Two scopes of the app have a schema `User`/ })
})

t.test('a change of a place reaches all registrations of the route, whatever their constraints', async (t) => {
  const total = () => Type.Object({ total: Type.Integer() })
  const app = await buildApp(t, {
    versions: {
      [V0]: [],
      [V1]: [change('`count` is now `total`', 'GET /numbers 200', rename({ count: 'total' })), change('moved', 'GET /stats', endpointMoved({ from: 'GET /numbers' }))]
    }
  })
  app.get('/stats', { schema: { response: { 200: total() } } }, async () => ({ total: 1 }))
  app.get('/stats', { constraints: { host: 'b.example' }, schema: { response: { 200: total() } } }, async () => ({ total: 2 }))
  app.get('/stats', { constraints: { host: /^d \.example$/ }, schema: { response: { 200: total() } } }, async () => ({ total: 4 }))
  app.get('/stats', { constraints: { host: /^e\.example$/ }, schema: { response: { 200: total() } } }, async () => ({ total: 5 }))
  app.get('/stats', { constraints: { host: 'c.example' }, schema: { response: { 202: total() } } }, async (_request, reply) => { reply.statusCode = 202; return { total: 3 } })
  const get = async (host: string, url = '/numbers', version = V0) => (await app.inject({ url, headers: { host, 'api-version': version } })).json()
  t.same(await get('a.example'), { count: 1 })
  t.same(await get('b.example'), { count: 2 })
  t.same(await get('d .example'), { count: 4 })
  t.same(await get('e.example'), { count: 5 })
  t.same(await get('b.example', '/stats', V1), { total: 2 })
  t.same(await get('c.example'), { total: 3 }, 'another status is another place')
})

t.test('A16 a registration that a change of its place does not fit stops the start', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('`count` is now `total`', 'GET /stats 200', rename({ count: 'total' }))] } })
  app.get('/stats', { schema: { response: { 200: Type.Object({ total: Type.Integer() }) } } }, async () => ({ total: 1 }))
  app.get('/stats', { constraints: { host: 'b.example' }, schema: { response: { 200: Type.Object({ sum: Type.Integer() }) } } }, async () => ({ sum: 2 }))
  await t.rejects(async () => await app.ready(), { code: 'FST_ERR_VINTAGE_MISFIT', message: /^versions\['2001-01-01'\]: .+`GET \/stats\{"host":"b.example"\} 200`: .+there is no field `total`/ })
})

t.test('routes that differ in their constraints only are places of their own where the change says except', async (t) => {
  const except = ['GET /stats{"host":"b.example"} 200']
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('`count` is now `total`', 'GET /stats 200', rename({ count: 'total' }), { except })] } })
  app.get('/stats', { schema: { response: { 200: Type.Object({ total: Type.Integer() }) } } }, async () => ({ total: 1 }))
  app.get('/stats', { constraints: { host: 'b.example' }, schema: { response: { 200: Type.Object({ sum: Type.Integer() }) } } }, async () => ({ sum: 2 }))
  t.same((await app.inject({ url: '/stats', ...at(V0) })).json(), { count: 1 })
  t.same((await app.inject({ url: '/stats', headers: { host: 'b.example', 'api-version': V0 } })).json(), { sum: 2 })
})

t.test('HEAD goes by the schemas of its GET, also at the other URL of a root with a prefix, and alone by its own', async (t) => {
  const app = await buildApp(t)
  app.register(async (scope) => { scope.get('/', { schema: { response: { 200: User } } }, async () => ada) }, { prefix: '/user' })
  app.head('/alone', { schema: { response: { 200: User } } }, async () => ada)
  const length = String(JSON.stringify(adaAt[V0]).length)
  for (const url of ['/user', '/user/', '/alone']) {
    const response = await app.inject({ method: 'HEAD', url, ...at(V0) })
    t.equal(response.statusCode, 200)
    t.equal(response.headers['api-version'], V0)
    if (url !== '/alone') t.equal(response.headers['content-length'], length, url)
  }
  t.same((await app.inject({ url: '/user/', ...at(V2) })).json(), ada)
})

t.test('what was added as a schema and is none is left aside', async (t) => {
  const instance = Fastify()
  t.teardown(() => instance.close())
  instance.addSchema(Object.assign(() => {}, { $id: 'function' }))
  instance.addSchema({ $id: 'schema', type: 'object' })
  const options = { method: 'GET' as const, url: '/', handler: async () => {} }
  const { contract } = collectContract([{ methods: ['GET'], url: '/', options, instance, constraints: {}, headMethod: null, ranges: new Map(), pipeline: { internal: watchInternalFields(instance) } }])
  t.same([...contract.schemas.keys()], ['schema'])
})
