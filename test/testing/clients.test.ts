import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import { test, type Test } from 'tap'
import vintage, { change, rename, statusChanged } from 'fastify-vintage'
import { clients, laws } from 'fastify-vintage/testing'
import { ada, adaAt, buildApp, User, V0, V1, V2 } from '../http/shop.js'

type Versions = typeof V0 | typeof V1 | typeof V2

async function shop (t: Test): Promise<FastifyInstance> {
  const app = await buildApp(t)
  app.get('/users/:id', { schema: { response: { 200: User, '4xx': Type.Object({ error: Type.String() }) } } }, async (request, reply) => request.url.endsWith('/0') ? reply.code(404).send({ error: 'none' }) : ada)
  app.post('/users', { schema: { body: Type.Object({ login: Type.String(), name: Type.String() }), response: { 201: Type.Object({}) } }, config: { vintage: false } }, async (request, reply) => reply.code(201).send(request.body))
  return app
}

test('clients of every version name it in each request, and get its shapes', async (t) => {
  const { [V0]: old, [V1]: middle, head } = clients<Versions>(await shop(t))
  t.strictSame((await old.get('/users/1')).json(), adaAt[V0])
  t.strictSame((await middle.inject('/users/1')).json(), adaAt[V1])
  t.strictSame((await head.inject({ method: 'GET', url: '/users/1' })).json(), ada)
  t.strictSame([old.version, middle.version, head.version], [V0, V1, V2])
  t.equal((await old.get('/users/1')).headers['api-version'], V0)
  t.strictSame((await old.get('/users/1', { headers: { 'api-version': V2 } })).json(), ada, 'a header of the test counts more')
})

test('each method has its call', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(vintage, { versions: { [V0]: [] } })
  const Echo = Type.Object({ method: Type.String(), body: Type.Unknown(), note: Type.String() })
  app.route({ method: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'], url: '/', schema: { response: { 200: Echo } }, handler: async ({ method, body, headers }) => ({ method, body: body ?? null, note: String(headers['x-note']) }) })
  const { head } = clients(app)
  for (const method of ['get', 'delete', 'options'] as const) t.match((await head[method]('/', { headers: { 'x-note': 'n' } })).json(), { method: method.toUpperCase(), note: 'n' })
  for (const method of ['post', 'put', 'patch'] as const) t.match((await head[method]('/', { a: 1 })).json(), { method: method.toUpperCase(), body: { a: 1 } })
  t.match((await head.post('/', undefined, { headers: { 'x-note': 'n' } })).json(), { body: null, note: 'n' })
  t.match(await head.head('/'), { statusCode: 200, payload: '' })
})

test('an answer that does not fit its contract is thrown, with place, field and version', async (t) => {
  const app = await buildApp(t, { versions: { [V2]: [] }, default: V2 })
  const Id = Type.Object({ id: Type.Integer() }, { $id: 'Id' })
  // text is sent as it is: no serialiser corrects it
  const text = (body: object) => async (_: unknown, reply: { header (name: string, value: string): { send (body: string): unknown } }) => reply.header('content-type', 'application/json').send(JSON.stringify(body))
  app.get('/text', { schema: { response: { 200: Id } } }, text({ id: 'one' }))
  app.get('/more', { schema: { response: { '2xx': Id } } }, text({ id: 1, full_name: 'leaks' }))
  app.get('/some', { schema: { response: { default: Type.Object({ list: Type.Array(Type.Object({ n: Type.Integer() })) }) } } }, text({ list: [{ n: 1 }, { n: 'x' }] }))
  app.get('/open', { schema: { response: { 200: Type.Object({ id: Type.Integer() }, { additionalProperties: Type.Integer() }) } } }, text({ id: 1, more: 2 }))
  app.get('/parts', { schema: { response: { 200: Type.Intersect([Type.Object({ a: Type.Integer() }), Type.Object({ b: Type.Integer() })]) } } }, text({ a: 1, b: 2 }))
  const { head } = clients(app)
  const broken = (message: string | RegExp) => ({ code: 'FST_ERR_VINTAGE_CONTRACT_BROKEN', message })
  await t.rejects(head.get('/text'), broken(`GET /text 200 answered what does not fit its contract at version ${V2}: \`/id\` must be integer`))
  await t.rejects(head.get('/more'), broken(/GET \/more 2xx .* `\/` must NOT have additional properties \(`full_name`\)/))
  await t.rejects(head.get('/some'), broken(/GET \/some default .* `\/list\/1\/n` must be integer/))
  await t.resolves(head.get('/some'.replace('some', 'open')))
  await t.resolves(head.get('/parts'))
})

test('what has no contract is left alone: other types, no body, no schema, no versions, not found', async (t) => {
  const app = await shop(t)
  app.get('/plain', { schema: { response: { 200: Type.String() } } }, async (_, reply) => reply.type('text/plain').send('hello'))
  app.get('/gone', { schema: { response: { 204: Type.Null() } } }, async (_, reply) => reply.code(204).send())
  app.get('/other', { schema: { response: { 200: Type.Object({}) } } }, async () => { throw Object.assign(new Error('teapot'), { statusCode: 418 }) })
  const { head, [V0]: old } = clients<Versions>(app)
  for (const url of ['/plain', '/gone', '/other', '/nowhere', '/users/0']) await t.resolves(head.get(url), url)
  t.match(await old.post('/users', { login: 'x' }), { statusCode: 400 })
  t.match(await old.post('/users', { login: 'x', name: 'y' }), { statusCode: 201 }, 'a route without versions')
})

test('two sets of clients, and the endpoints of older versions', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: change('moved', 'GET /people/:id', { kind: 'endpoint-moved', from: 'GET /users/:id', params: {} }), [V2]: change('c', 'Person', rename({ nick: 'login' })) } })
  app.get('/people/:id', { schema: { response: { 200: Type.Object({ login: Type.String() }, { $id: 'Person' }) } } }, async () => ({ login: 'ada' }))
  const [first, second] = [clients<Versions>(app), clients<Versions>(app)]
  t.strictSame((await first[V0].get('/users/1')).json(), { nick: 'ada' })
  t.strictSame((await second[V1].get('/people/1')).json(), { nick: 'ada' })
  t.equal((await second[V0].get('/people/1')).statusCode, 404)
})

