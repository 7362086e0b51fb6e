import multipart from '@fastify/multipart'
import rateLimit from '@fastify/rate-limit'
import cors from '@fastify/cors'
import { AjvCompiler } from '@fastify/ajv-compiler'
import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import t from 'tap'
import vintage, { change, endpointAdded, endpointRemoved, rename } from 'fastify-vintage'
import { C1, NewUser, User, V0, V1, V2, ada, adaAt, at, buildApp, versions } from './shop.js'

const { id: _, ...old } = adaAt[V0]
const schema = { body: NewUser, response: { 201: User } }

t.test('A24 a rate limit counts each request once, whatever its version', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(rateLimit, { max: 2, timeWindow: 60_000, hook: 'preHandler' })
  await app.register(vintage, { versions, default: V0 })
  app.post('/users', { schema }, async (_request, reply) => await reply.code(201).send(ada))
  const post = async () => await app.inject({ method: 'POST', url: '/users', ...at(V0), payload: old })
  t.equal((await post()).headers['x-ratelimit-remaining'], '1')
  t.equal((await post()).headers['x-ratelimit-remaining'], '0')
  const refused = await post()
  t.equal(refused.statusCode, 429)
  t.equal(refused.headers['api-version'], V0)
})

t.test('A24 multipart and raw bodies pass untouched, at every version', async (t) => {
  const app = await buildApp(t)
  await app.register(multipart)
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  const response = { 200: Type.Object({ bytes: Type.String() }) }
  app.post('/file', { schema: { response } }, async (request) => ({ bytes: (await (await request.file())?.toBuffer())?.toString('hex') ?? '' }))
  app.post('/raw', { schema: { body: { content: { 'application/json': { schema: NewUser } } }, response } }, async ({ body }) => ({ bytes: Buffer.isBuffer(body) ? body.toString('hex') : JSON.stringify(body) }))
  const bytes = Buffer.from([0, 255, 13, 10, 123])
  const payload = Buffer.concat([Buffer.from('--x\r\ncontent-disposition: form-data; name="file"; filename="a.bin"\r\ncontent-type: application/octet-stream\r\n\r\n'), bytes, Buffer.from('\r\n--x--\r\n')])
  for (const version of [V0, V2]) {
    const file = await app.inject({ method: 'POST', url: '/file', headers: { 'content-type': 'multipart/form-data; boundary=x', 'api-version': version }, payload })
    t.same(file.json(), { bytes: bytes.toString('hex') })
    const raw = await app.inject({ method: 'POST', url: '/raw', headers: { 'content-type': 'application/octet-stream', 'api-version': version }, payload: bytes })
    t.same(raw.json(), { bytes: bytes.toString('hex') })
  }
  t.same((await app.inject({ method: 'POST', url: '/raw', ...at(V0), payload: old })).json(), { bytes: '{"login":"ada","full_name":"Ada Lovelace"}' })
})

t.test('A22 schemas with $async are validated in the client\'s version too, and what their keywords throw is an error', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [], '2001-01-01': [change('renamed', 'Taken', rename({ nick: 'login' }))] } }, {
    ajv: {
      plugins: [(ajv) => ajv.addKeyword({
        keyword: 'isFree',
        async: true,
        type: 'string',
        validate: async (_schema: unknown, value: string) => {
          if (value === 'boom') throw new Error('no database')
          return value !== 'taken'
        }
      })]
    }
  })
  const Taken = { $id: 'Taken', $async: true, type: 'object', required: ['login'], properties: { login: { type: 'string', isFree: true } } }
  app.post('/names', { schema: { body: Taken, response: { 200: Type.Object({}) } } }, async () => ({}))
  const post = async (payload: object) => (await app.inject({ method: 'POST', url: '/names', ...at(V0), payload })).json()
  t.same(await post({ nick: 'free' }), {})
  t.match(await post({ nick: 'taken' }), { statusCode: 400, code: 'FST_ERR_VALIDATION', message: /body\/nick must pass "isFree"/ })
  t.match(await post({}), { statusCode: 400, message: "body must have required property 'nick'" })
  t.match(await post({ nick: 'boom' }), { statusCode: 500, message: 'no database' })
})

