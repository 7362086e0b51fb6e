import { Readable } from 'node:stream'
import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { change, replace } from 'fastify-vintage'
import { User, V0, V1, V2, ada, adaAt, at, buildApp, collectLog } from './shop.js'

const response = { 200: User }

t.test('A11 a request goes up change by change, a response comes down the other way round', async (t) => {
  const calls: string[] = []
  const mark = (name: string, before: string, after: string) => change(name, 'Thing', replace({
    before: { [before]: Type.String() },
    after: { [after]: Type.String() },
    upgrade: (fields) => { calls.push(`${name} up`); return { [after]: String(fields[before]) } },
    downgrade: (fields) => { calls.push(`${name} down`); return { [before]: String(fields[after]) } }
  }))
  const Thing = Type.Object({ e: Type.String() }, { $id: 'Thing' })
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [mark('C1', 'a', 'b')], [V2]: [mark('A', 'b', 'c'), mark('B', 'c', 'd'), mark('C', 'd', 'e')] } })
  app.post('/thing', { schema: { body: Thing, response: { 200: Thing } } }, async ({ body }) => { calls.push('handler'); return body })
  const post = async (version: string, payload: object) => {
    calls.length = 0
    t.same((await app.inject({ method: 'POST', url: '/thing', ...at(version), payload })).json(), payload)
    return calls.join(', ')
  }
  t.equal(await post(V0, { a: 'x' }), 'C1 up, A up, B up, C up, handler, C down, B down, A down, C1 down')
  t.equal(await post(V1, { b: 'x' }), 'A up, B up, C up, handler, C down, B down, A down')
  t.equal(await post(V2, { e: 'x' }), 'handler')
})

t.test('A12 a changed schema is found wherever it stands in a response', async (t) => {
  const app = await buildApp(t)
  const shapes = {
    list: [Type.Array(User), [ada]],
    page: [Type.Object({ data: Type.Array(User), next: Type.Null() }), { data: [ada], next: null }],
    nested: [Type.Object({ user: User }), { user: ada }],
    optional: [Type.Object({ user: Type.Optional(User) }), {}],
    nullable: [Type.Object({ user: Type.Union([User, Type.Null()]) }), { user: null }],
    map: [Type.Record(Type.String(), User), { ada }]
  } as const
  for (const [name, [schema, value]] of Object.entries(shapes)) app.get(`/${name}`, { schema: { response: { 200: schema } } }, async () => value)
  const get = async (name: string) => (await app.inject({ url: `/${name}`, ...at(V0) })).json()
  const old = adaAt[V0]
  t.same(await get('list'), [old])
  t.same(await get('page'), { data: [old], next: null })
  t.same(await get('nested'), { user: old })
  t.same(await get('optional'), {})
  t.same(await get('nullable'), { user: null })
  t.same(await get('map'), { ada: old })
})

t.test('A25 nothing is invented for null, an empty string, 204, 304 and HEAD', async (t) => {
  const app = await buildApp(t)
  const schema = { response: { '2xx': User, '3xx': User } }
  app.get('/null', { schema }, async () => null)
  app.get('/empty', { schema }, async () => '')
  app.get('/204', { schema }, async (_request, reply) => reply.code(204).send())
  app.get('/204-with-body', { schema }, async (_request, reply) => reply.code(204).send(ada))
  app.get('/304', { schema }, async (_request, reply) => reply.code(304).send())
  app.get('/user', { schema }, async () => ada)
  const forget = new Set(['date', 'api-version', 'content-length'])
  for (const url of ['/null', '/empty', '/204', '/204-with-body', '/304']) {
    const [old, head] = await Promise.all([V0, V2].map((version) => app.inject({ url, ...at(version) })))
    t.equal(old?.body, head?.body, url)
    t.equal(old?.statusCode, head?.statusCode)
    const [oldHeaders, headHeaders] = [old, head].map((response) => Object.entries(response?.headers ?? {}).filter(([name]) => !forget.has(name)))
    t.same(oldHeaders, headHeaders)
  }
  const [get, head] = await Promise.all(['GET', 'HEAD'].map((method) => app.inject({ method: method === 'HEAD' ? 'HEAD' : 'GET', url: '/user', ...at(V0) })))
  t.equal(head?.body, '')
  t.equal(head?.headers['content-length'], get?.headers['content-length'], 'of the old body')
  t.equal(head?.headers['api-version'], V0)
})

