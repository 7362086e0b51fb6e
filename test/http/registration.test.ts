import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import vintage, { behaviour, change, rename } from 'fastify-vintage'
import { stateOf } from '../../src/http/registration.js'
import { kRequestState } from '../../src/http/request-state.js'
import { ada, adaAt, at, C2, NewUser, User, UserPatch, V0, V1, V2, versions } from './shop.js'

const schemaOf = (name: string) => ({ response: { 200: Type.Object({ [name]: Type.String() }, { $id: 'Thing' }) } })
const renamed = (before: string, after: string) => change(`${before} is ${after}`, 'Thing', rename({ [before]: after }))

async function registerIn (scope: FastifyInstance, versions: Record<string, ReturnType<typeof renamed>[]>, header = 'api-version') {
  await scope.register(vintage, { versions, default: Object.keys(versions)[0] ?? '', header })
}

async function get (app: FastifyInstance, url: string, headers: Record<string, string> = {}) {
  const response = await app.inject({ url, headers })
  return [response.statusCode, response.body, response.headers['api-version'], response.headers['x-version'], response.headers.vary]
}

function makeApp (t: Test) {
  const app = Fastify()
  t.teardown(() => app.close())
  return app
}

t.test('A9 A10 A31 two sibling scopes have versions of their own, with schemas of one `$id` at each level', async (t) => {
  const app = makeApp(t)
  app.get('/outside', async () => ({ b: 'root' }))
  app.register(async (scope) => {
    await registerIn(scope, { [V0]: [], [V1]: [renamed('a', 'b')] })
    scope.addSchema(Type.Object({ z: Type.String() }, { $id: 'Shared' }))
    scope.get('/thing', { schema: schemaOf('b') }, async ({ vintage }) => ({ b: vintage.version }))
    scope.get('/own', { schema: { response: { 200: { $ref: 'Shared#' } } } }, async () => ({ z: 'shared' }))
    scope.setNotFoundHandler(async (_request, reply) => reply.code(404).send({ lost: 'one' }))
  }, { prefix: '/one' })
  app.register(async (scope) => {
    await registerIn(scope, { [V1]: [], [V2]: [renamed('b', 'c')] }, 'x-version')
    scope.get('/thing', { schema: schemaOf('c') }, async ({ vintage }) => ({ c: vintage.version }))
    scope.get('/head', { schema: schemaOf('c'), config: { vintage: { until: V2 } } }, async () => ({ c: 'old' }))
  }, { prefix: '/two' })
  t.same(await get(app, '/one/thing', at(V0).headers), [200, '{"a":"2000-01-01"}', V0, undefined, 'api-version'])
  t.same(await get(app, '/one/thing', at(V1).headers), [200, '{"b":"2001-01-01"}', V1, undefined, 'api-version'])
  t.same(await get(app, '/one/own', at(V0).headers), [200, '{"z":"shared"}', V0, undefined, 'api-version'])
  t.same(await get(app, '/one/thing', at(V2).headers).then(([status]) => status), 400)
  t.same(await get(app, '/two/thing', { 'x-version': V1 }), [200, '{"b":"2001-01-01"}', undefined, V1, 'x-version'])
  t.same(await get(app, '/two/thing', { 'x-version': V2, 'api-version': V0 }), [200, '{"c":"2002-01-01"}', undefined, V2, 'x-version'])
  t.same((await get(app, '/two/head', { 'x-version': V2 })).slice(0, 1), [404])
  t.same(await get(app, '/one/nowhere', at(V1).headers), [404, '{"lost":"one"}', V1, undefined, 'api-version'])
  t.same((await get(app, '/nowhere')).slice(2), [undefined, undefined, undefined], 'the 404 of the root is of neither')
  t.same(await get(app, '/outside'), [200, '{"b":"root"}', undefined, undefined, undefined])
})

