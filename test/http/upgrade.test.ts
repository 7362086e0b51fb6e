import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { change, remove, rename, replace, splitEnum, variant } from 'fastify-vintage'
import { NewUser, User, UserPatch, V0, V1, V2, ada, adaAt, at, buildApp, collectLog, versions } from './shop.js'

const json = { 'content-type': 'application/json' }

async function echoUser (t: Test, route: object = {}) {
  const app = await buildApp(t)
  const bodies: unknown[] = []
  app.post('/users', { schema: { body: NewUser, response: { 201: User } }, ...route }, async (request, reply) => {
    bodies.push(request.body)
    return reply.code(201).send({ id: 1, ...Object(request.body) })
  })
  return { app, bodies }
}

t.test('a body of each version reaches the handler as head, and the answer goes back as it was asked', async (t) => {
  const { app, bodies } = await echoUser(t)
  for (const version of [V0, V1, V2] as const) {
    const { id, ...payload } = adaAt[version]
    const response = await app.inject({ method: 'POST', url: '/users', ...at(version), payload })
    t.equal(response.statusCode, 201)
    t.same(response.json(), adaAt[version])
  }
  t.same(bodies, Array(3).fill({ login: 'ada', full_name: 'Ada Lovelace' }))
})

t.test('A18 an invalid old body is refused in its own field names, and the handler is not called', async (t) => {
  const { app, bodies } = await echoUser(t)
  const post = async (version: string, payload: object) => (await app.inject({ method: 'POST', url: '/users', ...at(version), payload })).json()
  t.match(await post(V0, { nick: 'ada', first_name: 'Ada' }), { statusCode: 400, code: 'FST_ERR_VALIDATION', message: "body must have required property 'last_name'" })
  t.match(await post(V0, { nick: ['ada', 'lovelace'], first_name: 'Ada', last_name: 'L' }), { message: 'body/nick must be string' })
  t.match(await post(V2, { login: 'ada' }), { message: "body must have required property 'full_name'" })
  t.same(bodies, [])
})

t.test('A18 a head body sent as V0 is refused, also where the schema was added to the app', async (t) => {
  const app = await buildApp(t)
  app.addSchema(User)
  app.put('/users', { schema: { body: Type.Ref('User'), response: { 200: Type.Ref('User') } } }, async ({ body }) => body)
  const put = async (version: string, payload: object) => (await app.inject({ method: 'PUT', url: '/users', ...at(version), payload })).json()
  t.match(await put(V0, adaAt[V2]), { statusCode: 400, code: 'FST_ERR_VALIDATION', message: "body must have required property 'nick'" })
  t.same(await put(V0, adaAt[V0]), adaAt[V0])
  t.same(await put(V2, adaAt[V2]), adaAt[V2])
})

t.test('A19 what head refuses after an honest old request is an error of ours, logged with version and changes, no value in it', async (t) => {
  const { lines, logger } = collectLog()
  const Short = Type.Object({ name: Type.String({ maxLength: 5 }) }, { $id: 'Short' })
  const app = await buildApp(t, {
    versions: { [V0]: [], [V1]: [change('two names become one', 'Short', replace({ before: { first: Type.String(), last: Type.String() }, after: { name: Type.String() }, upgrade: ({ first, last }) => ({ name: first + last }), downgrade: ({ name }) => ({ first: name, last: '' }) }))] }
  }, { logger })
  app.post('/short', { schema: { body: Short, response: { 200: Short } } }, async ({ body }) => body)
  app.post('/attached', { attachValidation: true, schema: { body: Short, response: { 200: Short } } }, async ({ body }) => body)
  t.same((await app.inject({ method: 'POST', url: '/short', payload: { first: 'a', last: 'b' } })).json(), { first: 'ab', last: '' })
  const response = await app.inject({ method: 'POST', url: '/short', payload: { first: 'secret', last: 'word' } })
  t.match(response.json(), { statusCode: 500, code: 'FST_ERR_VINTAGE_UPGRADE_REFUSED', message: /^The body of this request is valid in version 2000-01-01/ })
  t.notMatch(response.body, /name|secret/)
  t.match((await app.inject({ method: 'POST', url: '/attached', payload: { first: 'secret', last: 'word' } })).json(), { code: 'FST_ERR_VINTAGE_UPGRADE_REFUSED' }, 'no handler can correct that')
  t.match(lines[0], {
    msg: /head refuses .+ at POST \/short body/,
    vintage: {
      version: V0,
      place: 'POST /short body',
      refused: [{ instancePath: '/name', keyword: 'maxLength' }],
      changes: [{ version: V1, file: "versions['2001-01-01']", change: 'two names become one' }]
    }
  })
  t.notMatch(JSON.stringify(lines), /secret/)
})

