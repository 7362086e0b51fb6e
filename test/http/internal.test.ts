import { Type, type TSchema } from '@sinclair/typebox'
import compress from '@fastify/compress'
import Fastify from 'fastify'
import t, { type Test } from 'tap'
import { brotliDecompressSync } from 'node:zlib'
import { resolverOf, watchInternalFields } from '../../src/http/internal-fields.js'
import vintage, { change, internal, rename, replace, variant, type VintageOptions } from 'fastify-vintage'
import { V0, V1, V2, at, buildApp } from './shop.js'

/** Head's account: `plan_code` is for V0, which knows it as `plan`, and for V1, which knows a `plan_name` made of it. */
const Account = Type.Object({ id: Type.Integer(), plan_code: internal(Type.String()), name: Type.Optional(Type.String()) }, { $id: 'Account' })
const account = Object.freeze({ id: 1, plan_code: 'secret-gold', name: 'Ada' })

const versions: VintageOptions['versions'] = {
  [V0]: [],
  [V1]: [change('`plan_name` replaces `plan`', 'Account', replace({
    before: { plan: Type.String() },
    after: { plan_name: Type.String() },
    upgrade: ({ plan }) => ({ plan_name: plan.toUpperCase() }),
    downgrade: ({ plan_name: name }) => ({ plan: name.toLowerCase() })
  }))],
  [V2]: [change('plans are no longer told', 'Account', rename({ plan_name: 'plan_code' }))]
}

const seenAt = { [V0]: { id: 1, plan: 'secret-gold', name: 'Ada' }, [V1]: { id: 1, plan_name: 'secret-gold', name: 'Ada' }, [V2]: { id: 1, name: 'Ada' } }

async function buildAccounts (t: Test, options: Partial<VintageOptions> = {}) {
  return await buildApp(t, { versions, ...options })
}

t.test('A30 an internal field reaches older versions only, wherever its schema stands', async (t) => {
  const app = await buildAccounts(t)
  const shapes: Record<string, [TSchema, unknown, (seen: unknown) => unknown]> = {
    plain: [Account, account, (seen) => seen],
    list: [Type.Array(Account), [account, account], (seen) => [seen, seen]],
    page: [Type.Object({ data: Type.Array(Account) }), { data: [account] }, (seen) => ({ data: [seen] })],
    nullable: [Type.Object({ account: Type.Union([Account, Type.Null()]) }), { account }, (account) => ({ account })],
    map: [Type.Record(Type.String(), Account), { ada: account }, (ada) => ({ ada })],
    tuple: [Type.Tuple([Type.Integer(), Account]), [5, account], (seen) => [5, seen]]
  }
  for (const [name, [schema, value]] of Object.entries(shapes)) app.get(`/${name}`, { schema: { response: { '2xx': schema } } }, async () => value)
  for (const [name, [, , wrap]] of Object.entries(shapes)) {
    for (const version of [V0, V1, V2] as const) t.same((await app.inject({ url: `/${name}`, ...at(version) })).json(), wrap(seenAt[version]), `${name} at ${version}`)
  }
})

