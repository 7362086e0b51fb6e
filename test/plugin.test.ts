import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import * as main from 'fastify-vintage'
import { User, V0, V1, V2, ada, adaAt, at, buildApp, collectLog, versions } from './http/shop.js'

const { change, rename, vintage } = main

t.test('the plugin is the default export, a named one, and what require() gives', async (t) => {
  t.equal(main.default, vintage)
  t.equal(main['module.exports'], vintage)
  const app = await buildApp(t)
  t.ok(app.hasPlugin('fastify-vintage'))
})

t.test('app.vintage tells the versions', async (t) => {
  const app = await buildApp(t)
  t.same(app.vintage.versions, [V0, V1, V2])
  t.equal(app.vintage.head, V2)
})

t.test('A33 migrate gives what a client at the version would have got', async (t) => {
  const app = await buildApp(t)
  app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  t.throws(() => app.vintage.migrate('User', ada, { to: V0 }), { code: 'FST_ERR_VINTAGE_NOT_READY' })
  await app.ready()
  for (const from of [V0, V1, V2] as const) {
    for (const to of [V0, V1, V2] as const) t.same(app.vintage.migrate('User', adaAt[from], { from, to }), adaAt[to])
  }
  t.same(app.vintage.migrate('User', adaAt[V0], { from: V0 }), adaAt[V2])
  t.same(app.vintage.migrate('User', ada, { to: V1 }), (await app.inject({ url: '/user', ...at(V1) })).json())
  t.throws(() => app.vintage.migrate('User', ada, { to: '2001-06-01' }), { code: 'FST_ERR_VINTAGE_UNKNOWN_VERSION', message: /2000-01-01, 2001-01-01, 2002-01-01/ })
})

t.test('A10 routes outside the plugin\'s scope, or with config.vintage false, know nothing of versions', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  app.get('/outside', { schema: { response: { 200: User } } }, async () => ada)
  app.register(async (scope) => {
    await scope.register(vintage, { versions, default: V0 })
    scope.get('/inside', { schema: { response: { 200: User } } }, async () => ada)
    scope.get('/health', { config: { vintage: false } }, async () => ada)
  })
  for (const url of ['/outside', '/health']) {
    for (const version of [V0, 'nonsense']) {
      const response = await app.inject({ url, ...at(version) })
      t.same(response.json(), ada, url)
      t.notOk(response.headers['api-version'])
      t.notOk(response.headers.vary)
    }
  }
  t.notOk((await app.inject('/nowhere')).headers['api-version'], 'the 404 of the root is outside as well')
  t.same((await app.inject('/inside')).json(), adaAt[V0])
})

t.test('a route that was there before the plugin is served as it is, and a warning says so once', async (t) => {
  const { lines, logger } = collectLog()
  const app = Fastify({ logger })
  t.teardown(() => app.close())
  app.get('/early', async () => ada)
  app.get('/health', { config: { vintage: false } }, async () => ada)
  await app.register(vintage, { versions, default: V0 })
  app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  for (const url of ['/early', '/early', '/health']) t.same((await app.inject(url)).json(), ada)
  t.match(lines, [{ msg: /GET \/early was registered before the plugin/ }])
  t.equal(lines.length, 1)
})

t.test('options with a mistake stop the registration', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  await t.rejects(async () => await app.register(vintage, { versions }), { code: 'FST_ERR_VINTAGE_INVALID_OPTION', message: /`default` is missing/ })
})

t.test('A16 a version file that does not fit the schemas stops the start with one clear error', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('renamed', 'User', rename({ name: 'title' }))] } })
  app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  await t.rejects(async () => await app.ready(), { code: 'FST_ERR_VINTAGE_MISFIT', message: /versions\['2001-01-01'\].+`title`/ })
})