t.test('A20 a PATCH with only some of the fields that became one is a 400 that names them', async (t) => {
  const app = await buildApp(t)
  app.patch('/users/:id', { schema: { body: UserPatch, response: { 200: User } } }, async ({ body }) => ({ ...ada, ...Object(body) }))
  const patch = async (payload: object) => (await app.inject({ method: 'PATCH', url: '/users/1', ...at(V0), payload })).json()
  t.match(await patch({ first_name: 'Augusta' }), { statusCode: 400, code: 'FST_ERR_VINTAGE_PARTIAL_FIELDS', message: /`first_name`, `last_name`/ })
  t.same(await patch({ first_name: 'Augusta', last_name: 'King' }), { ...adaAt[V0], first_name: 'Augusta', last_name: 'King' })
  t.same(await patch({ nick: 'countess' }), { ...adaAt[V0], nick: 'countess' })
  t.same(await patch({}), adaAt[V0])
})

t.test('A20 a PATCH of nothing but removed fields, where head wants at least one, is a 400 in the client\'s words', async (t) => {
  const { lines, logger } = collectLog()
  const Contact = Type.Object({ id: Type.Integer(), mail: Type.String() }, { $id: 'Contact' })
  const ContactPatch = variant('ContactPatch', Contact, (contact) => Type.Partial(Type.Omit(contact, ['id']), { minProperties: 1, additionalProperties: false }))
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('faxes are gone', 'Contact', remove({ before: { fax: Type.String() }, value: { fax: '' } }))] } }, { logger })
  app.get('/contact', { schema: { response: { 200: Contact } } }, async () => ({ id: 1, mail: 'a@b.c' }))
  app.patch('/contact', { schema: { body: ContactPatch, response: { 200: Contact } } }, async ({ body }) => ({ id: 1, mail: '', ...Object(body) }))
  const patch = async (payload: object) => (await app.inject({ method: 'PATCH', url: '/contact', ...at(V0), payload })).json()
  t.match(await patch({ fax: '1' }), { statusCode: 400, code: 'FST_ERR_VALIDATION', message: "body must have a property beside 'fax', which no longer has an effect" })
  t.match(await patch({}), { statusCode: 400, message: 'body must NOT have fewer than 1 properties' })
  t.same(await patch({ fax: '1', mail: 'x@y.z' }), { id: 1, mail: 'x@y.z', fax: '' })
  t.same(lines, [], 'nobody has to look after it')
})

t.test('A21 a default that only V0 has applies before the upgrade', async (t) => {
  const Item = Type.Object({ count: Type.Integer() }, { $id: 'Item' })
  const app = await buildApp(t, {
    versions: { [V0]: [], [V1]: [change('count is an integer', 'Item', replace({ before: { amount: Type.Optional(Type.String({ default: '7' })) }, after: { count: Type.Integer() }, upgrade: ({ amount }) => ({ count: Number(amount) }), downgrade: ({ count }) => ({ amount: String(count) }) }))] }
  })
  app.post('/items', { schema: { body: Item, response: { 200: Item } } }, async ({ body }) => body)
  t.same((await app.inject({ method: 'POST', url: '/items', payload: {} })).json(), { amount: '7' })
  t.match((await app.inject({ method: 'POST', url: '/items', ...at(V1), payload: {} })).json(), { message: "body must have required property 'count'" })
})

