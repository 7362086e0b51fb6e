import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { change, rename } from 'fastify-vintage'
import { C1, C2, User, V0, V1, V2, ada, adaAt, at, buildApp } from './shop.js'

const Problem = Type.Object({ statusCode: Type.Integer(), reason: Type.String() }, { $id: 'Problem' })
const OldProblem = change('`message` is now `reason`', 'Problem', rename({ message: 'reason' }))

/** Routes whose error has another shape at V0: the reason was its `message`. */
async function serveProblems (t: Test) {
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [C1, OldProblem], [V2]: [C2] } })
  const schema = { response: { 200: User, '4xx': Problem, '5xx': Problem } }
  app.get('/thrown', { schema }, async () => { throw Object.assign(new Error('gone'), { statusCode: 410, reason: 'moved on' }) })
  app.get('/unserialisable', { schema }, async () => ({ id: 'not a number', login: 'ada', full_name: 'Ada' }))
  return { app, schema }
}

t.test('A27 Fastify\'s default error handler answers in the client\'s version', async (t) => {
  const { app } = await serveProblems(t)
  t.same((await app.inject({ url: '/thrown', ...at(V0) })).json(), { statusCode: 410, message: 'moved on' })
  t.same((await app.inject({ url: '/thrown', ...at(V1) })).json(), { statusCode: 410, reason: 'moved on' })
})

t.test('A27 a custom error handler answers in the client\'s version, whatever failed', async (t) => {
  const { app, schema } = await serveProblems(t)
  app.setErrorHandler((error, _request, reply) => {
    const reason = error instanceof Error ? error.name : ''
    return reply.code(503).send({ statusCode: 503, reason })
  })
  // children of the scope take the handler that is set here
  app.register(async (scope) => {
    scope.get('/scoped', { schema }, async () => { throw new TypeError('gone') })
    scope.get('/unserialisable-too', { schema }, async () => ({ id: 'not a number', login: 'ada', full_name: 'Ada' }))
    scope.get('/after', { schema, onSend: async (_request, _reply, payload) => { if (String(payload).includes('nick')) throw new RangeError('too late') } }, async () => ada)
  })
  const get = async (url: string, version: string) => {
    const response = await app.inject({ url, ...at(version) })
    t.match(response.headers['content-type'], 'application/json', `${url} ${version}`)
    return response.json()
  }
  t.same(await get('/scoped', V0), { statusCode: 503, message: 'TypeError' })
  t.same(await get('/scoped', V2), { statusCode: 503, reason: 'TypeError' })
  t.same(await get('/unserialisable-too', V0), { statusCode: 503, message: 'Error' }, 'the serialiser of the success threw')
  t.same(await get('/after', V0), { statusCode: 503, message: 'RangeError' }, 'a hook threw after the success was serialised')
  t.same(await get('/after', V2), adaAt[V2])
})

t.test('A27 an error whose own old shape cannot be written falls back to Fastify, never to the shape of head', async (t) => {
  const { app, schema } = await serveProblems(t)
  app.setErrorHandler((_error, _request, reply) => reply.code(500).send({ statusCode: 'not a number', reason: 'x' }))
  app.register(async (scope) => { scope.get('/twice', { schema }, async () => { throw new Error('first') }) })
  const response = await app.inject({ url: '/twice', ...at(V0) })
  t.equal(response.statusCode, 500)
  t.notOk('reason' in response.json())
})

t.test('A27 an error handler that takes over from one whose answer failed writes by its own schema, not by that of the first', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [C1, OldProblem], [V2]: [C2] } })
  app.setErrorHandler((error, _request, reply) => reply.code(418).send({ teapot: error instanceof Error ? error.message : '' }))
  app.register(async (scope) => {
    scope.setErrorHandler((_error, _request, reply) => reply.code(503).send({ statusCode: 503, reason: 'busy' }))
    scope.get('/user', {
      schema: { response: { 200: User, 418: Type.Object({ teapot: Type.String() }), '5xx': Problem } },
      onSend: async (_request, reply) => { if (reply.statusCode === 503) throw new Error('too late') }
    }, async () => { throw new Error('first') })
  })
  for (const version of [V0, V1, V2]) {
    const response = await app.inject({ url: '/user', ...at(version) })
    t.same([response.statusCode, response.json()], [418, { teapot: 'too late' }], version)
  }
})

t.test('A27 what Fastify writes of an error that came after the success was converted is converted too', async (t) => {
  const { app, schema } = await serveProblems(t)
  app.get('/late', { schema, onSend: async (_request, reply) => { if (reply.statusCode === 200) throw Object.assign(new Error('late'), { statusCode: 503, reason: 'late' }) } }, async () => ada)
  app.get('/own', { schema, onSend: async (_request, reply) => { if (reply.statusCode === 200) throw Object.assign(new Error('late'), { statusCode: 503, reason: 'late' }) } }, async (_request, reply) => reply.serializer((value: unknown) => JSON.stringify(value)).send(ada))
  for (const url of ['/late', '/own']) {
    t.same((await app.inject({ url, ...at(V0) })).json(), { statusCode: 503, message: 'late' })
    t.same((await app.inject({ url, ...at(V1) })).json(), { statusCode: 503, reason: 'late' })
  }
})