t.test('A26 streams, buffers and text that is no JSON are byte-identical', async (t) => {
  const app = await buildApp(t)
  const bytes = Buffer.from([0, 255, 123, 125])
  const text = JSON.stringify(ada)
  app.get('/stream', { schema: { response } }, async (_request, reply) => reply.type('application/json').send(Readable.from([bytes])))
  app.get('/buffer', { schema: { response } }, async (_request, reply) => reply.type('application/json').send(bytes))
  app.get('/text', { schema: { response } }, async () => text)
  app.get('/broken', { schema: { response } }, async (_request, reply) => reply.type('application/json').send('{"id":'))
  app.get('/null', { schema: { response } }, async (_request, reply) => reply.type('application/json').send('null'))
  t.same((await app.inject({ url: '/stream', ...at(V0) })).rawPayload, bytes)
  t.same((await app.inject({ url: '/buffer', ...at(V0) })).rawPayload, bytes)
  t.equal((await app.inject({ url: '/text', ...at(V0) })).body, text)
  t.equal((await app.inject({ url: '/broken', ...at(V0) })).body, '{"id":')
  t.equal((await app.inject({ url: '/null', ...at(V0) })).body, 'null')
})

t.test('A26 a JSON string on a changed route is downgraded for an old client', async (t) => {
  const app = await buildApp(t)
  app.addHook('onSend', async (_request, reply, payload) => { reply.header('x-bytes', String(Buffer.byteLength(String(payload)))) })
  app.get('/user', { schema: { response } }, async (_request, reply) => reply.type('application/json').send(JSON.stringify(ada)))
  app.get('/typed', { schema: { response } }, async (_request, reply) => reply.type('application/vnd.user+json').send(JSON.stringify(ada)))
  for (const url of ['/user', '/typed']) {
    const old = await app.inject({ url, ...at(V0) })
    t.same(old.json(), adaAt[V0])
    t.equal(old.headers['x-bytes'], old.headers['content-length'], 'hooks after the plugin see the old text')
    t.same((await app.inject({ url, ...at(V2) })).json(), ada)
  }
  const head = await app.inject({ method: 'HEAD', url: '/user', ...at(V0) })
  t.equal(head.headers['content-length'], String(JSON.stringify(adaAt[V0]).length))
})

t.test('A28 content-length counts the bytes of the downgraded body', async (t) => {
  const app = await buildApp(t)
  app.get('/user', { schema: { response } }, async () => ({ ...ada, full_name: 'Zoë Ångström 愛' }))
  const old = await app.inject({ url: '/user', ...at(V0) })
  t.equal(old.headers['content-length'], String(old.rawPayload.length))
  t.equal(old.json().last_name, 'Ångström 愛')
})

t.test('A29 the handler\'s object is never mutated: frozen, cached, or twice in one page', async (t) => {
  const app = await buildApp(t)
  const page = Object.freeze([ada, ada])
  app.get('/users', { schema: { response: { 200: Type.Array(User) } } }, async () => page)
  for (const version of [V0, V2, V0, V1] as const) t.same((await app.inject({ url: '/users', ...at(version) })).json(), [adaAt[version], adaAt[version]])
  t.same(ada, adaAt[V2])
})