t.test('A22 what is no object is refused as Fastify refuses it, in every version', async (t) => {
  const { app, bodies } = await echoUser(t)
  for (const payload of ['null', '[]', '"s"', '0', 'false']) {
    const [old, head] = await Promise.all([V0, V2].map((version) => app.inject({ method: 'POST', url: '/users', headers: { ...json, 'api-version': version }, payload })))
    t.equal(old?.body, head?.body, payload)
    t.equal(old?.statusCode, 400)
  }
  const [old, head] = await Promise.all([V0, V2].map((version) => app.inject({ method: 'POST', url: '/users', ...at(version) })))
  t.equal(old?.body, head?.body, 'no body at all')
  t.same(bodies, [])
})

t.test('A22 a nullable body reaches the handler as null, and no body as undefined', async (t) => {
  const app = await buildApp(t)
  app.post('/users', { schema: { body: Type.Union([NewUser, Type.Null()]), response: { 200: User } } }, async ({ body }, reply) => {
    reply.header('x-body', String(body))
    return ada
  })
  for (const version of [V0, V2]) {
    t.equal((await app.inject({ method: 'POST', url: '/users', headers: { ...json, 'api-version': version }, payload: 'null' })).headers['x-body'], 'null')
    t.equal((await app.inject({ method: 'POST', url: '/users', ...at(version) })).headers['x-body'], 'undefined')
  }
})

t.test('A22 malformed JSON gives Fastify\'s own 400', async (t) => {
  const { app } = await echoUser(t)
  const response = await app.inject({ method: 'POST', url: '/users', headers: { ...json, 'api-version': V0 }, payload: '{"nick"' })
  t.match(response.json(), { statusCode: 400, code: 'FST_ERR_CTP_INVALID_JSON_BODY' })
  t.equal(response.headers['api-version'], V0)
})

t.test('A22 attachValidation hands the error to the handler, in the client\'s field names', async (t) => {
  const app = await buildApp(t)
  app.post('/users', { attachValidation: true, preHandler: async () => {}, schema: { body: NewUser, response: { 200: User } } }, async (request, reply) => {
    reply.header('x-invalid', request.validationError?.message ?? 'no').header('x-part', request.validationError?.validationContext ?? 'none')
    return ada
  })
  const invalid = await app.inject({ method: 'POST', url: '/users', ...at(V0), payload: { nick: 'ada', first_name: 'Ada' } })
  t.equal(invalid.headers['x-invalid'], "body must have required property 'last_name'")
  t.equal(invalid.headers['x-part'], 'body')
  const { id, ...payload } = adaAt[V0]
  t.equal((await app.inject({ method: 'POST', url: '/users', ...at(V0), payload })).headers['x-invalid'], 'no')
  const head = await app.inject({ method: 'POST', url: '/users', ...at(V2), payload: {} })
  t.equal(head.headers['x-invalid'], "body must have required property 'login'")
})

t.test('the error formatter of the route, of its scope, or of the app makes the error', async (t) => {
  const app = await buildApp(t)
  app.setSchemaErrorFormatter((errors, part) => Object.assign(new Error(`app: ${part} ${errors.length}`), { statusCode: 422 }))
  const route = { schema: { body: NewUser, response: { 200: User } } }
  app.post('/app', route, async () => ada)
  app.post('/route', { ...route, schemaErrorFormatter: () => Object.assign(new Error('route'), { code: 'BAD_BODY' }) }, async () => ada)
  app.register(async (scope) => {
    scope.setSchemaErrorFormatter(() => new Error('scope'))
    scope.post('/scope', route, async () => ada)
  })
  const post = async (url: string) => (await app.inject({ method: 'POST', url, ...at(V0), payload: {} })).json()
  t.match(await post('/app'), { statusCode: 422, message: 'app: body 1' })
  t.match(await post('/route'), { statusCode: 400, code: 'BAD_BODY', message: 'route' })
  t.match(await post('/scope'), { statusCode: 400, code: 'FST_ERR_VALIDATION', message: 'scope' })
})