t.test('A22 head keeps the compilers of its scope; an old body is validated first, in its own version', async (t) => {
  const app = await buildApp(t)
  const seen: unknown[] = []
  app.register(async (scope) => {
    scope.setValidatorCompiler(() => (value) => {
      seen.push(value)
      return { value }
    })
    scope.post('/a', { schema }, async (_request, reply) => await reply.code(201).send(ada))
  })
  app.register(async (scope) => {
    const compile = AjvCompiler()
    scope.setSchemaController({ compilersFactory: { buildValidator: (schemas: Parameters<typeof compile>[0]) => compile(schemas, { customOptions: { removeAdditional: 'all' } }) } })
    scope.post('/b', { schema }, async ({ body }, reply) => await reply.code(201).send({ id: 1, ...Object(body) }))
  })
  const post = async (url: string, payload: object) => (await app.inject({ method: 'POST', url, ...at(V0), payload })).json()
  t.match(await post('/a', { nick: 1 }), { statusCode: 400, message: "body must have required property 'first_name'" })
  t.same(seen, [])
  t.same(await post('/a', old), adaAt[V0])
  t.same(seen[0], { login: 'ada', full_name: 'Ada Lovelace' })
  t.same(await post('/b', { ...old, more: 1 }), adaAt[V0])
})

t.test('A22 coercion, defaults and removal of what is more follow the app\'s ajv options', async (t) => {
  for (const [options, expected] of [
    [{}, { login: '7', full_name: 'Ada Lovelace' }],
    [{ coerceTypes: false }, 'body/nick must be string'],
    [{ removeAdditional: false }, 'body must NOT have additional properties']
  ] as const) {
    const app = await buildApp(t, {}, { ajv: { customOptions: options } })
    app.post('/users', { schema: { body: { ...NewUser, additionalProperties: false }, response: { 200: Type.Object({}) } } }, async ({ body }, reply) => {
      reply.header('x-body', JSON.stringify(body))
      return {}
    })
    const response = await app.inject({ method: 'POST', url: '/users', ...at(V0), payload: { ...old, ...(typeof expected === 'string' && expected.includes('additional') ? {} : { nick: 7 }), more: 1 } })
    t.same(response.statusCode === 200 ? JSON.parse(String(response.headers['x-body'])) : response.json().message, expected)
  }
})

t.test('A22 parsers of the app make the body, which is validated as that of any client', async (t) => {
  const app = await buildApp(t)
  app.addContentTypeParser('application/x-pairs', { parseAs: 'string' }, (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))))
  app.post('/users', { schema }, async ({ body }, reply) => await reply.code(201).send({ id: 1, ...Object(body) }))
  const post = async (payload: string) => (await app.inject({ method: 'POST', url: '/users', headers: { 'content-type': 'application/x-pairs', 'api-version': V0 }, payload })).json()
  t.same(await post('nick=ada&first_name=Ada&last_name=Lovelace'), adaAt[V0])
  t.match(await post('login=ada'), { statusCode: 400, message: "body must have required property 'nick'" })
})

t.test('A22 fields of a form that @fastify/multipart attaches are a body like any other', async (t) => {
  const app = await buildApp(t)
  await app.register(multipart, { attachFieldsToBody: 'keyValues' })
  app.post('/users', { schema }, async ({ body }, reply) => await reply.code(201).send({ id: 1, ...Object(body) }))
  const post = async (fields: Record<string, string>) => {
    const parts = Object.entries(fields).map(([name, value]) => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    return (await app.inject({ method: 'POST', url: '/users', headers: { 'api-version': V0, 'content-type': 'multipart/form-data; boundary=b' }, payload: `${parts.join('')}--b--\r\n` })).json()
  }
  t.same(await post({ nick: 'ada', first_name: 'Ada', last_name: 'Lovelace' }), adaAt[V0])
  t.match(await post({ login: 'ada', first_name: 'Ada', last_name: 'Lovelace' }), { statusCode: 400, message: "body must have required property 'nick'" })
})

t.test('A31 with @fastify/cors and @fastify/rate-limit an endpoint that a version lacks is a 404 like any other: not counted, open to the origin', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [C1, change('new', 'PUT /new', endpointAdded()), change('old', 'PUT /old', endpointRemoved())] } })
  await app.register(cors, { origin: true })
  await app.register(rateLimit, { max: 2 })
  for (const url of ['/new', '/old']) app.put(url, { schema: { body: User, response: { 200: User } } }, async ({ body }) => body)
  const put = async (url: string, version: string, payload: object) => {
    const preflight = await app.inject({ method: 'OPTIONS', url, headers: { origin: 'https://x.example', 'access-control-request-method': 'PUT', 'api-version': version } })
    t.equal(preflight.statusCode, 204)
    const { statusCode, headers } = await app.inject({ method: 'PUT', url, headers: { origin: 'https://x.example', 'api-version': version }, payload })
    t.equal(headers['access-control-allow-origin'], 'https://x.example')
    t.equal(headers['api-version'], version)
    return [statusCode, headers['x-ratelimit-remaining']]
  }
  const old = { id: 1, nick: 'ada', full_name: 'Ada' }
  t.same(await put('/new', V0, old), [404, undefined])
  t.same(await put('/new', V1, ada), [200, '1'])
  t.same(await put('/old', V1, ada), [404, undefined])
  t.same(await put('/old', V0, old), [200, '0'])
})
