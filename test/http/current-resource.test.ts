import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import t, { type Test } from 'tap'
import { add, change, remove, rename, replace, splitEnum, variant } from 'fastify-vintage'
import { User, UserPatch, V0, V1, V2, ada, adaAt, at, buildApp, collectLog } from './shop.js'

const json = { 'content-type': 'application/json' }

type State = Record<string, unknown>

/** A PATCH that shows what its handler was given, and what hooks before it saw. */
async function patcher (t: Test, current: (request: FastifyRequest) => unknown = () => ({ value: ada, token: 7 }), route: object = {}) {
  const app = await buildApp(t)
  const handled: State[] = []
  // what is given in the wrong is tried as well
  const options: object = { ...route, config: { vintage: { currentResource: current } } }
  app.patch('/users/:id', { ...options, schema: { body: UserPatch, response: { 200: User } } }, async ({ body, vintage, validationError }) => {
    handled.push({ body, token: vintage.token, ...(validationError == null ? {} : { invalid: validationError.message }) })
    return { ...ada, ...Object(body) }
  })
  const patch = async (payload: unknown, version = V0) => {
    const response = await app.inject({ method: 'PATCH', url: '/users/1', headers: { ...json, 'api-version': version }, payload: JSON.stringify(payload) })
    return { status: response.statusCode, body: response.json() }
  }
  return { app, patch, handled }
}

t.test('A20 a PATCH of one of the fields that became one keeps the others, and only what depends on it is passed on', async (t) => {
  const { patch, handled } = await patcher(t)
  t.same(await patch({ first_name: 'Augusta' }), { status: 200, body: { ...adaAt[V0], first_name: 'Augusta' } })
  t.same(await patch({ last_name: 'King' }, V1), { status: 200, body: { ...adaAt[V1], last_name: 'King' } })
  t.same(await patch({ nick: 'countess' }), { status: 200, body: { ...adaAt[V0], nick: 'countess' } })
  t.same(await patch({}), { status: 200, body: adaAt[V0] })
  t.same(await patch({ first_name: 'Augusta', last_name: 'King' }), { status: 200, body: { ...adaAt[V0], first_name: 'Augusta', last_name: 'King' } })
  t.same(await patch({ full_name: 'Eve' }, V2), { status: 200, body: { ...ada, full_name: 'Eve' } })
  t.same(handled, [
    { body: { full_name: 'Augusta Lovelace' }, token: 7 },
    { body: { full_name: 'Ada King' }, token: 7 },
    { body: { login: 'countess' }, token: undefined },
    { body: {}, token: undefined },
    { body: { full_name: 'Augusta King' }, token: undefined },
    { body: { full_name: 'Eve' }, token: undefined }
  ])
})

t.test('A20 the current resource is read after every hook of the route, once, and not for head or an invalid body', async (t) => {
  const ran: string[] = []
  const { app, patch } = await patcher(t, () => {
    ran.push('current')
    return { value: ada }
  }, { preHandler: async () => { ran.push('route') } })
  app.addHook('preHandler', async () => { ran.push('scope') })
  t.equal((await patch({ first_name: 'Augusta' })).status, 200)
  t.same(ran.splice(0), ['scope', 'route', 'current'])
  t.match(await patch({ first_name: 'x', nick: {} }), { status: 400, body: { message: /body\/nick must be string/ } })
  t.equal((await patch({ login: 'x' }, V2)).status, 200)
  t.same(ran.splice(0), ['scope', 'route'])
})

t.test('A20 what authorisation refuses reaches neither the resource nor the handler, wherever it stands', async (t) => {
  for (const hook of ['onRequest', 'preValidation', 'preHandler']) {
    let reads = 0
    const refuse = async () => { throw Object.assign(new Error('no'), { statusCode: 403 }) }
    const { patch, handled } = await patcher(t, () => { reads++ }, { [hook]: refuse })
    t.equal((await patch({ first_name: 'Augusta' })).status, 403)
    t.same([reads, handled], [0, []], hook)
  }
})

