import compress from '@fastify/compress'
import cors from '@fastify/cors'
import etag from '@fastify/etag'
import multipart from '@fastify/multipart'
import rateLimit from '@fastify/rate-limit'
import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import { Readable } from 'node:stream'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import t, { type Test } from 'tap'
import vintage from 'fastify-vintage'
import { NewUser, User, V0, V1, V2, ada, adaAt, at, collectLog, versions } from './shop.js'

const schema = { response: { 200: User } }
const zoe = Object.freeze({ ...ada, full_name: `Zoë ${'愛'.repeat(600)}` })

type Order = 'before' | 'after'

/** An app with other plugins before or after ours; the routes come last. */
async function buildShop (t: Test, order: Order, addOthers: (app: FastifyInstance) => Promise<unknown>): Promise<FastifyInstance> {
  const app = Fastify()
  t.teardown(() => app.close())
  if (order === 'before') await addOthers(app)
  await app.register(vintage, { versions, default: V0 })
  if (order === 'after') await addOthers(app)
  return app
}

for (const order of ['before', 'after'] as const) {
  t.test(`A28 @fastify/compress registered ${order} the plugin compresses what the client gets`, async (t) => {
    const app = await buildShop(t, order, async (app) => await app.register(compress, { threshold: 100 }))
    app.get('/object', { schema }, async () => zoe)
    app.get('/text', { schema }, async (_request, reply) => reply.type('application/json').send(JSON.stringify(zoe)))
    app.get('/compressed', { schema }, async (_request, reply) => await Reflect.apply(reply.compress, reply.type('application/json'), [zoe]))
    app.get('/short', { schema }, async (_request, reply) => await Reflect.apply(reply.compress, reply.type('application/json'), [ada]))
    app.get('/stream', { schema }, async (_request, reply) => reply.type('application/json').send(Readable.from([JSON.stringify(zoe)])))
    const decode = { gzip: gunzipSync, br: brotliDecompressSync, identity: (bytes: Buffer) => bytes }
    for (const [coding, undo] of Object.entries(decode)) {
      const get = async (url: string, version: string) => {
        const response = await app.inject({ url, headers: { 'api-version': version, 'accept-encoding': coding } })
        t.equal(response.headers['content-encoding'], coding === 'identity' || url === '/short' ? undefined : coding, `${url} ${coding}`)
        if (response.headers['content-length'] !== undefined) t.equal(response.headers['content-length'], String(response.rawPayload.length))
        t.match(response.headers.vary, /api-version/)
        return JSON.parse((response.headers['content-encoding'] === undefined ? response.rawPayload : undo(response.rawPayload)).toString())
      }
      for (const url of ['/object', '/text', '/compressed']) {
        t.match(await get(url, V0), { nick: 'ada', first_name: 'Zoë' }, `${url} as ${coding} at V0`)
        t.notOk('full_name' in await get(url, V1), `${url} as ${coding} at V1`)
        t.same(await get(url, V2), zoe, `${url} as ${coding} at head`)
      }
      t.match(await get('/short', V0), adaAt[V0])
      t.same(await get('/stream', V0), zoe, 'a stream is never converted')
    }
  })

  t.test(`A28 @fastify/etag registered ${order} the plugin tells versions apart`, async (t) => {
    const app = await buildShop(t, order, async (app) => await app.register(etag))
    app.get('/object', { schema }, async () => ada)
    app.get('/text', { schema }, async (_request, reply) => reply.type('application/json').send(JSON.stringify(ada)))
    app.get('/same', { schema: { response: { 200: Type.Object({ a: Type.Integer() }) } } }, async () => ({ a: 1 }))
    for (const url of ['/object', '/text']) {
      const tags = await Promise.all([V0, V1, V2].map(async (version) => String((await app.inject({ url, ...at(version) })).headers.etag)))
      t.equal(new Set(tags).size, 3, `${url}: one for each shape`)
      for (const [index, version] of [V0, V1, V2].entries()) {
        for (const [other, tag] of tags.entries()) {
          const response = await app.inject({ url, headers: { 'api-version': version, 'if-none-match': tag } })
          t.equal(response.statusCode, other === index ? 304 : 200, `${url} at ${version} with the tag of ${[V0, V1, V2][other]}`)
          t.match(response.headers, { 'api-version': version, vary: /api-version/ })
        }
      }
    }
    const [same, sameAtHead] = await Promise.all([V0, V2].map((version) => app.inject({ url: '/same', ...at(version) })))
    t.equal(same?.headers.etag, sameAtHead?.headers.etag, 'the same bytes have the same tag')
  })

  t.test(`A24 @fastify/multipart registered ${order} the plugin gets its parts as they were sent`, async (t) => {
    const app = await buildShop(t, order, async (app) => await app.register(multipart))
    app.post('/files', { schema: { body: NewUser, response: { 200: User } }, validatorCompiler: () => (value) => ({ value }) }, async (request) => {
      const file = await request.file()
      return { ...ada, full_name: `${file?.filename} ${(await file?.toBuffer())?.length}` }
    })
    const payload = '--b\r\ncontent-disposition: form-data; name="f"; filename="a.txt"\r\ncontent-type: text/plain\r\n\r\n{"nick":1}\r\n--b--\r\n'
    const post = async (version: string) => await app.inject({ method: 'POST', url: '/files', headers: { 'api-version': version, 'content-type': 'multipart/form-data; boundary=b' }, payload })
    t.same((await post(V2)).json(), { ...ada, full_name: 'a.txt 10' })
    const old = await post(V0)
    t.equal(old.statusCode, 400, 'a body schema that a change reaches is that of JSON: it refuses parts, as head would with its own validator')
  })

  t.test(`@fastify/multipart registered ${order} the plugin, on a route without a body schema`, async (t) => {
    const app = await buildShop(t, order, async (app) => await app.register(multipart))
    app.post('/files', { schema }, async (request) => {
      const file = await request.file()
      return { ...ada, full_name: `${file?.filename} ${(await file?.toBuffer())?.length}` }
    })
    const payload = '--b\r\ncontent-disposition: form-data; name="f"; filename="a.txt"\r\ncontent-type: text/plain\r\n\r\n{"nick":1}\r\n--b--\r\n'
    const post = async (version: string) => (await app.inject({ method: 'POST', url: '/files', headers: { 'api-version': version, 'content-type': 'multipart/form-data; boundary=b' }, payload })).json()
    t.same(await post(V2), { ...ada, full_name: 'a.txt 10' })
    t.same(await post(V0), { ...adaAt[V0], first_name: 'a.txt', last_name: '10' })
  })

  t.test(`@fastify/cors registered ${order} the plugin: preflights have no version, Vary names both`, async (t) => {
    const app = await buildShop(t, order, async (app) => await app.register(cors, { origin: ['https://shop.example', 'https://other.example'], exposedHeaders: ['api-version'] }))
    app.get('/user', { schema }, async () => ada)
    for (const [version, body] of Object.entries(adaAt)) {
      const response = await app.inject({ url: '/user', headers: { 'api-version': version, origin: 'https://shop.example' } })
      t.same(response.json(), body)
      t.match(response.headers, { 'access-control-allow-origin': 'https://shop.example', 'access-control-expose-headers': 'api-version', 'api-version': version })
      t.same(new Set(String(response.headers.vary).split(', ')), new Set(['Origin', 'api-version']))
    }
    const preflight = await app.inject({ method: 'OPTIONS', url: '/user', headers: { origin: 'https://shop.example', 'access-control-request-method': 'GET', 'access-control-request-headers': 'api-version' } })
    t.equal(preflight.statusCode, 204)
    t.equal(preflight.headers['access-control-allow-headers'], 'api-version')
  })

  for (const hook of ['onRequest', 'preParsing', 'preValidation', 'preHandler'] as const) {
    t.test(`A24 @fastify/rate-limit at ${hook} registered ${order} the plugin counts each request once`, async (t) => {
      const app = await buildShop(t, order, async (app) => await app.register(rateLimit, { max: 2, hook }))
      app.get('/user', { schema }, async () => ada)
      const get = async (version: string) => await app.inject({ url: '/user', ...at(version) })
      const [first, second, third] = [await get(V0), await get(V2), await get(V1)]
      t.same(first.json(), adaAt[V0])
      t.equal(first.headers['x-ratelimit-remaining'], '1')
      t.same(second.json(), ada)
      t.equal(second.headers['x-ratelimit-remaining'], '0')
      t.match(third.json(), { statusCode: 429, error: 'Too Many Requests' })
      t.match(third.headers, { 'api-version': V1, vary: /api-version/ })
    })
  }

  t.test(`server-sent events pass as they are, with other plugins ${order} the plugin: a stream, and a reply taken over`, async (t) => {
    const app = await buildShop(t, order, async (app) => await app.register(compress, { threshold: 0 }))
    const event = `data: ${JSON.stringify(ada)}\n\n`
    app.get('/stream', { schema }, async (_request, reply) => reply.type('text/event-stream').send(Readable.from([event, event])))
    app.get('/raw', { schema }, (_request, reply) => {
      reply.hijack()
      reply.raw.writeHead(200, { 'content-type': 'text/event-stream' })
      reply.raw.end(event)
    })
    app.get('/messages', { schema }, async (request, reply) => {
      const message = app.vintage.migrate('User', ada, { to: request.vintage.version })
      return reply.type('text/event-stream').send(Readable.from([`data: ${JSON.stringify(message)}\n\n`]))
    })
    for (const version of [V0, V2] as const) {
      t.equal((await app.inject({ url: '/stream', ...at(version) })).body, event + event)
      t.equal((await app.inject({ url: '/raw', ...at(version) })).body, event)
      t.equal((await app.inject({ url: '/messages', ...at(version) })).body, `data: ${JSON.stringify(adaAt[version])}\n\n`, 'messages are converted one by one')
    }
  })
}