t.test('A30 an internal field of a shared schema is kept from head clients, whenever the schema was added', async (t) => {
  const shared = Type.Object({ id: Type.Integer(), code: internal(Type.String()) }, { $id: 'Shared' })
  const app = await buildAccounts(t, { versions: { [V0]: [], [V1]: [change('codes are no longer told', 'Account', rename({ plan: 'plan_code' }))] } })
  app.addSchema(Account)
  await app.register(async (scope) => {
    scope.get('/account', { schema: { response: { 200: Type.Ref('Account') } } }, async () => account)
    scope.get('/accounts', { schema: { response: { 200: { type: 'object', properties: { data: { type: 'array', items: { $ref: 'Account#' } } } } } } }, async () => ({ data: [account] }))
    scope.post('/account', { schema: { body: { $ref: 'Account#' }, response: { 200: { $ref: 'Account#' } } } }, async ({ body }) => ({ ...account, ...Object(body) }))
    scope.addSchema(shared)
    scope.get('/shared', { schema: { response: { 200: Type.Ref('Shared') } } }, async () => ({ id: 2, code: 'secret' }))
    scope.after(() => { t.notMatch(JSON.stringify(scope.getSchemas()), /plan_code|secret|x-vintage/, 'what others read of the schemas') })
  })
  t.same((await app.inject({ url: '/account', ...at(V1) })).json(), { id: 1, name: 'Ada' })
  t.same((await app.inject({ url: '/accounts', ...at(V1) })).json(), { data: [{ id: 1, name: 'Ada' }] })
  t.same((await app.inject({ url: '/account', ...at(V0) })).json(), { id: 1, plan: 'secret-gold', name: 'Ada' })
  t.same((await app.inject({ url: '/shared', ...at(V0) })).json(), { id: 2 }, 'older versions know only what a change makes of it')
  t.same((await app.inject({ method: 'POST', url: '/account', ...at(V1), payload: { id: 3 } })).json(), { id: 3, name: 'Ada' }, 'nobody has to send it')
  t.same((await app.inject({ method: 'POST', url: '/account', ...at(V0), payload: { id: 3, plan: 'old' } })).json(), { id: 3, plan: 'old', name: 'Ada' }, 'an older client may')
})

t.test('A30 schemas that were there before the plugin are taken up too', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  app.addSchema(Account)
  app.addSchema({ $id: 'Note', type: 'object', properties: { text: { type: 'string' } } })
  await app.register(vintage, { versions, default: V2 })
  app.get('/account', { schema: { response: { 200: Type.Ref('Account') } } }, async () => account)
  t.same((await app.inject('/account')).json(), seenAt[V2])
  t.same((await app.inject({ url: '/account', ...at(V0) })).json(), seenAt[V0])
  t.same(Object.keys(app.getSchemas()), ['Account', 'Note'])
  t.same(app.getSchema('Note'), { $id: 'Note', type: 'object', properties: { text: { type: 'string' } } })
})

t.test('A30 no way of serialising tells a head client an internal field', async (t) => {
  const app = await buildAccounts(t)
  const schema = { response: { 200: Account, 404: Type.Object({ account: Account }), '5xx': Account } }
  const content = { response: { 200: { content: { 'application/json': { schema: Account }, 'application/hal+json': { schema: Type.Object({ data: Account }) }, 'text/csv': { schema: Type.String() } } } } }
  app.get('/object/:id', { schema }, async () => account)
  app.get('/404', { schema }, async (_request, reply) => reply.code(404).send({ account }))
  app.get('/thrown', { schema }, async () => { throw Object.assign(new Error('x'), account) })
  app.get('/json', { schema }, async (_request, reply) => reply.type('application/json').send(JSON.stringify(account)))
  app.get('/vendor', { schema }, async (_request, reply) => reply.type('application/vnd.x+json').send(JSON.stringify(account)))
  app.get('/hal', { schema: content }, async (_request, reply) => reply.type('application/hal+json').send({ data: account }))
  app.get('/hal-text', { schema: content }, async (_request, reply) => reply.type('application/hal+json').send(JSON.stringify({ data: account })))
  app.get('/serialize', { schema }, async (_request, reply) => reply.type('application/json').send(reply.serialize(account)))
  app.get('/own', { schema }, async (_request, reply) => reply.type('application/json').serializer((value: unknown) => JSON.stringify(value)).send(account))
  app.get('/compiler', { schema, serializerCompiler: () => (value) => JSON.stringify(value) }, async () => account)
  app.get('/to-json', { schema, serializerCompiler: () => (value) => JSON.stringify(value) }, async () => ({ toJSON: () => account }))
  app.register(async (scope) => {
    scope.setReplySerializer((value) => JSON.stringify(value))
    scope.get('/reply-serializer', { schema }, async () => account)
  })
  app.register(async (scope) => {
    scope.setSerializerCompiler(() => (value) => JSON.stringify(value))
    scope.get('/scope-compiler', { schema }, async () => account)
  })
  app.register(async (scope) => {
    await scope.register(compress, { threshold: 0 })
    scope.get('/compressed', { schema }, async () => account)
  })
  for (const url of ['object/1', '404', 'thrown', 'json', 'vendor', 'hal', 'hal-text', 'serialize', 'own', 'compiler', 'to-json', 'reply-serializer', 'scope-compiler']) {
    const [get, head, old] = await Promise.all([app.inject({ url: `/${url}`, ...at(V2) }), app.inject({ method: 'HEAD', url: `/${url}`, ...at(V2) }), app.inject({ url: `/${url}`, ...at(V0) })])
    t.notMatch(get.body, /secret|plan/, url)
    t.match(get.body, url === 'thrown' ? /"id":1/ : /Ada/)
    t.equal(head.headers['content-length'], get.headers['content-length'])
    // what Fastify itself makes of an error has been written by head's serialiser when it comes by
    if (url !== 'thrown') t.match(old.body, /"plan":"secret-gold"/)
    t.notMatch(old.body, /plan_code/)
  }
  const compressed = await app.inject({ url: '/compressed', headers: { 'api-version': V2, 'accept-encoding': 'br' } })
  t.same(JSON.parse(brotliDecompressSync(compressed.rawPayload).toString()), seenAt[V2])
})

