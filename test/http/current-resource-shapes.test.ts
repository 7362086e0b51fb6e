import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { add, change, remove, rename, replace, splitEnum, variant } from 'fastify-vintage'
import { patcher } from './patcher.js'
import { V0, V1, V2, at, buildApp } from './shop.js'

const json = { 'content-type': 'application/json' }

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