t.test('A23 querystring, params and headers are renamed, typed and validated per version', async (t) => {
  const app = await buildApp(t, {
    versions: {
      [V0]: [],
      [V1]: [
        change('`size` is now `limit`', 'GET /users/:id querystring', rename({ size: 'limit' })),
        change('the region is a header of its own', 'GET /users/:id headers', rename({ 'x-zone': 'x-region' })),
        change('ids are numbers', 'GET /users/:id params', replace({ before: { id: Type.String({ pattern: '^u\\d+$' }) }, after: { id: Type.Integer() }, upgrade: ({ id }) => ({ id: Number(id.slice(1)) }) }))
      ]
    }
  })
  app.get('/users/:id', {
    schema: {
      params: Type.Object({ id: Type.Integer() }),
      querystring: Type.Object({ limit: Type.Integer({ maximum: 10, default: 5 }) }),
      headers: Type.Object({ 'x-region': Type.String() }),
      response: { 200: Type.Object({ id: Type.Integer(), limit: Type.Integer(), region: Type.String() }) }
    }
  }, async ({ params, query, headers }) => ({ ...Object(params), ...Object(query), region: headers['x-region'] }))
  t.same((await app.inject({ url: '/users/u7?size=3', headers: { 'x-zone': 'eu' } })).json(), { id: 7, limit: 3, region: 'eu' })
  t.same((await app.inject({ url: '/users/7?limit=3', headers: { 'api-version': V1, 'x-region': 'eu' } })).json(), { id: 7, limit: 3, region: 'eu' })
  const get = async (url: string, headers: Record<string, string> = { 'x-zone': 'eu' }) => (await app.inject({ url, headers })).json()
  t.match(await get('/users/u7?size=30'), { message: 'querystring/size must be <= 10' })
  t.match(await get('/users/7?size=3'), { message: 'params/id must match pattern "^u\\d+$"' })
  t.match(await get('/users/u7?size=3', {}), { message: "headers must have required property 'x-zone'" })
})

t.test('A23 an old value that was split filters by all that it stood for', async (t) => {
  const Status = Type.Union([Type.Literal('pending'), Type.Literal('paid'), Type.Literal('shipped')], { $id: 'Status' })
  const app = await buildApp(t, {
    versions: { [V0]: [], [V1]: [change('`open` is told apart', 'Status', splitEnum({ value: 'open', into: ['pending', 'paid'], write: 'pending' }))] }
  })
  app.get('/orders', { schema: { querystring: Type.Object({ status: Type.Optional(Type.Array(Status)) }), response: { 200: Type.Object({ status: Status }) } } }, async ({ query }, reply) => {
    reply.header('x-query', JSON.stringify(query))
    return { status: 'paid' }
  })
  const get = async (url: string, version: string) => {
    const response = await app.inject({ url, ...at(version) })
    return [response.headers['x-query'], response.json().status ?? response.json().message]
  }
  t.same(await get('/orders?status=open', V0), ['{"status":["pending","paid"]}', 'open'])
  t.same(await get('/orders?status=open&status=shipped', V0), ['{"status":["pending","paid","shipped"]}', 'open'])
  t.same(await get('/orders', V0), ['{}', 'open'])
  t.same(await get('/orders?status=paid', V1), ['{"status":["paid"]}', 'paid'])
  t.match(await get('/orders?status=paid', V0), [undefined, /querystring\/status\/0 must be equal to one of the allowed values/])
})