t.test('A30 text that is no JSON, and values without internal fields, pass as they are', async (t) => {
  const app = await buildAccounts(t)
  const schema = { response: { 200: Type.Union([Account, Type.Null()]), 201: Type.Object({ n: Type.Integer() }), 202: Type.Null() } }
  app.get('/text', { schema }, async () => 'plan_code')
  app.get('/broken', { schema }, async (_request, reply) => reply.type('application/json').send('{"plan_code":'))
  app.get('/null', { schema }, async () => null)
  app.get('/other', { schema }, async (_request, reply) => reply.code(201).type('application/json').send('{ "n": 1 }'))
  t.equal((await app.inject({ url: '/text', ...at(V2) })).body, 'plan_code')
  t.equal((await app.inject({ url: '/broken', ...at(V2) })).body, '{"plan_code":')
  t.equal((await app.inject({ url: '/null', ...at(V2) })).body, 'null')
  t.equal((await app.inject({ url: '/other', ...at(V2) })).body, '{ "n": 1 }')
})

t.test('A30 a status without a schema tells a head client no internal field either', async (t) => {
  const app = await buildAccounts(t)
  const schema = { response: { 200: Account } }
  app.get('/object', { schema }, async (_request, reply) => { reply.statusCode = 201; return account })
  app.get('/text', { schema }, async (_request, reply) => { reply.statusCode = 409; return reply.type('application/json').send(JSON.stringify({ current: account })) })
  app.get('/harmless', { schema }, async (_request, reply) => { reply.statusCode = 409; return { reason: 'taken' } })
  for (const url of ['/object', '/text']) {
    const response = await app.inject({ url, ...at(V2) })
    t.match(response.json(), { statusCode: 500, code: 'FST_ERR_VINTAGE_RESPONSE_UNCOVERED' })
    t.notMatch(response.body, /secret/)
  }
  t.same((await app.inject({ url: '/harmless', ...at(V2) })).json(), { reason: 'taken' })
})

t.test('A30 pinned clients of head, and those that head is the default for, see no internal field', async (t) => {
  for (const options of [{ default: V2 }, { pin: () => V2 }, { pin: async () => null, default: V2 }]) {
    const app = await buildAccounts(t, options)
    app.get('/own', { schema: { response: { 200: Account } }, serializerCompiler: () => (value) => JSON.stringify(value) }, async () => account)
    t.same((await app.inject('/own')).json(), seenAt[V2])
  }
})

