import { Type } from '@sinclair/typebox'
import t from 'tap'
import { change, constrain, mapEnum, rename, replace } from 'fastify-vintage'
import { NewUser, User, UserPatch, V0, V1, V2, ada, adaAt, at, buildApp } from './shop.js'

const short = change('names are short', 'Person', constrain({ before: { name: Type.String() }, after: { name: Type.String({ maxLength: 5 }) } }))

t.test('an error of ours that nobody else answers is a problem, with the members that Fastify\'s errors have', async (t) => {
  const app = await buildApp(t)
  app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  const response = await app.inject({ url: '/user', ...at('1993-01-01') })
  t.equal(response.headers['content-type'], 'application/problem+json; charset=utf-8')
  t.equal(response.headers['content-length'], String(Buffer.byteLength(response.body)))
  const message = '`1993-01-01` is not a version of this API. Supported versions: 2000-01-01, 2001-01-01, 2002-01-01.'
  t.same(response.json(), {
    type: 'urn:problem-type:fastify-vintage:unknown-version',
    title: 'Unknown version',
    status: 400,
    detail: message,
    supported: [V0, V1, V2],
    statusCode: 400,
    code: 'FST_ERR_VINTAGE_UNKNOWN_VERSION',
    error: 'Bad Request',
    message
  })
  const head = await app.inject({ method: 'HEAD', url: '/user', ...at('1993-01-01') })
  t.equal(head.headers['content-type'], 'application/problem+json; charset=utf-8')
  t.equal(head.headers['content-length'], response.headers['content-length'])
})

t.test('errors of Fastify, of the app, and successes stay as they are, whatever they hold', async (t) => {
  const app = await buildApp(t)
  const Note = Type.Object({ code: Type.String() })
  app.post('/users', { schema: { body: NewUser, response: { 200: User } } }, async () => { throw new Error('"code":"FST_ERR_VINTAGE_FAKE') })
  app.get('/note', { schema: { response: { 200: Note, 409: Type.Object({ note: Note }) } } }, async () => ({ code: 'FST_ERR_VINTAGE_FAKE' }))
  app.get('/conflict', { schema: { response: { 200: Note } } }, async (_request, reply) => {
    reply.statusCode = 409
    return { statusCode: 409, code: 'FST_ERR_VINTAGE_FAKE', message: 'mine' }
  })
  const invalid = await app.inject({ method: 'POST', url: '/users', ...at(V0), payload: {} })
  t.same(Object.keys(invalid.json()), ['statusCode', 'code', 'error', 'message'])
  t.equal(invalid.headers['content-type'], 'application/json; charset=utf-8')
  const { id, ...payload } = adaAt[V2]
  t.same(Object.keys((await app.inject({ method: 'POST', url: '/users', ...at(V2), payload })).json()), ['statusCode', 'error', 'message'])
  t.same((await app.inject({ url: '/note', ...at(V0) })).json(), { code: 'FST_ERR_VINTAGE_FAKE' })
  t.same((await app.inject({ url: '/conflict', ...at(V2) })).json(), { statusCode: 409, code: 'FST_ERR_VINTAGE_FAKE', message: 'mine' })
})

t.test('an error handler of the app decides, and one that sends the error on gets a problem', async (t) => {
  const app = await buildApp(t)
  const route = { schema: { response: { 200: User } } }
  app.register(async (scope) => {
    scope.setErrorHandler(async (error: Error & { code?: string }, _request, reply) => await reply.code(400).send({ statusCode: 400, code: error.code, error: 'Bad Request', message: 'mine' }))
    scope.get('/own', route, async () => ada)
  })
  app.register(async (scope) => {
    scope.setErrorHandler((error, _request, reply) => { reply.send(error) })
    scope.get('/on', route, async () => ada)
  })
  t.same((await app.inject({ url: '/own', ...at('nonsense') })).json(), { statusCode: 400, code: 'FST_ERR_VINTAGE_UNKNOWN_VERSION', error: 'Bad Request', message: 'mine' })
  t.match((await app.inject({ url: '/on', ...at('nonsense') })).json(), { type: 'urn:problem-type:fastify-vintage:unknown-version', status: 400 })
})