t.test('A24 hooks, authentication and limits run once, and a body without a schema passes untouched', async (t) => {
  const app = await buildApp(t)
  const ran: string[] = []
  for (const hook of ['onRequest', 'preValidation', 'preHandler'] as const) app.addHook(hook, async () => { ran.push(hook) })
  app.addContentTypeParser('application/x-raw', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  app.post('/raw', { schema: { response: { 200: User } }, preHandler: async () => { ran.push('route') } }, async ({ body }) => {
    t.ok(Buffer.isBuffer(body))
    return ada
  })
  t.same((await app.inject({ method: 'POST', url: '/raw', headers: { 'content-type': 'application/x-raw' }, payload: Buffer.from([0, 255]) })).json(), adaAt[V0])
  t.same(ran, ['onRequest', 'preValidation', 'preHandler', 'route'])
})

t.test('a body with one schema for each media type is upgraded by the one that was sent', async (t) => {
  const app = await buildApp(t)
  const Note = Type.Object({ text: Type.String() })
  app.post('/users', {
    schema: {
      body: { content: { 'application/json': { schema: NewUser }, 'application/note+json': { schema: Note } } },
      response: { 200: User }
    }
  }, async ({ body }, reply) => {
    reply.header('x-body', JSON.stringify(body))
    return ada
  })
  app.addContentTypeParser('application/note+json', { parseAs: 'string' }, app.getDefaultJsonParser('error', 'error'))
  const { id, ...payload } = adaAt[V0]
  t.equal((await app.inject({ method: 'POST', url: '/users', ...at(V0), payload })).headers['x-body'], '{"login":"ada","full_name":"Ada Lovelace"}')
  const note = await app.inject({ method: 'POST', url: '/users', headers: { 'api-version': V0, 'content-type': 'application/note+json' }, payload: '{"text":"hi"}' })
  t.equal(note.headers['x-body'], '{"text":"hi"}')
})

t.test('A30 an upgrade that throws is an error of ours, logged with file and version', async (t) => {
  const { lines, logger } = collectLog()
  const Item = Type.Object({ count: Type.Integer() }, { $id: 'Item' })
  const broken = change('broken', 'Item', replace({ before: { amount: Type.String() }, after: { count: Type.Integer() }, upgrade: ({ amount }): { count: number } => { throw new Error(`no ${amount}`) }, downgrade: ({ count }) => ({ amount: String(count) }) }))
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [broken] } }, { logger })
  app.post('/items', { schema: { body: Item, response: { 200: Item } } }, async ({ body }) => body)
  const response = await app.inject({ method: 'POST', url: '/items', payload: { amount: 'secret' } })
  t.match(response.json(), { statusCode: 500, code: 'FST_ERR_VINTAGE_CHANGE_FAILED' })
  t.notMatch(response.body, /secret/)
  t.match(lines[0], { msg: /a change failed at POST \/items body/, vintage: { version: V0, place: 'POST /items body' }, err: { message: /versions\['2001-01-01'\]/ } })
})

t.test('the app\'s own validator of head goes on working', async (t) => {
  const app = await buildApp(t, { versions })
  const seen: unknown[] = []
  const validatorCompiler = () => (value: unknown) => {
    seen.push(value)
    return typeof value === 'object' && value !== null && 'login' in value && value.login === 'eve' ? { error: new Error('not eve') } : { value }
  }
  app.post('/users', { validatorCompiler, schema: { body: NewUser, response: { 200: User } } }, async ({ body }) => ({ id: 1, ...Object(body) }))
  const { id, ...payload } = adaAt[V0]
  t.same((await app.inject({ method: 'POST', url: '/users', ...at(V0), payload })).json(), adaAt[V0])
  t.same(seen, [{ login: 'ada', full_name: 'Ada Lovelace' }], 'by Fastify, once')
  t.match((await app.inject({ method: 'POST', url: '/users', ...at(V2), payload: { login: 'eve', full_name: 'Eve' } })).json(), { statusCode: 400, message: 'not eve' })
  t.match((await app.inject({ method: 'POST', url: '/users', ...at(V0), payload: { ...payload, nick: 'eve' } })).json(), { statusCode: 500, code: 'FST_ERR_VINTAGE_UPGRADE_REFUSED' })
})
