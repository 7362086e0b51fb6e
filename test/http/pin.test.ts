import t, { type Test } from 'tap'
import type { Pin, VintageOptions } from 'fastify-vintage'
import { User, V0, V1, V2, ada, adaAt, at, buildApp } from './shop.js'

async function serveUser (t: Test, pin: Pin, options: Partial<VintageOptions> = {}) {
  const app = await buildApp(t, { pin, ...options })
  app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  return app
}

t.test('A2 the pin of the account decides when no header came, and is asked once, after authentication', async (t) => {
  const order: string[] = []
  const app = await buildApp(t, {
    pin: async (request) => {
      order.push('pin')
      return request.headers.authorization === 'old' ? V0 : V1
    }
  })
  app.addHook('preParsing', async () => { order.push('authentication') })
  app.get('/user', { schema: { response: { 200: User } }, preValidation: async () => { order.push('preValidation') } }, async (request) => {
    order.push(`${request.vintage.version} by ${request.vintage.source}`)
    return ada
  })
  const response = await app.inject({ url: '/user', headers: { authorization: 'new' } })
  t.same(response.json(), adaAt[V1])
  t.equal(response.headers['api-version'], V1)
  t.equal(response.headers.vary, 'api-version, authorization')
  t.same(order, ['authentication', 'preValidation', 'pin', `${V1} by pin`])
})

t.test('A2 a pin of null is the default, undefined is an error of ours', async (t) => {
  const none = await serveUser(t, () => null)
  const response = await none.inject('/user')
  t.same(response.json(), adaAt[V0])
  t.equal(response.headers.vary, 'api-version, authorization', 'it depends on who asks all the same')

  const forgotten = await serveUser(t, () => undefined)
  t.match((await forgotten.inject('/user')).json(), { statusCode: 500, code: 'FST_ERR_VINTAGE_PIN_UNDEFINED', message: /GET \/user: has authentication run\?/ })
})

t.test('A2 default reject holds for an account without a pin', async (t) => {
  const app = await serveUser(t, () => null, { default: 'reject' })
  const response = await app.inject('/user')
  t.match(response.json(), { statusCode: 400, code: 'FST_ERR_VINTAGE_VERSION_REQUIRED' })
  t.notOk(response.headers['api-version'])
  const pinned = await serveUser(t, () => V1, { default: 'reject' })
  t.equal((await pinned.inject('/user')).headers['api-version'], V1)
})

t.test('A3 a header goes before the pin, which is not even asked', async (t) => {
  let asked = 0
  const app = await serveUser(t, () => { asked++; return V0 })
  const response = await app.inject({ url: '/user', ...at(V2) })
  t.same(response.json(), adaAt[V2])
  t.equal(response.headers.vary, 'api-version')
  t.equal(asked, 0)
})

t.test('A3 a pin between versions, or newer than this build: the latest known version not after it', async (t) => {
  for (const [pin, version] of [['2000-06-01', V0], ['2001-12-31', V1], ['2050-01-01', V2]] as const) {
    const app = await serveUser(t, () => pin)
    const response = await app.inject('/user')
    t.equal(response.headers['api-version'], version)
    t.same(response.json(), adaAt[version])
  }
})

t.test('A3 a pin before the oldest version, or no date at all, is an error of ours', async (t) => {
  for (const pin of ['1999-01-01', 'latest', '', JSON.parse('2000')]) {
    const app = await serveUser(t, () => pin)
    t.match((await app.inject('/user')).json(), { statusCode: 500, code: 'FST_ERR_VINTAGE_PIN_UNKNOWN', message: `\`pin\` returned ${JSON.stringify(pin)} for GET /user: expected a date not before 2000-01-01` })
  }
})

t.test('an error of pin is the answer, and pin is not asked again', async (t) => {
  let asked = 0
  const app = await serveUser(t, async () => { asked++; throw Object.assign(new Error('accounts are down'), { statusCode: 503 }) })
  const response = await app.inject('/user')
  t.match(response.json(), { statusCode: 503, message: 'accounts are down' })
  t.equal(response.headers.vary, 'api-version, authorization')
  t.equal(asked, 1)
})

t.test('the headers by which pin knows the account are named in Vary', async (t) => {
  const app = await serveUser(t, () => V1, { pinnedBy: ['X-Api-Key', 'Cookie'] })
  t.equal((await app.inject('/user')).headers.vary, 'api-version, x-api-key, cookie')
})

t.test('a Vary of the handler is kept beside those of the pin', async (t) => {
  const app = await buildApp(t, { pin: () => V1 })
  app.get('/user', { schema: { response: { 200: User } } }, async (_request, reply) => reply.header('vary', 'Origin').send(ada))
  t.equal((await app.inject('/user')).headers.vary, 'Origin, api-version, authorization')
})

t.test('an error before the pin stage is rendered by the default', async (t) => {
  const app = await buildApp(t, { pin: () => V2 })
  app.addHook('onRequest', async () => { throw Object.assign(new Error('who are you?'), { statusCode: 401 }) })
  app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  const response = await app.inject('/user')
  t.equal(response.statusCode, 401)
  t.equal(response.headers['api-version'], V0)
  t.equal(response.headers.vary, 'api-version')
})