t.test('hooks that were registered before the plugin read the text that the client gets, and may set Vary', async (t) => {
  const seen: unknown[] = []
  const app = await buildShop(t, 'before', async (app) => {
    app.addHook('onSend', async (_request, reply, payload) => {
      seen.push(payload)
      reply.header('vary', 'Cookie')
    })
  })
  app.get('/text', { schema }, async (_request, reply) => reply.type('application/json').send(JSON.stringify(ada)))
  const response = await app.inject({ url: '/text', ...at(V0) })
  t.same(seen, [JSON.stringify(adaAt[V0])])
  t.equal(response.headers.vary, 'Cookie, api-version')
})

t.test('a hook that a listener of onRoute adds after ours does not come behind ours for older clients', async (t) => {
  const { lines, logger } = collectLog()
  const app = Fastify({ logger })
  t.teardown(() => app.close())
  await app.register(vintage, { versions, default: V0 })
  const seen: unknown[] = []
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.preValidation = [...[route.preValidation ?? []].flat(), async (request) => { seen.push(request.body) }]
      route.preSerialization = [...[route.preSerialization ?? []].flat(), async (_request, _reply, payload) => ({ ...Object(payload), login: 'eve' })]
    })
    scope.post('/users', { schema: { body: NewUser, response: { 200: User } } }, async ({ body }) => ({ id: 1, ...Object(body) }))
  })
  const { id, ...sent } = adaAt[V0]
  const response = await app.inject({ method: 'POST', url: '/users', ...at(V0), payload: sent })
  t.same(seen, [sent], 'what the client sent')
  t.same(response.json(), { ...adaAt[V0], nick: 'eve' }, 'what it gives back is of head, and is converted after it')
  t.same(lines, [])
})