t.test('A30 migrate leaves no internal field in what older clients are sent, and variants follow', async (t) => {
  const app = await buildAccounts(t)
  const Brief = variant('Brief', Account, (account) => Type.Omit(account, ['name']))
  app.get('/account', { schema: { response: { 200: Account } } }, async () => account)
  app.get('/brief', { schema: { response: { 200: Type.Array(Brief) } } }, async () => [account])
  await app.ready()
  t.same(app.vintage.migrate('Account', account, { to: V1 }), seenAt[V1])
  t.same(app.vintage.migrate('Account', seenAt[V0], { from: V0 }), { id: 1, plan_code: 'SECRET-GOLD', name: 'Ada' })
  t.same((await app.inject({ url: '/brief', ...at(V2) })).json(), [{ id: 1 }])
  t.same((await app.inject({ url: '/brief', ...at(V0) })).json(), [{ id: 1, plan: 'secret-gold' }])
})

t.test('A30 an older version sees an internal field that its changes make something of, and no other', async (t) => {
  const Vault = Type.Object({ id: Type.Integer(), plan_code: internal(Type.String()), risk: internal(Type.Integer()) }, { $id: 'Vault' })
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('plans are no longer told', 'Vault', rename({ plan: 'plan_code' }))] } })
  const value = { id: 1, plan_code: 'gold', risk: 9 }
  app.get('/vault', { schema: { response: { 200: Vault } } }, async () => value)
  app.get('/text', { schema: { response: { 200: Vault } } }, async (_, reply) => await reply.type('application/json').send(JSON.stringify(value)))
  for (const url of ['/vault', '/text']) t.same((await app.inject({ url, ...at(V0) })).json(), { id: 1, plan: 'gold' }, url)
  t.strictSame(app.vintage.migrate('Vault', value, { from: V1, to: V0 }), { id: 1, plan: 'gold' })
})

t.test('A30 a route without internal fields is served as without the plugin, beside one that has some', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [] } })
  app.get('/account', { schema: { response: { 200: Account } } }, async () => account)
  app.get('/other', { schema: { response: { 200: Type.Object({ plan_code: Type.String() }) } } }, async () => account)
  t.same((await app.inject('/account')).json(), { id: 1, name: 'Ada' })
  t.same((await app.inject('/other')).json(), { plan_code: 'secret-gold' }, 'a field of the same name that is not internal')
})

t.test('A30 recursive schemas conceal at every depth', async (t) => {
  const Node = Type.Recursive((This) => Type.Object({ id: Type.Integer(), code: internal(Type.String()), below: Type.Array(This) }), { $id: 'Node' })
  const app = await buildApp(t, { versions: { [V0]: [] } })
  const tree = { id: 1, code: 'secret', below: [{ id: 2, code: 'secret', below: [] }] }
  app.get('/tree', { schema: { response: { 200: Node } } }, async () => tree)
  app.get('/own-tree', { schema: { response: { 200: Node } }, serializerCompiler: () => (value) => JSON.stringify(value) }, async () => tree)
  for (const url of ['/tree', '/own-tree']) t.same((await app.inject(url)).json(), { id: 1, below: [{ id: 2, below: [] }] })
})