t.test('A20 hooks see the fields of head that the handler will get, and what they do to them lasts', async (t) => {
  const seen: unknown[] = []
  const { patch, handled } = await patcher(t, undefined, {
    preHandler: async (request: FastifyRequest<{ Body: State }>) => {
      seen.push({ ...request.body })
      if (request.headers['x-none'] === undefined) delete request.body.login
      request.body.id = 5
    }
  })
  await patch({ first_name: 'Augusta', nick: 'x' })
  t.same(seen, [{ login: 'x', full_name: undefined }])
  t.ok(Object.hasOwn(Object(seen[0]), 'full_name'), 'a field whose value is not known yet is there')
  t.same(handled, [{ body: { full_name: 'Augusta Lovelace', id: 5 }, token: 7 }])
})

t.test('A20 a hook may put another body in its place, and the way back may look things up', async (t) => {
  const { patch, handled } = await patcher(t, undefined, { preHandler: async (request: FastifyRequest) => { request.body = null } })
  t.match(await patch({ first_name: 'x' }), { status: 500, body: { code: 'FST_ERR_VINTAGE_UPGRADE_REFUSED' } })
  t.same(handled, [])
  const Item = Type.Object({ owner_id: Type.Integer() }, { $id: 'Item' })
  const app = await buildApp(t, {
    versions: {
      [V0]: [],
      [V1]: [change('an id', 'Item', replace({
        before: { owner: Type.String(), suffix: Type.String() },
        after: { owner_id: Type.Integer() },
        load: { key: ({ owner_id: id }) => id, many: async (ids: readonly number[]) => new Map(ids.map((id) => [id, `user${id}`])) },
        upgrade: ({ owner, suffix }) => ({ owner_id: Number(owner.slice(4) + suffix) }),
        downgrade: (_after, loaded) => ({ owner: String(loaded), suffix: '0' }),
        lossy: { why: 'it is' }
      }))]
    }
  })
  const bodies: unknown[] = []
  app.patch('/items', { config: { vintage: { currentResource: () => ({ value: { owner_id: 7 } }) } }, schema: { body: variant('ItemPatch', Item, (item) => Type.Partial(item)), response: { 200: Type.Object({}) } } }, async ({ body }) => {
    bodies.push(body)
    return {}
  })
  t.equal((await app.inject({ method: 'PATCH', url: '/items', ...at(V0), payload: { suffix: '3' } })).statusCode, 200)
  t.same(bodies, [{ owner_id: 73 }])
})

t.test('A20 a resource that is not there is a 404 of the app, and a function that gives nonsense an error of ours', async (t) => {
  const gone = await patcher(t, async () => null)
  gone.app.setNotFoundHandler(async (_request, reply) => await reply.code(404).send({ gone: true }))
  t.same(await gone.patch({ first_name: 'x' }), { status: 404, body: { gone: true } })
  for (const [given, named] of [[undefined, 'nothing'], ['x', 'string'], [ada, 'an object of `id`, `login`, `full_name`']] as const) {
    const { patch } = await patcher(t, () => given)
    t.match(await patch({ first_name: 'x' }), { status: 500, body: { code: 'FST_ERR_VINTAGE_CURRENT_RESOURCE', message: `\`config.vintage.currentResource\` of PATCH /users/:id gave ${named}: expected \`{ value, token }\`` } })
  }
  const thrown = await patcher(t, async () => { throw Object.assign(new Error('no such user'), { statusCode: 410 }) })
  t.match(await thrown.patch({ first_name: 'x' }), { status: 410, body: { message: 'no such user' } })
})

t.test('A20 what the current resource does not have either is told as fields that must come together', async (t) => {
  const { patch, handled } = await patcher(t, () => ({ value: { id: 1 } }))
  t.match(await patch({ first_name: 'x' }), { status: 400, body: { code: 'FST_ERR_VINTAGE_PARTIAL_FIELDS', message: /`first_name`, `last_name`.+`last_name` missing/ } })
  t.same(handled, [])
})

t.test('A20 a change that fails on the current resource is an error of ours, logged', async (t) => {
  const { lines, logger } = collectLog()
  const Item = Type.Object({ count: Type.Integer() }, { $id: 'Item' })
  const app = await buildApp(t, {
    versions: { [V0]: [], [V1]: [change('broken', 'Item', replace({ before: { a: Type.String(), b: Type.String() }, after: { count: Type.Integer() }, upgrade: ({ a }) => ({ count: Number(a) }), downgrade: (): { a: string, b: string } => { throw new Error('secret') } }))] }
  }, { logger })
  const ItemPatch = variant('ItemPatch', Item, (item) => Type.Partial(item))
  app.patch('/items', { config: { vintage: { currentResource: () => ({ value: { count: 1 } }) } }, schema: { body: ItemPatch, response: { 200: Type.Object({}) } } }, async () => ({}))
  const response = await app.inject({ method: 'PATCH', url: '/items', ...at(V0), payload: { a: '1' } })
  t.match(response.json(), { statusCode: 500, code: 'FST_ERR_VINTAGE_CHANGE_FAILED' })
  t.notMatch(response.body, /secret/)
  t.match(lines[0], { msg: /a change failed at PATCH \/items body/ })
})