t.test('a response schema of the status keeps its body', async (t) => {
  const app = await buildApp(t)
  const envelope = Type.Object({ code: Type.String(), message: Type.String() })
  app.get('/user', { schema: { response: { 200: User, '4xx': envelope } } }, async () => ada)
  const response = await app.inject({ url: '/user', ...at('nonsense') })
  t.same(Object.keys(response.json()), ['code', 'message'])
  t.equal(response.headers['content-type'], 'application/json; charset=utf-8')
})

t.test('problemDetails false leaves Fastify\'s own bodies', async (t) => {
  const app = await buildApp(t, { problemDetails: false })
  app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  t.same(Object.keys((await app.inject({ url: '/user', ...at('nonsense') })).json()), ['statusCode', 'code', 'error', 'message'])
  // @ts-expect-error an option with a mistake
  await t.rejects(buildApp(t, { problemDetails: 'yes' }), { code: 'FST_ERR_VINTAGE_INVALID_OPTION', message: /`problemDetails` is "yes": expected true or false/ })
})

t.test('A19 a value that only older limits allow is pointed at, in lists and below other names', async (t) => {
  const Person = Type.Object({ name: Type.String({ maxLength: 5 }), kind: Type.Optional(Type.Union([Type.Literal('a'), Type.Literal('b')])) }, { $id: 'Person' })
  const Team = Type.Object({ members: Type.Array(Person), 'a/b ~': Type.Optional(Type.Ref('Person')) }, { $id: 'Team' })
  const app = await buildApp(t, {
    versions: { [V0]: [], [V1]: [short, change('members', 'Team', rename({ people: 'members' }))], [V2]: [change('kinds', 'Person', mapEnum({ field: 'kind', values: { x: 'a' } }))] }
  })
  app.post('/teams', { schema: { body: Team, response: { 200: Type.Object({}) } } }, async () => ({}))
  const post = async (payload: object, version = V0) => (await app.inject({ method: 'POST', url: '/teams', ...at(version), payload })).json()
  t.same(await post({ people: [{ name: 'Ada' }, { name: 'Eve', kind: 'x' }] }), {})
  const problem = await post({ people: [{ name: 'Ada' }, { name: 'Augusta' }, { name: 'Eve' }], 'a/b ~': { name: 'Augusta' } })
  t.match(problem, { status: 422, code: 'FST_ERR_VINTAGE_NO_LONGER_ALLOWED', title: 'No longer allowed' })
  t.same(problem.errors, [
    { in: 'body', pointer: '#/people/1/name', detail: 'must NOT have more than 5 characters since version 2001-01-01' },
    { in: 'body', pointer: '#/a~1b%20~0/name', detail: 'must NOT have more than 5 characters since version 2001-01-01' }
  ])
  t.notMatch(JSON.stringify(problem), /Augusta/)
  t.match(await post({ members: [{ name: 'Augusta' }] }, V1), { statusCode: 400, code: 'FST_ERR_VALIDATION' })
  const many = await post({ people: Array(50).fill({ name: 'Augusta' }) })
  t.equal(many.errors.length, 20, 'no more than can be read')
})

t.test('A19 the value of a field that an earlier change maps is pointed at by its name', async (t) => {
  const Person = Type.Object({ size: Type.Union([Type.Literal('S')]) }, { $id: 'Person' })
  const app = await buildApp(t, {
    versions: {
      [V0]: [],
      [V1]: [change('sizes', 'Person', mapEnum({ field: 'size', values: { small: 'S', large: 'L' } }))],
      [V2]: [change('one size', 'Person', constrain({ before: { size: Type.Union([Type.Literal('S'), Type.Literal('L')]) }, after: { size: Type.Union([Type.Literal('S')]) } }))]
    }
  })
  app.post('/people', { schema: { body: Person, response: { 200: Type.Object({}) } } }, async () => ({}))
  const response = await app.inject({ method: 'POST', url: '/people', ...at(V0), payload: { size: 'large' } })
  t.match(response.json(), { status: 422, errors: [{ in: 'body', pointer: '#/size' }] })
})