t.test('A29 getters, toJSON and Date reach the functions as the JSON that a client would see', async (t) => {
  const Event = Type.Object({ day: Type.String({ format: 'date-time' }), title: Type.String() }, { $id: 'Event' })
  const seen: unknown[] = []
  const app = await buildApp(t, {
    versions: { [V0]: [], [V1]: [change('`label` says both', 'Event', replace({ before: { label: Type.String() }, after: { day: Type.String({ format: 'date-time' }), title: Type.String() }, upgrade: ({ label }) => ({ day: label, title: label }), downgrade: (fields) => { seen.push(fields); return { label: `${fields.day} ${fields.title}` } } }))] }
  })
  class Meeting {
    day = new Date(0)
    get title () { return 'start' }
  }
  app.get('/event', { schema: { response: { 200: Event } } }, async () => new Meeting())
  t.same((await app.inject('/event')).json(), { label: '1970-01-01T00:00:00.000Z start' })
  t.same(seen, [{ day: '1970-01-01T00:00:00.000Z', title: 'start' }])
})

t.test('A30 a downgrade that throws is an error of ours: logged with change and version, the value in no response', async (t) => {
  const { lines, logger } = collectLog()
  const Thing = Type.Object({ b: Type.String() }, { $id: 'Thing' })
  const broken = change('broken change', 'Thing', replace({ before: { a: Type.String() }, after: { b: Type.String() }, upgrade: ({ a }) => ({ b: a }), downgrade: ({ b }): { a: string } => { throw new Error(`no ${b}`) } }))
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [broken] } }, { logger })
  app.get('/thing', { schema: { response: { 200: Thing } } }, async () => ({ b: 'secret' }))
  const response = await app.inject('/thing')
  t.match(response.json(), { statusCode: 500, code: 'FST_ERR_VINTAGE_CHANGE_FAILED' })
  t.match(response.headers['content-type'], /json/)
  t.notMatch(response.body, /secret/)
  t.match(lines[0], { msg: 'fastify-vintage: a change failed at GET /thing 200', vintage: { version: V0 }, err: { message: /broken change/ } })
})

t.test('a status is looked up as Fastify does: itself, its class, default', async (t) => {
  const app = await buildApp(t)
  const Note = Type.Object({ id: Type.Integer() })
  app.get('/:status', { schema: { response: { 200: Note, '2xx': User, default: Type.Object({ user: User }) } } }, async (request, reply) => {
    const status = statusOf(request.params)
    return reply.code(status).send(status === 500 ? { user: ada } : ada)
  })
  const get = async (status: number) => (await app.inject({ url: `/${status}`, ...at(V1) })).json()
  t.same(await get(200), { id: 1 })
  t.same(await get(202), adaAt[V1])
  t.same(await get(500), { user: adaAt[V1] })
})

t.test('a response with one schema for each media type is downgraded by the one that is sent', async (t) => {
  const app = await buildApp(t)
  const content = { 'application/json': { schema: User }, 'application/hal+json': { schema: Type.Object({ data: User }) }, 'text/csv': { schema: Type.String() }, '*/*': { schema: Type.Array(User) } }
  app.get('/user', { schema: { response: { 200: { content } } } }, async (request, reply) => {
    const type = request.headers.accept ?? 'application/json'
    reply.type(type)
    if (type === 'text/csv') return 'ada'
    return type === 'application/hal+json' ? { data: ada } : type === 'application/other+json' ? [ada] : ada
  })
  const get = async (accept: string) => await app.inject({ url: '/user', headers: { 'api-version': V0, accept } })
  t.same((await get('application/json')).json(), adaAt[V0])
  t.same((await get('application/hal+json')).json(), { data: adaAt[V0] })
  t.same((await get('application/other+json')).json(), [adaAt[V0]])
  t.equal((await get('text/csv')).body, 'ada')
})

