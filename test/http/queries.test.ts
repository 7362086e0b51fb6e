import { Type, type TSchema } from '@sinclair/typebox'
import type { FastifyServerOptions } from 'fastify'
import t, { type Test } from 'tap'
import { add, change, fieldNames, mapEnum, nest, remove, rename, replace, splitEnum, type Change } from 'fastify-vintage'
import { V0, V1, V2, at, buildApp } from './shop.js'

const User = Type.Object({ id: Type.Integer(), full_name: Type.String(), created_at: Type.String(), total: Type.Integer() }, { $id: 'User' })

const history = {
  [V0]: [],
  [V1]: [change('a name', 'User', replace({ before: { first_name: Type.String(), last_name: Type.String() }, after: { full_name: Type.String() }, upgrade: ({ first_name: first, last_name: last }) => ({ full_name: first + last }), downgrade: ({ full_name: name }) => ({ first_name: name, last_name: '' }), lossy: { why: 'it is' } }))],
  [V2]: [change('`created` is now `created_at`', 'User', rename({ created: 'created_at' })), change('a total', 'User', add({ after: { total: Type.Integer() }, value: { total: 0 } }))]
}

/** An app with one list, and the query that its handler gets from a client's. */
async function lister (t: Test, query: TSchema, versions: Record<string, Change[]> = history, server: FastifyServerOptions = {}, schemas: readonly TSchema[] = [User]) {
  const app = await buildApp(t, { versions }, server)
  for (const schema of schemas) app.addSchema(schema)
  let seen: unknown
  app.get('/users', { schema: { querystring: query, response: { 200: Type.Object({}) } } }, async (request) => {
    seen = request.query
    return {}
  })
  const get = async (search: string, version = V0) => {
    seen = undefined
    const response = await app.inject({ url: `/users?${search}`, ...at(version) })
    return response.statusCode === 200 ? seen : response.json().message
  }
  return { app, get }
}

t.test('A23 a value that names fields has the names of each version', async (t) => {
  const { get } = await lister(t, Type.Object({ sort: Type.Optional(fieldNames('User', ['created_at', 'id', 'full_name', 'total'], { prefix: '-' })) }))
  t.same(await get('sort=created'), { sort: 'created_at' })
  t.same(await get('sort=-created'), { sort: '-created_at' })
  t.same(await get('sort=id'), { sort: 'id' })
  t.same(await get('sort=last_name'), { sort: 'full_name' })
  t.same(await get('sort=-first_name'), { sort: '-full_name' })
  t.same(await get('sort=created', V1), { sort: 'created_at' })
  t.same(await get('sort=-full_name', V1), { sort: '-full_name' })
  t.same(await get('sort=-total', V2), { sort: '-total' })
  t.same(await get(''), {})
  for (const [search, version] of [['sort=created_at', V0], ['sort=full_name', V0], ['sort=total', V1], ['sort=created', V2], ['sort=first_name', V1], ['sort=constructor', V0], ['sort=--id', V0], ['sort=', V0]] as const) {
    t.match(await get(search, version), /querystring\/sort must be equal to one of the allowed values/, `${search} at ${version}`)
  }
})

t.test('A23 names joined by a separator are mapped one by one, and named once', async (t) => {
  const { get } = await lister(t, Type.Object({ sort: fieldNames('User', ['created_at', 'full_name', 'id'], { prefix: '-', separator: ',', default: 'created_at,-full_name' }), fields: Type.Optional(Type.Array(fieldNames('User', ['id', 'full_name', 'created_at']))) }))
  t.same(await get('sort=created,-id'), { sort: 'created_at,-id' })
  t.same(await get('sort=-first_name,last_name,id'), { sort: '-full_name,id' })
  t.same(await get(''), { sort: 'created_at,-full_name' })
  t.same(await get('', V2), { sort: 'created_at,-full_name' })
  t.same(await get('sort=id&fields=first_name&fields=last_name&fields=created'), { sort: 'id', fields: ['full_name', 'created_at'] })
  t.same(await get('sort=id&fields=id'), { sort: 'id', fields: ['id'] })
  for (const search of ['sort=created_at', 'sort=created,', 'sort=,created', 'sort=created;id', 'sort=createdXid']) t.match(await get(search), /querystring\/sort must match pattern/, search)
  t.match(await get('sort=id&fields=full_name'), /querystring\/fields\/0 must be equal to one of the allowed values/)
})