t.test('A20 a change that fails before the resource is read is an error of ours as well, and a body that is no object waits for nothing', async (t) => {
  const { lines, logger } = collectLog()
  const Item = Type.Object({ count: Type.Integer(), sum: Type.String() }, { $id: 'Item' })
  const app = await buildApp(t, {
    versions: {
      [V0]: [],
      [V1]: [
        change('broken', 'Item', replace({ before: { a: Type.String() }, after: { count: Type.Integer() }, upgrade: (): { count: number } => { throw new Error('secret') }, downgrade: ({ count }) => ({ a: String(count) }) })),
        change('a sum', 'Item', replace({ before: { x: Type.String(), y: Type.String() }, after: { sum: Type.String() }, upgrade: ({ x, y }) => ({ sum: x + y }), downgrade: ({ sum }) => ({ x: sum, y: '' }), lossy: { why: 'it is' } }))
      ]
    }
  }, { logger })
  const bodies: unknown[] = []
  const route = { config: { vintage: { currentResource: () => ({ value: { count: 1 } }) } } }
  app.patch('/items', { ...route, schema: { body: variant('ItemPatch', Item, (item) => Type.Partial(item)), response: { 200: Type.Object({}) } } }, async () => ({}))
  app.put('/items', { ...route, schema: { body: Type.Array(Item), response: { 200: Type.Object({}) } } }, async ({ body }) => {
    bodies.push(body)
    return {}
  })
  for (const payload of [{ a: '1' }, { a: '1', x: '2' }]) t.match((await app.inject({ method: 'PATCH', url: '/items', ...at(V0), payload })).json(), { statusCode: 500, code: 'FST_ERR_VINTAGE_CHANGE_FAILED' })
  t.match(lines[0], { msg: /a change failed at PATCH \/items body/ })
  t.equal((await app.inject({ method: 'PUT', url: '/items', ...at(V0), payload: [] })).statusCode, 200)
  t.same(bodies, [[]])
})

t.test('A20 a change without the way back that a partial body needs stops the start', async (t) => {
  const Item = Type.Object({ count: Type.Integer() }, { $id: 'Item' })
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('one way', 'Item', replace({ before: { a: Type.String() }, after: { count: Type.Integer() }, upgrade: ({ a }) => ({ count: Number(a) }) }))] } })
  app.patch('/items', { config: { vintage: { currentResource: () => null } }, schema: { body: Item, response: { 200: Type.Object({}) } } }, async () => ({}))
  await t.rejects(async () => await app.ready(), { code: 'FST_ERR_VINTAGE_MISFIT', message: /has no `downgrade` function; PATCH \/items body carries `Item`/ })
})