t.test('A29 what a handler gives need not be plain: frozen to the bottom, without a prototype, big integers, decimals, dates', async (t) => {
  class Decimal {
    readonly digits: string
    constructor (digits: string) { this.digits = digits }
    toJSON () { return this.digits }
  }
  const Bill = Type.Object({ id: Type.Integer(), total: Type.String(), at: Type.String({ format: 'date-time' }), lines: Type.Array(Type.Object({ sum: Type.String() })) }, { $id: 'Bill' })
  const seen: unknown[] = []
  const app = await buildApp(t, {
    versions: {
      [V0]: [],
      [V1]: [change('`summary` is taken apart', 'Bill', replace({
        before: { summary: Type.String() },
        after: { id: Type.Integer(), total: Type.String(), at: Type.String({ format: 'date-time' }), lines: Type.Array(Type.Object({ sum: Type.String() })) },
        downgrade: (fields) => {
          seen.push(fields)
          return { summary: `${fields.id} ${fields.total} ${fields.lines.length}` }
        }
      }))]
    }
  })
  const line = Object.freeze({ sum: new Decimal('1.10') })
  const bill = Object.freeze(Object.assign(Object.create(null), { id: 12n, total: new Decimal('2.20'), at: new Date(0), lines: Object.freeze([line, line]) }))
  app.get('/bill', { schema: { response: { 200: Bill } } }, async () => bill)
  app.get('/bills', { schema: { response: { 200: Type.Array(Bill) } } }, async () => Object.freeze([bill, bill]))
  t.same((await app.inject({ url: '/bill', ...at(V0) })).json(), { summary: '12 2.20 2' })
  t.same(seen, [{ id: 12, total: '2.20', at: '1970-01-01T00:00:00.000Z', lines: [{ sum: '1.10' }, { sum: '1.10' }] }], 'as JSON')
  t.same((await app.inject({ url: '/bills', ...at(V0) })).json(), [{ summary: '12 2.20 2' }, { summary: '12 2.20 2' }])
  t.equal((await app.inject({ url: '/bill', ...at(V1) })).json().id, 12)
})

t.test('A28 reply.serialize converts once in scopes below as well, whichever of them is asked first', async (t) => {
  const app = await buildApp(t)
  const schema = { response: { 200: User } }
  const route = (scope: FastifyInstance, url: string) => scope.get(url, { schema }, async (_request, reply) => {
    const toBytes: unknown = (value: unknown) => Buffer.from(JSON.stringify(value))
    return reply.send(Reflect.apply(reply.serializer, reply, [toBytes]).serialize(ada))
  })
  route(app, '/above')
  for (const prefix of ['/first', '/second']) await app.register(async (scope) => { route(scope.decorateReply('shop', ''), '/below') }, { prefix })
  for (const url of ['/first/below', '/above', '/second/below', '/first/below']) t.same((await app.inject({ url, ...at(V0) })).json(), adaAt[V0], url)
})

t.test('A28 reply.serialize writes the client\'s version, which is not converted twice', async (t) => {
  const app = await buildApp(t)
  app.get('/text', { schema: { response } }, async (_request, reply) => reply.type('application/json').send(reply.serialize(ada)))
  app.get('/null', { schema: { response } }, async (_request, reply) => reply.type('application/json').send(reply.serialize(null)))
  app.get('/own', { schema: { response } }, async (_request, reply) => reply.type('application/json').send(reply.serializer((value: unknown) => `[${JSON.stringify(value)}]`).serialize(ada)))
  app.get('/bytes', { schema: { response } }, async (_request, reply) => {
    const toBytes: unknown = (value: unknown) => Buffer.from(JSON.stringify(value))
    return reply.send(Reflect.apply(reply.serializer, reply, [toBytes]).serialize(ada))
  })
  app.get('/201', { schema: { response } }, async (_request, reply) => { reply.statusCode = 201; return reply.type('application/json').send(reply.serialize(ada)) })
  t.same((await app.inject({ url: '/text', ...at(V0) })).json(), adaAt[V0])
  t.same((await app.inject({ url: '/text', ...at(V2) })).json(), ada)
  t.equal((await app.inject({ url: '/null', ...at(V0) })).body, (await app.inject({ url: '/null', ...at(V2) })).body)
  t.same((await app.inject({ url: '/own', ...at(V0) })).body, (await app.inject({ url: '/own', ...at(V0) })).body)
  t.same((await app.inject({ url: '/bytes', ...at(V0) })).json(), adaAt[V0])
  t.match((await app.inject({ url: '/201', ...at(V0) })).json(), { code: 'FST_ERR_VINTAGE_RESPONSE_UNCOVERED' })
})

function statusOf (params: unknown): number {
  return Number(Object.assign({ status: '' }, params).status)
}
