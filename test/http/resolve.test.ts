import t, { type Test } from 'tap'
import type { VintageOptions } from 'fastify-vintage'
import { User, V0, V1, V2, ada, adaAt, at, buildApp } from './shop.js'

async function serveUser (t: Test, options: Partial<VintageOptions> = {}) {
  const app = await buildApp(t, options)
  app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  return app
}

t.test('A1 no header and no pin: the default, echoed', async (t) => {
  const app = await serveUser(t)
  const response = await app.inject('/user')
  t.same(response.json(), adaAt[V0])
  t.equal(response.headers['api-version'], V0)
})

t.test('A1 default reject: 400 that lists the supported versions', async (t) => {
  const app = await serveUser(t, { default: 'reject' })
  const response = await app.inject('/user')
  t.equal(response.statusCode, 400)
  t.match(response.json(), { code: 'FST_ERR_VINTAGE_VERSION_REQUIRED', message: /header `api-version`.+2000-01-01, 2001-01-01, 2002-01-01/ })
  t.notOk(response.headers['api-version'], 'no version was served')
  t.equal(response.headers.vary, 'api-version')
  t.same((await app.inject({ url: '/user', ...at(V1) })).json(), adaAt[V1])
})

t.test('each version gets its own shape', async (t) => {
  const app = await serveUser(t)
  for (const version of [V0, V1, V2] as const) {
    const response = await app.inject({ url: '/user', ...at(version) })
    t.same(response.json(), adaAt[version])
    t.equal(response.headers['api-version'], version)
    t.equal(response.headers.vary, 'api-version')
  }
})

t.test('the header has the name of the option', async (t) => {
  const app = await serveUser(t, { header: 'Acme-Version' })
  const response = await app.inject({ url: '/user', headers: { 'acme-version': V2, 'api-version': V1 } })
  t.same(response.json(), adaAt[V2])
  t.equal(response.headers['acme-version'], V2)
  t.equal(response.headers.vary, 'acme-version')
})

t.test('A4 match earlier: a date resolves to the version before it, a date after head is refused', async (t) => {
  const app = await serveUser(t, { match: 'earlier' })
  const response = await app.inject({ url: '/user', ...at('2000-06-01') })
  t.same(response.json(), adaAt[V0])
  t.equal(response.headers['api-version'], V0)
  for (const version of ['2050-01-01', '1993-01-01', '2001-02-30', 'latest', '1']) {
    t.match((await app.inject({ url: '/user', ...at(version) })).json(), { statusCode: 400, code: 'FST_ERR_VINTAGE_UNKNOWN_VERSION' }, version)
  }
})

t.test('A4 match exact: only the versions themselves', async (t) => {
  const app = await serveUser(t)
  t.equal((await app.inject({ url: '/user', ...at('2000-06-01') })).statusCode, 400)
})

t.test('A5 what is no version is refused with one code, and nothing is remembered', async (t) => {
  const app = await serveUser(t, { match: 'earlier' })
  const mistakes = ['1993-01-01', '2025-40-01', '2001-01-01T00:00:00', '20010101', '', 'x'.repeat(10_000), 'constructor', '__proto__', 'toString', '2000-01-01; drop', ' ']
  for (const mistake of mistakes) {
    const response = await app.inject({ url: '/user', ...at(mistake) })
    const body = response.json()
    t.equal(response.statusCode, 400, mistake.slice(0, 20))
    t.equal(body.code, 'FST_ERR_VINTAGE_UNKNOWN_VERSION')
    t.match(body.message, /Supported versions: 2000-01-01, 2001-01-01, 2002-01-01/)
    t.ok(body.message.length < 200, 'what was sent is cut short')
    t.equal(response.headers['api-version'], V0, 'the error is rendered as the default')
  }
})