t.test('A20 nested objects are completed field by field, null removes, and dates are as the client would see them', async (t) => {
  const Address = Type.Partial(Type.Object({ town: Type.String(), zip: Type.Union([Type.Null(), Type.String()]), seen: Type.String({ format: 'date-time' }) }), { $id: 'Address' })
  const Person = Type.Object({
    name: Type.String(),
    nick: Type.Union([Type.Null(), Type.String()]),
    address: Type.Union([Address, Type.Null()]),
    when: Type.String(),
    state: Type.Union([Type.Literal('new'), Type.Literal('seen')]),
    tags: Type.Array(Type.String()),
    extra: Type.Record(Type.String(), Type.String()),
    locale: Type.String()
  }, { $id: 'Person' })
  const PersonPatch = variant('PersonPatch', Person, (person) => Type.Partial(person))
  const app = await buildApp(t, {
    versions: {
      [V0]: [],
      [V1]: [
        change('a town', 'Address', rename({ city: 'town' })),
        change('no fax', 'Person', remove({ before: { fax: Type.String() }, value: { fax: '' } })),
        change('a locale', 'Person', add({ after: { locale: Type.String() }, value: { locale: 'en' } })),
        change('when', 'Person', replace({
          before: { day: Type.String(), hour: Type.Optional(Type.Integer()) },
          after: { when: Type.String() },
          upgrade: ({ day, hour }) => ({ when: hour === undefined ? day : `${day}T${hour}` }),
          downgrade: ({ when }) => ({ day: when.slice(0, 10), ...(when.length > 10 ? { hour: Number(when.slice(11)) } : {}) })
        }))
      ],
      [V2]: [change('states', 'Person', splitEnum({ field: 'state', value: 'open', into: ['new', 'seen'], write: 'new' })), change('nick', 'Person', rename({ alias: 'nick' }))]
    }
  })
  const value = Object.freeze({ name: 'Ada', nick: 'a', address: Object.freeze({ town: 'London', zip: null, seen: new Date(0) }), when: '1815-12-10T7', state: 'seen', tags: ['x'], extra: { a: 'b' }, locale: 'de' })
  const bodies: unknown[] = []
  app.patch('/person', { config: { vintage: { currentResource: () => ({ value }) } }, schema: { body: PersonPatch, response: { 200: Type.Object({}) } } }, async ({ body }) => {
    bodies.push(body)
    return {}
  })
  const patch = async (payload: object, version = V0) => {
    const response = await app.inject({ method: 'PATCH', url: '/person', ...at(version), payload })
    return response.statusCode === 200 ? bodies.pop() : response.json()
  }
  t.same(await patch({ address: { city: 'Paris' } }), { address: { town: 'Paris' } })
  t.same(await patch({ address: { city: 'Paris', zip: '1', seen: '2020-01-01T00:00:00Z' } }), { address: { town: 'Paris', zip: '1', seen: '2020-01-01T00:00:00Z' } })
  t.same(await patch({ address: null }), { address: null })
  t.same(await patch({ alias: null }), { nick: null })
  t.same(await patch({ hour: 9 }), { when: '1815-12-10T9' })
  t.same(await patch({ day: '1815-12-11' }), { when: '1815-12-11T7' })
  t.same(await patch({ state: 'open' }), { state: 'new' })
  t.same(await patch({ tags: [], extra: { c: 'd' } }), { tags: [], extra: { c: 'd' } })
  t.same(await patch({ fax: '1' }), {}, 'a removed field changes nothing')
  t.same(await patch({ locale: 'fr' }), {}, 'a field of head is not smuggled in')
  t.same(await patch({ nick: 'x' }, V1), {}, 'nor one that another version renames')
  t.same(await patch({ unknown: 1, day: '1815-12-11' }), { unknown: 1, when: '1815-12-11T7' })
})

t.test('A20 names of prototypes, lists for objects and deep nesting do no harm', async (t) => {
  const { app, handled } = await patcher(t)
  const raw = async (payload: string) => (await app.inject({ method: 'PATCH', url: '/users/1', headers: { ...json, 'api-version': V0 }, payload })).statusCode
  t.equal(await raw('{"__proto__":{"first_name":"x"}}'), 400)
  t.equal(await raw('{"constructor":{"prototype":{"x":1}}}'), 400)
  t.equal(await raw('{"toString":"x","hasOwnProperty":1}'), 200)
  t.same(Object.keys(Object(handled[0]?.body)), ['toString', 'hasOwnProperty'])
  for (const payload of ['[]', '"s"', '0', 'null', '[{"first_name":"x"}]']) t.equal(await raw(payload), 400, payload)
  const deep = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
  t.equal(await raw(`{"a":${deep}}`), 200, 'nobody looks into it')
  t.equal(await raw(`{"first_name":"x","a":${deep}}`), 400)
  t.equal(Reflect.get({}, 'x'), undefined)
})

