import { setTimeout as wait } from 'node:timers/promises'
import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import vintage, { behaviour, change, type VintageOptions } from 'fastify-vintage'
import { User, V0, V1, V2, ada, adaAt, at, buildApp, C1, C2 } from './shop.js'

const versions = {
  [V0]: [],
  [V1]: [C1, behaviour('checks-avatar-size', 'avatars over 1 MB are refused')],
  [V2]: [C2, behaviour('sorts-by-name', 'lists are sorted by name')]
}
const Told = Type.Object({ version: Type.String(), avatar: Type.Boolean(), sorts: Type.Boolean() })

async function serve (t: Test, options: Partial<VintageOptions> = {}) {
  const app = await buildApp(t, { versions, ...options })
  app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  app.get('/told', { schema: { response: { 200: Told } } }, async ({ vintage }) => {
    await wait(Math.random() * 3)
    return { version: vintage.version, avatar: vintage.has('checks-avatar-size'), sorts: vintage.has('sorts-by-name') }
  })
  return app
}

const told = {
  [V0]: { version: V0, avatar: false, sorts: false },
  [V1]: { version: V1, avatar: true, sorts: false },
  [V2]: { version: V2, avatar: true, sorts: true }
}
const turns = Array.from({ length: 200 }, (_, index) => ([V0, V1, V2] as const)[index % 3] ?? V0)

t.test('A32 a behaviour is there in the version that brought it and in newer ones, across 200 interleaved requests', async (t) => {
  const app = await serve(t)
  const answers = await Promise.all(turns.map(async (version) => (await app.inject({ url: '/told', ...at(version) })).json()))
  t.same(answers, turns.map((version) => told[version]))
})

t.test('A32 a pinned account has the behaviours of its version', async (t) => {
  const app = await serve(t, { pin: async (request) => request.headers.authorization ?? null })
  for (const version of [V0, V1, V2] as const) t.same((await app.inject({ url: '/told', headers: { authorization: version } })).json(), told[version])
})

t.test('A32 a name that no version file has is an error that lists the known ones', async (t) => {
  const app = await serve(t)
  app.get('/wrong', { config: { vintage: false } }, async ({ vintage }) => ({ is: vintage.has('checks-avatar-sizes') }))
  const { code, message } = (await app.inject('/wrong')).json()
  t.equal(code, 'FST_ERR_VINTAGE_UNKNOWN_BEHAVIOUR')
  t.match(message, 'there is no behaviour `checks-avatar-sizes`: correct the name, or export `behaviour(…)` from a version file. Known are `checks-avatar-size`, `sorts-by-name`.')
  const none = await buildApp(t)
  t.throws(() => none.vintage.has('x', V0), { message: /Known are none/ })
})

t.test('A32 outside a request the version must be given', async (t) => {
  const app = await serve(t)
  t.equal(app.vintage.has('checks-avatar-size', V0), false)
  t.equal(app.vintage.has('checks-avatar-size', V2), true)
  t.throws(() => app.vintage.has('checks-avatar-size', '2000-06-01'), { code: 'FST_ERR_VINTAGE_UNKNOWN_VERSION' })
  t.throws(() => app.vintage.has('checks-avatar-size'), {
    code: 'FST_ERR_VINTAGE_NO_VERSION',
    message: "`app.vintage.has('checks-avatar-size')` does not know for which version it is asked, because the option `asyncLocalStorage` is not set: use `app.vintage.has('checks-avatar-size', version)`."
  })
  t.throws(() => app.vintage.current(), { code: 'FST_ERR_VINTAGE_NO_VERSION', message: /option `asyncLocalStorage` is not set: use `request.vintage`/ })
})