t.test('A20 fields that must come together are pointed at by those that are there', async (t) => {
  const app = await buildApp(t)
  app.patch('/users', { schema: { body: UserPatch, response: { 200: User } } }, async () => ada)
  const problem = (await app.inject({ method: 'PATCH', url: '/users', ...at(V0), payload: { nick: 'x', first_name: 'y' } })).json()
  t.match(problem, { status: 400, code: 'FST_ERR_VINTAGE_PARTIAL_FIELDS', title: 'Partial fields' })
  t.same(problem.errors, [{ in: 'body', pointer: '#/first_name', detail: 'must come together with `last_name` since version 2002-01-01' }])
})

t.test('A19 what the current resource has, and the client has not sent, is no fault of the client', async (t) => {
  const Person = Type.Object({ name: Type.Optional(Type.String({ maxLength: 5 })), note: Type.Optional(Type.String()) }, { $id: 'Person' })
  const maybeShort = change('names are short', 'Person', constrain({ before: { name: Type.Optional(Type.String()) }, after: { name: Type.Optional(Type.String({ maxLength: 5 })) } }))
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [maybeShort], [V2]: [change('a note', 'Person', replace({ before: { a: Type.String(), b: Type.String() }, after: { note: Type.String() }, upgrade: ({ a, b }) => ({ note: a + b }), downgrade: ({ note }) => ({ a: note, b: '' }), lossy: { why: 'it is' } }))] } })
  app.patch('/people', { config: { vintage: { currentResource: () => ({ value: { name: 'Augusta', note: 'n' } }) } }, schema: { body: Person, response: { 200: Type.Object({}) } } }, async () => ({}))
  const problem = (await app.inject({ method: 'PATCH', url: '/people', ...at(V0), payload: { b: 'y' } })).json()
  t.match(problem, { status: 500, code: 'FST_ERR_VINTAGE_UPGRADE_REFUSED' })
  t.notOk('errors' in problem)
})

t.test('an error of ours is a problem for clients of head as well', async (t) => {
  const app = await buildApp(t)
  app.get('/user', { schema: { response: { 200: User } } }, async ({ vintage }) => ({ ...ada, login: String(vintage.has('nothing')) }))
  for (const version of [V0, V2]) {
    const { statusCode, headers, body } = await app.inject({ url: '/user', ...at(version) })
    t.same([statusCode, headers['content-type'], JSON.parse(body).type], [500, 'application/problem+json; charset=utf-8', 'urn:problem-type:fastify-vintage:unknown-behaviour'])
  }
})

t.test('A19 a 422 for what a lossy change made too long for head points at what the client sent', async (t) => {
  const Named = Type.Object({ name: Type.String({ maxLength: 5 }) }, { $id: 'Named' })
  const joined = change('one name', 'Named', replace({
    before: { first: Type.String(), last: Type.String() },
    after: { name: Type.String({ maxLength: 5 }) },
    upgrade: ({ first, last }) => ({ name: first + last }),
    downgrade: ({ name }) => ({ first: name, last: '' }),
    lossy: { why: 'a name does not say where its first part ends' }
  }))
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [joined] } })
  app.post('/named', { schema: { body: Named, response: { 200: Named } } }, async ({ body }) => body)
  const { statusCode, body } = await app.inject({ method: 'POST', url: '/named', ...at(V0), payload: { first: 'abc', last: 'def' } })
  t.equal(statusCode, 422)
  t.match(JSON.parse(body), { code: 'FST_ERR_VINTAGE_UNPROCESSABLE', errors: [{ in: 'body', pointer: '#/first' }, { in: 'body', pointer: '#/last' }] })
})