t.test('a scope below a registration may have one of its own, which alone holds there', async (t) => {
  const app = makeApp(t)
  await registerIn(app, { [V0]: [], [V1]: [renamed('a', 'b')] })
  const seen: string[] = []
  app.addHook('onRequest', async (request) => { seen.push(request.vintage.version) })
  app.get('/thing', { schema: schemaOf('b') }, async () => ({ b: 'root' }))
  app.register(async (scope) => {
    scope.get('/before', { schema: schemaOf('b') }, async ({ vintage }) => ({ b: vintage.version }))
    await registerIn(scope, { [V1]: [], [V2]: [renamed('b', 'c')] }, 'x-version')
    scope.get('/thing', { schema: schemaOf('c') }, async () => ({ c: 'inner' }))
    scope.get('/free', { config: { vintage: false } }, async ({ vintage }) => ({ free: vintage.version }))
    scope.setNotFoundHandler(async (_request, reply) => reply.code(404).send({ lost: 'inner' }))
    t.same(scope.vintage.versions, [V1, V2])
  }, { prefix: '/inner' })
  t.same(app.vintage.versions, [V0, V1])
  t.same(await get(app, '/thing', at(V0).headers), [200, '{"a":"root"}', V0, undefined, 'api-version'])
  t.same(await get(app, '/inner/thing', { ...at(V0).headers, 'x-version': V1 }), [200, '{"b":"inner"}', undefined, V1, 'x-version'])
  t.same(await get(app, '/inner/thing', { 'x-version': V2 }), [200, '{"c":"inner"}', undefined, V2, 'x-version'])
  t.same(await get(app, '/inner/before', at(V0).headers), [200, '{"a":"2000-01-01"}', V0, undefined, 'api-version'], 'what stood there before it is of the root')
  t.same(await get(app, '/inner/free', { 'x-version': V2 }), [200, '{"free":"2002-01-01"}', undefined, undefined, undefined])
  t.same(await get(app, '/inner/nowhere', { 'x-version': V2 }), [404, '{"lost":"inner"}', undefined, V2, 'x-version'])
  t.same(await get(app, '/nowhere', at(V1).headers).then((all) => all.slice(2)), [V1, undefined, 'api-version'])
  t.same(seen, [V0, V1, V2, V0, V2, V2, V1], 'each hook of the root sees the version of the scope')
})

t.test('A2 A18 A20 A27 siblings judge pins, bodies, patches and errors each in versions of their own', async (t) => {
  const app = makeApp(t)
  for (const [prefix, own] of [['/one', versions], ['/two', { [V1]: [], [V2]: [C2] }]] as const) {
    app.register(async (scope) => {
      await scope.register(vintage, { versions: own, default: V1, pin: (request) => request.headers.authorization ?? null })
      scope.setErrorHandler(async (error, request, reply) => await reply.code(400).send({ version: request.vintage.version, message: error instanceof Error ? error.message : '' }))
      scope.post('/users', { schema: { body: NewUser, response: { 200: User } } }, async ({ body }) => ({ id: 1, ...Object(body) }))
      scope.patch('/users', { schema: { body: UserPatch, response: { 200: User } }, config: { vintage: { currentResource: async () => ({ value: ada }) } } }, async ({ body }) => ({ ...ada, ...Object(body) }))
    }, { prefix })
  }
  const send = async (method: 'POST' | 'PATCH', prefix: string, pin: string, payload: object) => {
    const response = await app.inject({ method, url: `${prefix}/users`, headers: { authorization: pin }, payload })
    t.equal(response.headers.vary, 'api-version, authorization')
    return response.json()
  }
  for (const version of [V0, V1, V2] as const) t.same(await send('POST', '/one', version, adaAt[version]), adaAt[version])
  for (const version of [V1, V2] as const) t.same(await send('POST', '/two', version, adaAt[version]), adaAt[version])
  t.match(await send('POST', '/one', V0, adaAt[V1]), { version: V0, message: /nick/ })
  t.match(await send('POST', '/two', V0, adaAt[V0]), { version: V1, message: /expected a date not before 2001-01-01/ }, 'the other one does not have that version')
  t.same(await send('PATCH', '/one', V0, { first_name: 'Eve' }), { ...adaAt[V0], first_name: 'Eve' })
  t.same(await send('PATCH', '/two', V1, { first_name: 'Eve' }), { ...adaAt[V1], first_name: 'Eve' })
})

t.test('an old version of one scope is head to its sibling, and behaviours are of their registration', async (t) => {
  const app = makeApp(t)
  for (const [prefix, versions] of [['/one', { [V0]: [], [V1]: [behaviour('new', 'text')] }], ['/two', { [V1]: [] }]] as const) {
    app.register(async (scope) => {
      await scope.register(vintage, { versions, ...(prefix === '/one' ? { default: V0 } : {}) })
      scope.get('/has', { schema: { response: { 200: Type.Object({ has: Type.Boolean() }) } } }, async ({ vintage }) => ({ has: vintage.has('new') }))
    }, { prefix })
  }
  t.same((await app.inject({ url: '/one/has', ...at(V1) })).json(), { has: true })
  t.same((await app.inject({ url: '/two/has', ...at(V1) })).json().code, 'FST_ERR_VINTAGE_UNKNOWN_BEHAVIOUR')
})

t.test('a request of a scope without a registration has no version', async (t) => {
  const app = makeApp(t)
  app.get('/', async (request) => {
    t.throws(() => stateOf(Object.assign(Object.create(request), { [kRequestState]: null })), { code: 'FST_ERR_VINTAGE_NOT_READY' })
    return {}
  })
  t.equal((await app.inject('/')).statusCode, 200)
})