t.test('A32 with asyncLocalStorage the version is known wherever the handler calls, behind a body and a pin as well', async (t) => {
  const app = await buildApp(t, { versions, asyncLocalStorage: true, pin: async (request) => { await wait(1); return request.headers.authorization ?? null } })
  app.addSchema(User)
  const ask = async () => {
    await wait(Math.random() * 3)
    const { version } = app.vintage.current()
    return { version, avatar: app.vintage.has('checks-avatar-size'), sorts: app.vintage.has('sorts-by-name') }
  }
  const seen: string[] = []
  app.addHook('onRequest', async () => { seen.push(app.vintage.current().source) })
  app.post('/told', { schema: { body: Type.Object({}), response: { 200: Told } } }, ask)
  const answers = await Promise.all(turns.map(async (version, index) => (await app.inject({
    method: 'POST',
    url: '/told',
    payload: { filler: 'x'.repeat(1000) },
    headers: index % 2 === 0 ? { 'api-version': version } : { authorization: version }
  })).json()))
  t.same(answers, turns.map((version) => told[version]))
  t.same([...new Set(seen)], ['header', 'default'])
  t.throws(() => app.vintage.current(), { code: 'FST_ERR_VINTAGE_NO_VERSION', message: /because no request is being served here/ })
  t.throws(() => app.vintage.has('sorts-by-name'), { message: /no request is being served here: use `app.vintage.has\('sorts-by-name', version\)`/ })
})

t.test('A32 over a real socket as well, where the body is read in events of the socket', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(vintage, { versions, default: V0, asyncLocalStorage: true })
  app.addSchema(User)
  app.post('/told', { schema: { response: { 200: Type.Object({ version: Type.String() }) } } }, async () => ({ version: app.vintage.current().version }))
  const url = await app.listen({ port: 0 })
  const answers = await Promise.all(turns.slice(0, 30).map(async (version) => {
    const response = await fetch(`${url}/told`, { method: 'POST', headers: { 'api-version': version, 'content-type': 'application/json' }, body: JSON.stringify({ filler: 'x'.repeat(100_000) }) })
    return Object(await response.json()).version
  }))
  t.same(answers, turns.slice(0, 30))
})

t.test('A16 a bad name of a behaviour, or one that is there twice, stops the registration', async (t) => {
  for (const name of ['ChecksSize', 'checks size', '', '-x', 'x--y', '__proto__', '1st']) {
    const app = Fastify()
    t.teardown(() => app.close())
    await t.rejects(async () => await app.register(vintage, { default: V0, versions: { [V0]: [], [V1]: [behaviour(name, 'text')] } }), { code: 'FST_ERR_VINTAGE_MISFIT', message: `versions['2001-01-01']: "text" (2001-01-01) does not fit: \`${name}\` is no name of a behaviour: write small letters and digits with hyphens between, such as \`checks-avatar-size\`.` })
  }
  const app = Fastify()
  t.teardown(() => app.close())
  await t.rejects(async () => await app.register(vintage, { default: V0, versions: { [V0]: [], [V1]: [behaviour('a', 'one')], [V2]: [behaviour('a', 'two')] } }), { message: /"two" \(2002-01-01\) does not fit: the behaviour `a` is there since 2001-01-01 already: give each its own name/ })
})

t.test('A33 request.vintage.migrate brings a value of head to the version of the client, and any other way that is named', async (t) => {
  const app = await serve(t)
  const Any = Type.Object({}, { additionalProperties: true })
  app.get('/migrated', { schema: { response: { 200: Type.Object({ to: Any, up: Any }) } } }, async ({ vintage }) => ({ to: vintage.migrate('User', ada), up: vintage.migrate('User', adaAt[V0], { from: V0, to: V2 }) }))
  for (const version of [V0, V1, V2] as const) {
    t.same((await app.inject({ url: '/migrated', ...at(version) })).json(), { to: adaAt[version], up: ada })
    t.same((await app.inject({ url: '/user', ...at(version) })).json(), adaAt[version])
  }
})

t.test('A33 migrate equals the body of HTTP for every pair of versions, also from an old one to an older one', async (t) => {
  const app = await buildApp(t, { versions })
  app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  await app.ready()
  for (const from of [V0, V1, V2] as const) {
    const sent = (await app.inject({ url: '/user', ...at(from) })).json()
    for (const to of [V0, V1, V2] as const) {
      t.same(app.vintage.migrate('User', sent, { from, to }), (await app.inject({ url: '/user', ...at(to) })).json(), `${from} → ${to}`)
    }
    t.same(app.vintage.migrate('User', sent), sent, 'each end is head by default')
  }
})

t.test('a change may name its transition in a behaviour as well', async (t) => {
  t.equal(behaviour('a', 'text', { transition: 'users.name' }).transition, 'users.name')
  t.same(behaviour('a', 'text').targets, [])
  t.not(change('x', 'User', C1.operation), C1)
})