t.test('A27 a hook of another plugin that fails behind ours leaves no serialiser for the error', async (t) => {
  const app = await buildApp(t)
  app.addHook('onRoute', (route) => {
    if (route.method !== 'GET') return
    const hooks = Array.isArray(route.preSerialization) ? route.preSerialization : []
    route.preSerialization = [...hooks, async (_request, _reply, payload) => { if (payload === ada) throw new Error('behind') }]
  })
  app.setErrorHandler((error, _request, reply) => reply.code(500).send({ error: error instanceof Error ? error.message : '' }))
  app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  const response = await app.inject({ url: '/user', ...at(V0) })
  t.equal(response.body, '{"error":"behind"}')
  t.match(response.headers['content-type'], 'application/json')
})

t.test('a hook behind ours still sees the payload of head, and what it gives back is downgraded', async (t) => {
  const app = await buildApp(t)
  app.addHook('onRoute', (route) => {
    const hooks = Array.isArray(route.preSerialization) ? route.preSerialization : []
    route.preSerialization = [...hooks, async (_request, _reply, payload) => ({ ...Object(payload), login: 'eve' })]
  })
  app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  t.same((await app.inject({ url: '/user', ...at(V0) })).json(), { ...adaAt[V0], nick: 'eve' })
})

t.test('A27 what a validator refuses, and what is not found, is answered in the client\'s version', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [C1, OldProblem], [V2]: [C2] } })
  const schema = { body: User, response: { 200: User, '4xx': Problem } }
  app.setErrorHandler((error, _request, reply) => {
    const isInvalid = error instanceof Error && 'validation' in error
    return reply.code(isInvalid ? 400 : 404).send({ statusCode: isInvalid ? 400 : 404, reason: error instanceof Error ? error.message : '' })
  })
  app.setNotFoundHandler((request, reply) => {
    // no schema says what it sends
    const problem = { statusCode: 404, reason: 'no such URL' }
    return reply.code(404).send(app.vintage.migrate('Problem', problem, { to: request.vintage.version }))
  })
  app.register(async (scope) => {
    scope.post('/users', { schema }, async () => ada)
    scope.post('/lost', { schema: { response: schema.response } }, async () => { throw Object.assign(new Error('no such user'), { statusCode: 404 }) })
    scope.post('/nowhere', { schema: { response: schema.response } }, async (_request, reply) => reply.callNotFound())
  })
  const post = async (url: string, version: string) => (await app.inject({ method: 'POST', url, ...at(version), payload: {} })).json()
  t.match(await post('/users', V0), { statusCode: 400, message: /required/ })
  t.match(await post('/users', V1), { statusCode: 400, reason: /required/ })
  t.same(await post('/lost', V0), { statusCode: 404, message: 'no such user' })
  for (const url of ['/nowhere', '/unknown']) {
    t.same(await post(url, V0), { statusCode: 404, message: 'no such URL' }, url)
    t.same(await post(url, V2), { statusCode: 404, reason: 'no such URL' }, url)
  }
})

t.test('a serialiser of the app\'s own gets the old value', async (t) => {
  const app = await buildApp(t)
  app.get('/user', { schema: { response: { 200: User } } }, async (_request, reply) => reply.type('application/json').serializer((value: unknown) => JSON.stringify({ wrapped: value })).send(ada))
  app.get('/untyped', { schema: { response: { 200: User } } }, async (_request, reply) => reply.serializer((value: unknown) => JSON.stringify({ wrapped: value })).send(ada))
  app.register(async (scope) => {
    scope.setReplySerializer((value) => JSON.stringify([value]))
    scope.get('/scoped', { schema: { response: { 200: User } } }, async () => ada)
  })
  t.same((await app.inject({ url: '/user', ...at(V0) })).json(), { wrapped: adaAt[V0] })
  t.same((await app.inject({ url: '/user', ...at(V2) })).json(), { wrapped: adaAt[V2] })
  t.same((await app.inject({ url: '/untyped', ...at(V0) })).json(), { wrapped: adaAt[V0] })
  t.same((await app.inject({ url: '/scoped', ...at(V1) })).json(), [adaAt[V1]])
})

t.test('a serialiser compiler of the app\'s own goes on writing head', async (t) => {
  const app = await buildApp(t)
  app.get('/user', { serializerCompiler: () => (value) => JSON.stringify({ head: value }), schema: { response: { 200: User } } }, async () => ada)
  t.same((await app.inject({ url: '/user', ...at(V2) })).json(), { head: adaAt[V2] })
  t.same((await app.inject({ url: '/user', ...at(V0) })).json(), adaAt[V0])
})

t.test('A27 what Fastify writes of an error whose custom answer was converted and then failed is converted too', async (t) => {
  const { app, schema } = await serveProblems(t)
  app.register(async (scope) => {
    scope.setErrorHandler((_error, _request, reply) => reply.code(503).send({ statusCode: 503, reason: 'busy' }))
    let sent = 0
    scope.get('/late', {
      schema,
      onSend: async (_request, reply) => { if (reply.statusCode === 503 && sent++ % 2 === 0) throw Object.assign(new Error('late'), { statusCode: 502, reason: 'late' }) }
    }, async () => { throw new Error('first') })
  })
  for (const [version, name] of [[V0, 'message'], [V1, 'reason'], [V2, 'reason']] as const) {
    const { statusCode, body } = await app.inject({ url: '/late', ...at(version) })
    t.same(Object.keys(JSON.parse(body)).sort(), ['statusCode', name].sort(), `${statusCode} ${body} at ${version}`)
  }
})