t.test('A5 control characters of a header do not reach the message', async (t) => {
  const app = await serveUser(t)
  const { message } = (await app.inject({ url: '/user', ...at('2000\u001b[31m-é') })).json()
  t.match(message, '`2000?[31m-?`')
})

t.test('A6 two different versions in one request are refused, the same one twice is fine', async (t) => {
  const app = await serveUser(t)
  const twice = await app.inject({ url: '/user', ...at(`${V1}, ${V1}`) })
  t.same(twice.json(), adaAt[V1])
  const ambiguous = await app.inject({ url: '/user', ...at(`${V1}, ${V2}`) })
  t.match(ambiguous.json(), { statusCode: 400, code: 'FST_ERR_VINTAGE_AMBIGUOUS_VERSION', message: /`?2001-01-01, 2002-01-01/ })
  t.equal((await app.inject({ url: '/user', ...at(`${V1},`) })).statusCode, 400)
})

t.test('A6 a header that arrives as a list is read as one', async (t) => {
  const app = await buildApp(t)
  app.addHook('onRequest', async (request) => { Object.assign(request.raw.headers, { 'api-version': [V1, V2] }) })
  app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  t.equal((await app.inject('/user')).json().code, 'FST_ERR_VINTAGE_AMBIGUOUS_VERSION')
})

t.test('an unknown version is refused before the body is read and before the route does anything', async (t) => {
  const app = await buildApp(t)
  const ran: string[] = []
  app.post('/user', {
    schema: { response: { 200: User } },
    onRequest: async () => { ran.push('onRequest') },
    preValidation: async () => { ran.push('preValidation') }
  }, async () => ada)
  const response = await app.inject({ method: 'POST', url: '/user', headers: { 'api-version': 'x', 'content-type': 'application/json' }, payload: '{' })
  t.equal(response.json().code, 'FST_ERR_VINTAGE_UNKNOWN_VERSION')
  t.same(ran, [])
})

t.test('request.vintage tells the version and what decided it', async (t) => {
  const app = await serveUser(t)
  app.get('/version', { config: { vintage: false } }, async ({ vintage: { version, source } }) => ({ version, source }))
  t.same((await app.inject('/version')).json(), { version: V0, source: 'default' })
  t.same((await app.inject({ url: '/version', ...at(V1) })).json(), { version: V1, source: 'header' })
})

t.test('A1 where head is the default, a request that names nothing is served as head, with the headers of that', async (t) => {
  const app = await serveUser(t, { default: V2 })
  app.get('/free', { config: { vintage: false } }, async ({ vintage: { version, source } }) => ({ version, source }))
  for (let count = 0; count < 2; count++) {
    const response = await app.inject('/user')
    t.same(response.json(), ada)
    t.match(response.headers, { 'api-version': V2, vary: 'api-version' })
    const free = await app.inject('/free')
    t.same(free.json(), { version: V2, source: 'default' })
    t.notOk(free.headers['api-version'])
    t.same((await app.inject({ url: '/user', ...at(V0) })).json(), adaAt[V0], 'nothing of one request is left in another')
  }
})

t.test('A10 the version is known on a route without versions, which names none in its response', async (t) => {
  const app = await serveUser(t)
  app.get('/free', { config: { vintage: false } }, async ({ vintage }) => ({ version: vintage.version }))
  for (const version of [V0, V1, V2]) {
    const response = await app.inject({ url: '/free', ...at(version) })
    t.same(response.json(), { version })
    t.notOk(response.headers['api-version'])
    t.notOk(response.headers.vary)
  }
})

t.test('A5 hostile versions make nothing grow: no state is kept, and no version is learnt', async (t) => {
  const app = await serveUser(t)
  for (let count = 0; count < 500; count++) t.equal((await app.inject({ url: '/user', ...at(`20${count}-01-01`) })).statusCode, 400)
  t.same(app.vintage.versions, [V0, V1, V2])
  t.same((await app.inject({ url: '/user', ...at(V2) })).json(), ada)
})