t.test('A16 routes without response schemas stop the start, all of them at once', async (t) => {
  const app = await buildApp(t)
  const handler = async () => ada
  app.get('/user', { schema: { response: { 200: User } } }, handler)
  app.get('/a', handler)
  app.route({ method: ['PUT', 'POST'], url: '/b', schema: { response: { '4xx': Type.Null() } }, handler })
  app.get('/c', { schema: { response: { '2XX': User } } }, handler)
  app.get('/d', { schema: { response: { default: User } } }, handler)
  app.get('/moved', { schema: { response: { 302: Type.Null() } } }, handler)
  app.options('/e', handler)
  app.get('/docs', { schema: Object.assign({ hide: true }) }, handler)
  app.get('/f', { config: { vintage: false } }, handler)
  for (const prefix of ['/shop', '/admin']) await app.register(async (scope) => { scope.get('/x', handler) }, { prefix })
  await t.rejects(async () => await app.ready(), {
    code: 'FST_ERR_VINTAGE_UNCOVERED_ROUTES',
    message: /^No response schema for GET \/a, PUT \/b, POST \/b; under \/admin: GET \/admin\/x; under \/shop: GET \/shop\/x: .+`coverage: 'warn'`/
  })
})

t.test('a hidden route without a response schema has no versions: the start and its requests agree', async (t) => {
  const { lines, logger } = collectLog()
  const app = await buildApp(t, {}, { logger })
  app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  app.get('/docs', { schema: Object.assign({ hide: true }) }, async () => ({ openapi: '3.1.0' }))
  app.post('/internal', { schema: Object.assign({ hide: true, body: User }) }, async ({ body }) => body)
  app.get('/hidden', { schema: Object.assign({ hide: true, response: { 200: User } }) }, async () => ada)
  for (const version of [V0, V2, 'nonsense']) {
    const response = await app.inject({ url: '/docs', ...at(version) })
    t.same(response.json(), { openapi: '3.1.0' })
    t.notOk(response.headers['api-version'])
    t.same((await app.inject({ method: 'POST', url: '/internal', payload: ada, ...at(version) })).json(), ada)
  }
  t.same((await app.inject({ url: '/hidden', ...at(V0) })).json(), adaAt[V0], 'with a response schema it is served by version')
  t.same(lines, [])
})

t.test('coverage warn logs the routes, and starts', async (t) => {
  const { lines, logger } = collectLog()
  const app = await buildApp(t, { coverage: 'warn' }, { logger })
  app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  app.get('/a', async () => ada)
  await app.ready()
  t.match(lines, [{ routes: ['GET /a'] }])
})

t.test('version files are loaded from a folder, by a loader of one\'s own if need be', async (t) => {
  const folder = await versionFiles(t)
  const loaded: string[] = []
  const importModule = async (url: string) => {
    loaded.push(url)
    return url.endsWith('2001-01-01.js') ? { default: change('renamed', 'User', rename({ nick: 'login' })) } : { default: [] }
  }
  const app = await buildApp(t, { versions: pathToFileURL(`${folder}/`), importModule })
  app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  t.same((await app.inject('/user')).json(), { id: 1, nick: 'ada', full_name: 'Ada Lovelace' })
  t.equal(loaded.length, 2)
})

async function versionFiles (t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fastify-vintage-versions-'))
  t.teardown(() => rm(folder, { recursive: true }))
  await Promise.all([`${V0}.js`, `${V1}.js`].map((name) => writeFile(join(folder, name), '')))
  return folder
}

t.test('the ajv options and plugins of the app hold for the old versions as well', async (t) => {
  const app = await buildApp(t, {}, {
    ajv: {
      customOptions: { coerceTypes: false, allErrors: true },
      plugins: [(ajv) => ajv.addFormat('shout', /^[A-Z]+$/)]
    }
  })
  const Shouter = Type.Object({ ...User.properties, cry: Type.String({ format: 'shout' }) }, { $id: 'User' })
  app.post('/users', { schema: { body: Shouter, response: { 200: Shouter } } }, async ({ body }) => body)
  const payload = { ...adaAt[V0], id: '1', cry: 'quiet' }
  t.match((await app.inject({ method: 'POST', url: '/users', ...at(V0), payload })).json(), { message: 'body/id must be integer, body/cry must match format "shout"' })
  t.same((await app.inject({ method: 'POST', url: '/users', ...at(V0), payload: { ...payload, id: 1, cry: 'LOUD' } })).json(), { ...payload, id: 1, cry: 'LOUD' })
})
