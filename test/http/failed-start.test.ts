import { Type } from '@sinclair/typebox'
import t from 'tap'
import { change, internal, rename } from 'fastify-vintage'
import { C1, User, V0, V1, ada, adaAt, at, buildApp } from './shop.js'

const misfit = change('of nobody', 'Nobody', rename({ a: 'b' }))

t.test('A16 after a start that a misfit has stopped, no version is served, least of all the shape of head', async (t) => {
  for (const options of [{}, { pin: () => V0 }, { default: V1 }]) {
    const app = await buildApp(t, { versions: { [V0]: [], [V1]: [C1, misfit] }, ...options })
    app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
    app.get('/new', { schema: { response: { 200: User } }, config: { vintage: { since: V1 } } }, async () => ada)
    app.get('/free', { config: { vintage: false } }, async () => 'as ever')
    await t.rejects(async () => await app.ready(), { code: 'FST_ERR_VINTAGE_MISFIT' })
    for (const headers of [at(V0).headers, at(V1).headers, {}]) {
      for (const url of ['/user', '/new']) {
        const { statusCode, body } = await app.inject({ url, headers })
        t.ok([500, 404].includes(statusCode), `${statusCode} for ${JSON.stringify(headers)} of ${url}`)
        t.notMatch(body, /ada/)
      }
      t.equal((await app.inject({ url: '/free', headers })).body, 'as ever')
    }
    t.match((await app.inject({ url: '/user', ...at(V0) })).json(), { statusCode: 500, code: 'FST_ERR_VINTAGE_NOT_READY', message: /^`\/user` needs the derived contracts/ })
  }
})

t.test('A30 after such a start no internal field is told, whatever writes the answer', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [misfit] } })
  const Secret = Type.Object({ id: Type.Integer(), code: internal(Type.String()) })
  app.get('/secret', { schema: { response: { 200: Secret } } }, async (_request, reply) => reply.serializer((value: unknown) => JSON.stringify(value)).send({ id: 1, code: 'hidden' }))
  await t.rejects(async () => await app.ready(), { code: 'FST_ERR_VINTAGE_MISFIT' })
  for (const version of [V0, V1]) t.notMatch((await app.inject({ url: '/secret', ...at(version) })).body, /hidden/)
})

t.test('a start that fails at something else behind the plugin leaves its routes as they shall be', async (t) => {
  const app = await buildApp(t)
  app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  app.addHook('onReady', async () => { throw new Error('the database is away') })
  await t.rejects(async () => await app.ready(), { message: 'the database is away' })
  t.same((await app.inject({ url: '/user', ...at(V0) })).json(), adaAt[V0])
})