t.test('A30 an internal field that Fastify would know after all stops the start', async (t) => {
  const later = await buildAccounts(t)
  later.get('/account', { schema: { response: { 200: Account } } }, async () => account)
  await later.register(async (scope) => {
    scope.addHook('onRoute', (route) => { route.schema = { response: { 200: Account } } })
    scope.get('/later', { schema: { response: { 200: Account } } }, async () => account)
  })
  await t.rejects(async () => await later.ready(), { code: 'FST_ERR_VINTAGE_MISFIT', message: /^The schema of GET \/later has internal fields/ })

  const altered = await buildAccounts(t)
  altered.get('/account', { schema: { response: { 200: Account } } }, async () => account)
  await altered.register(async (scope) => {
    const plain = Type.Object({ id: Type.Integer() })
    scope.addHook('onRoute', () => { Object.assign(plain.properties, { cost: internal(Type.String()) }) })
    scope.get('/altered', { schema: { response: { 200: plain } } }, async () => account)
  })
  await t.rejects(async () => await altered.ready(), { code: 'FST_ERR_VINTAGE_MISFIT', message: /^The schema of GET \/altered has internal fields/ }, 'also one that was put into a schema which had none')

  const scoped = await buildAccounts(t)
  await scoped.register(async (scope) => {
    const schemas: Record<string, unknown> = {}
    scope.setSchemaController({
      bucket: () => ({
        add (schema) {
          schemas[String(Object(schema).$id)] = schema
          return scope
        },
        getSchema: (id) => schemas[id],
        getSchemas: () => schemas
      })
    })
    scope.addSchema(Account)
    scope.get('/account', { schema: { response: { 200: Type.Ref('Account') } } }, async () => account)
  })
  await t.rejects(async () => await scoped.ready(), { code: 'FST_ERR_VINTAGE_MISFIT', message: /^The shared schema `Account` has internal fields/ })
})

t.test('what was added as a schema and is none is left alone, and routes without internal fields keep their very schema', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  app.addSchema(Object.assign(() => {}, { $id: 'Before' }))
  t.doesNotThrow(() => watchInternalFields(Object(Object.create(null))), 'where Fastify keeps its schemas elsewhere, the start checks that none has internal fields')
  const fields = watchInternalFields(app)
  app.addSchema(Object.assign(() => {}, { $id: 'After' }))
  t.same([...fields.sharedSchemas(app).keys()], [])
  const schema = { body: Type.Object({}), response: { 200: Type.Null() } }
  t.equal(fields.takeOut(schema), schema)
  t.equal(fields.putBack(schema), schema)
  t.notOk(fields.areThere())
  const marked = { body: Account, params: Type.Object({ id: Type.Integer() }) }
  const bare = fields.takeOut(marked)
  t.equal(fields.takeOut(marked), bare, 'its HEAD route shares it')
  t.equal(fields.takeOut(bare), bare)
  t.same(fields.putBack(bare), marked)
  t.ok(fields.areThere())
  const resolve = resolverOf({ $defs: { a: { type: 'null' } } }, new Map([['Account', Account]]))
  t.same([resolve('#/$defs/a'), resolve('Account'), resolve('Account#/properties/id'), resolve('Nowhere')], [{ type: 'null' }, Account, Account.properties.id, {}])
})

t.test('what Fastify refuses of a schema is left to it', async (t) => {
  const app = await buildAccounts(t)
  app.get('/account', { schema: { response: { 200: Account, 201: { content: { 'application/json': {} } } } } }, async () => account)
  await t.rejects(async () => await app.ready(), { code: 'FST_ERR_SCH_CONTENT_MISSING_SCHEMA' })
})

t.test('an internal field of a place is named by the place, where the schema has no name', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [] } })
  app.get('/open', { schema: { response: { 200: Type.Object({ code: internal(Type.String()) }, { additionalProperties: false }) } } }, async () => ({ code: 'secret' }))
  await t.rejects(async () => await app.ready(), { code: 'FST_ERR_VINTAGE_MISFIT', message: '`GET /open 200` marks `code` as internal' })
})

t.test('an internal field beside keys that the schema does not name stops the start', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [] } })
  const Open = Type.Object({ code: internal(Type.String()) }, { $id: 'Open', additionalProperties: true })
  app.get('/open', { schema: { response: { 200: Open } } }, async () => ({ code: 'secret' }))
  await t.rejects(async () => await app.ready(), { code: 'FST_ERR_VINTAGE_MISFIT', message: '`Open` marks `code` as internal, but also says what becomes of other keys' })
})