t.test('A20 attachValidation, bodies by media type, and what head refuses in the end', async (t) => {
  const attached = await patcher(t, undefined, { attachValidation: true })
  await attached.patch({ nick: [], first_name: {} })
  t.match(attached.handled, [{ invalid: /body\/nick must be string/ }])
  const Short = Type.Object({ name: Type.String({ maxLength: 5 }) }, { $id: 'Short' })
  const ShortPatch = variant('ShortPatch', Short, (short) => Type.Partial(short))
  const app = await buildApp(t, {
    versions: { [V0]: [], [V1]: [change('one name', 'Short', replace({ before: { first: Type.String(), last: Type.String() }, after: { name: Type.String() }, upgrade: ({ first, last }) => ({ name: first + last }), downgrade: ({ name }) => ({ first: name, last: '' }), lossy: { why: 'it is' } }))] }
  })
  const bodies: unknown[] = []
  const route = { config: { vintage: { currentResource: () => ({ value: { name: 'abcd' } }) } } }
  const handler = async (request: FastifyRequest) => {
    bodies.push(request.validationError?.message ?? request.body)
    return {}
  }
  app.patch('/short', { ...route, schema: { body: { content: { 'application/json': { schema: ShortPatch } } }, response: { 200: Type.Object({}) } } }, handler)
  app.patch('/attached', { ...route, attachValidation: true, schema: { body: ShortPatch, response: { 200: Type.Object({}) } } }, handler)
  const patch = async (last: string, url = '/short') => (await app.inject({ method: 'PATCH', url, headers: { ...json, 'api-version': V0 }, payload: { last } })).json()
  t.same(await patch('e'), {})
  t.same(await patch('f'), {})
  t.match(await patch('efg'), { statusCode: 422, code: 'FST_ERR_VINTAGE_UNPROCESSABLE', message: /`\/last` cannot be accepted/ })
  t.same(await patch('efg', '/attached'), {})
  t.match(bodies, [{ name: 'abcde' }, { name: 'abcdf' }, /`\/last` cannot be accepted/])
})

t.test('A20 a change whose function fails on a whole patch is our failure, and no reason to look at the resource', async (t) => {
  let reads = 0
  const { lines, logger } = collectLog()
  const app = await buildApp(t, {
    versions: {
      [V0]: [],
      [V1]: [change('`login` is lower case', 'User', replace({
        before: { nick: Type.String() },
        after: { login: Type.String() },
        upgrade ({ nick }) { throw new TypeError(`no ${nick}`) },
        downgrade: ({ login }) => ({ nick: login })
      }))]
    }
  }, { logger })
  app.patch('/users', { config: { vintage: { currentResource: async () => { reads++; return { value: ada } } } }, schema: { body: UserPatch, response: { 200: User } } }, async () => ada)
  t.equal((await app.inject({ method: 'PATCH', url: '/users', headers: { ...json, 'api-version': V0 }, payload: JSON.stringify({ nick: 'secret' }) })).statusCode, 500)
  t.equal(reads, 0)
  t.match(lines[0], { msg: /a change failed at PATCH \/users body/ })
})

t.test('A20 part of a member of a union is completed as well', async (t) => {
  const Cat = Type.Object({ kind: Type.Literal('cat'), name: Type.String() }, { $id: 'Cat' })
  const Dog = Type.Object({ kind: Type.Literal('dog'), bark: Type.String() }, { $id: 'Dog' })
  const CatPatch = variant('CatPatch', Cat, ({ properties: { kind, name } }) => Type.Object({ kind, name: Type.Optional(name) }))
  const app = await buildApp(t, {
    versions: {
      [V0]: [],
      [V1]: [change('`name` replaces two', 'Cat', replace({
        before: { first: Type.String(), last: Type.String() },
        after: { name: Type.String() },
        upgrade: ({ first, last }) => ({ name: `${first} ${last}` }),
        downgrade: ({ name }) => ({ first: name.split(' ')[0] ?? '', last: name.split(' ')[1] ?? '' })
      }))]
    }
  })
  const config = { vintage: { currentResource: async () => ({ value: { pet: { kind: 'cat', name: 'Tom Cat' } } }) } }
  app.patch('/owners/:id', { config, schema: { body: Type.Object({ pet: Type.Optional(Type.Union([CatPatch, Dog])) }), response: { 204: Type.Null() } } }, async ({ body }, reply) => await reply.code(204).header('x-body', JSON.stringify(body)).send())
  const { headers } = await app.inject({ method: 'PATCH', url: '/owners/1', headers: { ...json, 'api-version': V0 }, payload: JSON.stringify({ pet: { kind: 'cat', first: 'Felix' } }) })
  t.equal(headers['x-body'], '{"pet":{"kind":"cat","name":"Felix Cat"}}')
})