t.test('A23 fields of fields are named by their path', async (t) => {
  const Address = Type.Object({ town: Type.String(), 'post+code': Type.String() }, { $id: 'Address' })
  const Person = Type.Object({ id: Type.Integer(), home: Type.Union([Type.Null(), Type.Ref('Address')]), place: Type.Object({ street: Type.String() }), mails: Type.Array(Type.String()) }, { $id: 'Person' })
  const { get } = await lister(t, Type.Object({ sort: fieldNames('Person', ['home.town', 'home.post+code', 'place.street', 'id'], { separator: '|', prefix: '+' }) }), {
    [V0]: [],
    [V1]: [change('a town', 'Address', rename({ city: 'town' })), change('a place', 'Person', nest({ into: 'place', fields: ['street'] }))],
    [V2]: [change('home', 'Person', rename({ house: 'home' }))]
  }, {}, [Address, Person])
  t.same(await get('sort=house.city|street'), { sort: 'home.town|place.street' })
  t.same(await get('sort=house.town|%2Bplace.street', V1), { sort: 'home.town|+place.street' })
  t.same(await get('sort=%2Bhouse.post%2Bcode'), { sort: '+home.post+code' })
  t.match(await get('sort=house.town'), /must match pattern/)
  t.match(await get('sort=homeXtown', V2), /must match pattern/)
})

t.test('A23 a response that names fields has the names of its version too', async (t) => {
  const app = await buildApp(t, { versions: history })
  app.addSchema(User)
  app.get('/sorted', { schema: { response: { 200: Type.Object({ by: fieldNames('User', ['created_at', 'full_name']), all: fieldNames('User', ['created_at', 'full_name', 'total'], { separator: ' ' }) }) } } }, async () => ({ by: 'full_name' as const, all: 'created_at total full_name' }))
  t.same((await app.inject({ url: '/sorted', ...at(V0) })).json(), { by: 'first_name', all: 'created first_name last_name' })
  t.same((await app.inject({ url: '/sorted', ...at(V2) })).json(), { by: 'full_name', all: 'created_at total full_name' })
})

t.test('A23 a version that has none of the fields takes no name, and loses the default', async (t) => {
  const { get } = await lister(t, Type.Object({ sort: Type.Optional(fieldNames('User', ['total'], { default: 'total' })), then: Type.Optional(fieldNames('User', ['id', 'total'], { default: 'total', separator: ',' })) }))
  t.same(await get(''), {})
  t.match(await get('sort=total'), /querystring\/sort must NOT be valid/)
  t.same(await get('', V2), { sort: 'total', then: 'total' })
})

t.test('A16 names that fit no field, no version or no value stop the start', async (t) => {
  for (const names of [[], ['id', 'id'], ['id', ''], ['a,b']]) t.throws(() => fieldNames('User', names, { separator: ',' }), { code: 'FST_ERR_VINTAGE_MISFIT', message: /give each name once, at least one, and none that holds the separator/ })
  const start = async (query: TSchema, versions: Record<string, Change[]> = history) => await (await lister(t, query, versions)).app.ready()
  await t.rejects(start(Type.Object({ sort: fieldNames('Usr', ['id']) })), { code: 'FST_ERR_VINTAGE_MISFIT', message: "fieldNames('Usr', …): there is no schema `Usr` at head: correct the `$id`, or let a route carry it." })
  for (const name of ['creatd', 'id.x', 'none.x', 'constructor']) {
    await t.rejects(start(Type.Object({ sort: fieldNames('User', ['id', name]) })), { code: 'FST_ERR_VINTAGE_MISFIT', message: `fieldNames('User', …): \`User\` has no field \`${name}\` at head: correct the name.` })
  }
  const split = { [V0]: [], [V1]: [change('two', 'User', replace({ before: { both: Type.String() }, after: { full_name: Type.String(), created_at: Type.String() }, upgrade: ({ both }) => ({ full_name: both, created_at: both }), downgrade: ({ full_name: both }) => ({ both }) }))] }
  const misfit = { code: 'FST_ERR_VINTAGE_MISFIT', message: /it makes \[created_at, full_name\] of `both`.+it holds one name only: give `fieldNames` a `separator`, or make it a list with room for 2; GET \/users querystring carries/ }
  await t.rejects(start(Type.Object({ sort: fieldNames('User', ['created_at', 'full_name']) }), split), misfit)
  await t.rejects(start(Type.Object({ sort: Type.Array(fieldNames('User', ['created_at', 'full_name']), { maxItems: 1 }) }), split), misfit)
  const { get } = await lister(t, Type.Object({ sort: Type.Array(fieldNames('User', ['created_at', 'full_name'])) }), split)
  t.same(await get('sort=both'), { sort: ['created_at', 'full_name'] })
})

