import etag from '@fastify/etag'
import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import t from 'tap'
import vintage from 'fastify-vintage'
import { NewUser, User, V0, V1, V2, ada, adaAt, at, buildApp, versions } from './shop.js'

t.test('A25 A28 the HEAD twin of a route, its own HEAD, and a trailing slash speak of the body of the version', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(vintage, { versions, default: V0 })
  await app.register(etag)
  const schema = { response: { 200: User } }
  for (const prefixTrailingSlash of ['both', 'slash', 'no-slash'] as const) {
    app.register(async (scope) => { scope.get('/', { schema, prefixTrailingSlash }, async () => ada) }, { prefix: `/${prefixTrailingSlash}` })
  }
  app.head('/own', { schema }, async (_request, reply) => reply.header('x-own', 'yes').send(ada))
  app.get('/own', { schema }, async () => ada)
  app.route({ method: ['GET', 'HEAD'], url: '/together', schema, handler: async () => ada })
  for (const url of ['/both', '/both/', '/slash/', '/no-slash', '/own', '/together']) {
    const tags = new Set()
    for (const version of [V0, V1, V2] as const) {
      const [get, head] = [await app.inject({ url, ...at(version) }), await app.inject({ method: 'HEAD', url, ...at(version) })]
      t.same(get.json(), adaAt[version], `${url} at ${version}`)
      t.equal(head.body, '')
      for (const name of ['content-length', 'content-type', 'etag', 'vary', 'api-version']) t.equal(head.headers[name], get.headers[name], `${name} of ${url} at ${version}`)
      tags.add(get.headers.etag)
      const again = await app.inject({ method: 'HEAD', url, headers: { 'api-version': version, 'if-none-match': String(get.headers.etag) } })
      t.equal(again.statusCode, 304)
    }
    t.equal(tags.size, 3)
  }
  t.equal((await app.inject({ method: 'HEAD', url: '/own', ...at(V0) })).headers['x-own'], 'yes')
})

t.test('A18 bodies are brought to head at each of the URLs of a trailing slash', async (t) => {
  const app = await buildApp(t)
  app.register(async (scope) => { scope.post('/', { schema: { body: NewUser, response: { 200: User } } }, async ({ body }) => ({ id: 1, ...Object(body) })) }, { prefix: '/users' })
  for (const url of ['/users', '/users/']) {
    t.same((await app.inject({ method: 'POST', url, ...at(V0), payload: adaAt[V0] })).json(), adaAt[V0], url)
    t.equal((await app.inject({ method: 'POST', url, ...at(V0), payload: ada })).statusCode, 400)
  }
})

t.test('A9 what runs no hook names no version: a malformed URL, a reply that was taken over', async (t) => {
  const app = await buildApp(t)
  app.get('/users/:id', { schema: { response: { 200: User } } }, (_request, reply) => {
    reply.hijack()
    reply.raw.end('taken')
  })
  for (const [url, status] of [['/users/%', 400], ['/users/1', 200]] as const) {
    const { statusCode, headers } = await app.inject({ url, ...at(V1) })
    t.same([statusCode, headers['api-version'], headers.vary], [status, undefined, undefined], url)
  }
})

t.test('A26 text that reply.serializeInput has made of a shape of head is brought to the version like any JSON', async (t) => {
  const app = await buildApp(t)
  app.get('/user', { schema: { response: { 200: User } } }, async (_request, reply) => reply.type('application/json').send(reply.serializeInput(ada, '200')))
  app.get('/list', { schema: { response: { 200: Type.Array(User) } } }, async (_request, reply) => reply.type('application/json').send(Reflect.apply(reply.serializeInput, reply, [[ada], '200'])))
  for (const version of [V0, V1, V2] as const) {
    t.same((await app.inject({ url: '/user', ...at(version) })).json(), adaAt[version])
    t.same((await app.inject({ url: '/list', ...at(version) })).json(), [adaAt[version]])
  }
})