test('an answer whose status is another one in the version is held against the schema of that answer', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [], [V2]: change('created is 201', 'POST /people', statusChanged({ from: 200, to: 201 })) } })
  const Person = Type.Object({ login: Type.String() }, { $id: 'Person' })
  app.post('/people', { constraints: { host: 'a.example' }, schema: { response: { 201: Person, 202: Type.Object({}) } } }, async (_, reply) => reply.code(201).header('content-type', 'application/json').send('{"login":1}'))
  const { [V0]: old, head } = clients<Versions>(app)
  const atHost = { headers: { host: 'a.example' } }
  await t.rejects(old.post('/people', {}, atHost), { message: `POST /people 200 answered what does not fit its contract at version ${V0}: \`/login\` must be string` })
  await t.rejects(head.post('/people', {}, atHost), { message: /POST \/people 201 .* must be string/ })
})

test('an app without the plugin has no clients, one with several needs the scope', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  t.throws(() => clients(app), { code: 'FST_ERR_VINTAGE_INVALID_OPTION', message: /does not register fastify-vintage: await the registration first/ })
  let inner: FastifyInstance | undefined
  for (const prefix of ['/a', '/b']) {
    await app.register(async (scope) => {
      await scope.register(vintage, { versions: { [V0]: [] } })
      scope.get('/', { schema: { response: { 200: Type.Object({ prefix: Type.String() }) } } }, async () => ({ prefix }))
      inner = scope
    }, { prefix })
  }
  t.throws(() => clients(app), { message: /in several scopes: pass one of these/ })
  await app.ready()
  t.match((await clients(inner ?? app).head.get('/b')).json(), { prefix: '/b' })
})

test('the laws of an app are tried on its schemas', async (t) => {
  const app = await shop(t)
  t.match((await laws(app, { runs: 40, seed: 5 })).map(({ schema, law }) => [schema, law]), [])
})