t.test('A23 filters by renamed, mapped and split values, coerced as the app\'s ajv does it, lists for single values', async (t) => {
  const Status = Type.Union([Type.Literal('new'), Type.Literal('paid'), Type.Literal('sent')], { $id: 'Status' })
  const { get } = await lister(t, Type.Object({ status: Type.Array(Status, { default: ['new', 'sent'] }), limit: Type.Integer({ default: 5, maximum: 10 }), deep: Type.Optional(Type.Boolean()) }), {
    [V0]: [],
    [V1]: [change('states', 'Status', splitEnum({ value: 'open', into: ['new', 'paid'], write: 'new' })), change('limit', 'GET /users querystring', rename({ size: 'limit' }))],
    [V2]: [change('sent', 'Status', mapEnum({ values: { shipped: 'sent' } })), change('no page', 'GET /users querystring', remove({ before: { page: Type.Optional(Type.Integer()) } }))]
  }, {}, [])
  t.same(await get('status=open&size=3&deep=true&page=2'), { status: ['new', 'paid'], limit: 3, deep: true })
  t.same(await get('status=open&status=shipped'), { status: ['new', 'paid', 'sent'], limit: 5 })
  t.same(await get(''), { status: ['new', 'paid', 'sent'], limit: 5 }, 'the default of V0 says `open`')
  t.same(await get('', V2), { status: ['new', 'sent'], limit: 5 })
  t.match(await get('size=11'), 'querystring/size must be <= 10')
  t.match(await get('size=1&size=2'), 'querystring/size must be integer')
  t.match(await get('status=open&page=x'), 'querystring/page must be integer')
  t.same(await get('__proto__=1&constructor=x&toString=y&limit=7'), { status: ['new', 'paid', 'sent'], limit: 5, constructor: 'x', toString: 'y' })
})

t.test('A21 a default of head never reaches an older client\'s request, in none of its parts', async (t) => {
  const app = await buildApp(t, {
    versions: {
      [V0]: [],
      [V1]: [
        change('a name', 'Note', rename({ label: 'name' })),
        change('a tone', 'Note', replace({ before: { mood: Type.Optional(Type.String()) }, after: { tone: Type.Optional(Type.String({ default: 'loud' })) }, upgrade: ({ mood = '' }) => ({ tone: mood }), downgrade: ({ tone = '' }) => ({ mood: tone }) })),
        change('a size', 'POST /notes/:id querystring', rename({ count: 'size' })),
        change('deep', 'POST /notes/:id querystring', replace({ before: { flat: Type.Optional(Type.Boolean()) }, after: { deep: Type.Optional(Type.Boolean({ default: true })) }, upgrade: ({ flat }) => ({ deep: flat !== true }) }))
      ]
    }
  })
  const Note = Type.Object({ name: Type.Optional(Type.String()), tone: Type.Optional(Type.String({ default: 'loud' })), more: Type.Optional(Type.Array(Type.Object({ x: Type.Optional(Type.Integer({ default: 1 })) }))) }, { $id: 'Note' })
  const seen: unknown[] = []
  app.post('/notes/:id', {
    schema: { body: Note, querystring: Type.Object({ size: Type.Optional(Type.Integer()), deep: Type.Optional(Type.Boolean({ default: true })) }), response: { 200: Type.Object({}) } }
  }, async ({ body, query }) => {
    seen.push({ body, query })
    return {}
  })
  const post = async (version: string, search: string, payload: object) => {
    const response = await app.inject({ method: 'POST', url: `/notes/1?${search}`, ...at(version), payload })
    return response.statusCode === 200 ? seen.pop() : response.json()
  }
  for (let round = 0; round < 2; round++) {
    t.same(await post(V0, 'count=2', { label: 'a' }), { body: { name: 'a' }, query: { size: 2 } })
    t.same(await post(V0, '', { mood: 'low', more: [{}] }), { body: { tone: 'low', more: [{ x: 1 }] }, query: {} }, 'a default that both have is the older version\'s')
    t.same(await post(V1, 'size=2', { name: 'a' }), { body: { name: 'a', tone: 'loud' }, query: { size: 2, deep: true } })
    t.match(await post(V1, 'size=x', {}), { statusCode: 400, message: 'querystring/size must be integer' })
    t.match(await post(V1, '', { name: [] }), { statusCode: 400 })
  }
})
