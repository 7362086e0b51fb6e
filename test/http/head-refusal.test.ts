import { Type, type TSchema } from '@sinclair/typebox'
import type { FastifyServerOptions } from 'fastify'
import t, { type Test } from 'tap'
import { change, rename, replace, type Change } from 'fastify-vintage'
import { refusalOf } from '../../src/http/head-refusal.js'
import { V0, V1, V2, at, buildApp, collectLog } from './shop.js'

interface Told { readonly pointer: string, readonly detail: string }

/** An app that takes one schema, and what a client of a version is told about its body. */
async function refuser (t: Test, schema: TSchema, versions: Record<string, Change[]>, server: FastifyServerOptions = {}) {
  const app = await buildApp(t, { versions }, server)
  let told: Told[] = []
  app.setErrorHandler(async (error: { validation?: Array<{ instancePath: string, message?: string }>, statusCode?: number, code?: string, message: string }, _request, reply) => {
    told = (error.validation ?? []).map(({ instancePath, message }) => ({ pointer: instancePath, detail: String(message) }))
    return await reply.code(error.statusCode ?? 500).send({ code: error.code, message: error.message })
  })
  app.post('/things', { schema: { body: schema, response: { 200: Type.Object({}) } } }, async () => ({}))
  return async (payload: unknown, version = V0) => {
    told = []
    const response = await app.inject({ method: 'POST', url: '/things', headers: { ...at(version).headers, 'content-type': 'application/json' }, payload: JSON.stringify(payload) })
    return { status: response.statusCode, told, body: response.json() }
  }
}

const lossy = { why: 'the newer field holds less' }

const named = replace({
  before: { first: Type.String(), last: Type.String() },
  after: { name: Type.String() },
  upgrade: ({ first, last }) => ({ name: `${first} ${last}` }),
  downgrade: ({ name }) => ({ first: name, last: '' }),
  lossy
})

t.test('A19 what a lossy change makes too long for head is a 422 that points at the fields which the client sent', async (t) => {
  const { lines, logger } = collectLog()
  const Person = Type.Object({ name: Type.String({ maxLength: 9 }) }, { $id: 'Person' })
  const post = await refuser(t, Person, { [V0]: [], [V1]: [change('one name', 'Person', named)] }, { logger })
  t.equal((await post({ first: 'Ada', last: 'King' })).status, 200)
  const { status, told, body } = await post({ first: 'Augusta', last: 'Lovelace' })
  t.equal(status, 422)
  t.equal(body.code, 'FST_ERR_VINTAGE_UNPROCESSABLE')
  t.same(told, [
    { pointer: '/first', detail: "cannot be accepted together with 'last', since what it becomes must NOT have more than 9 characters" },
    { pointer: '/last', detail: "cannot be accepted together with 'first', since what it becomes must NOT have more than 9 characters" }
  ])
  t.match(body.message, /^The body of this request is valid in version 2000-01-01, but the server no longer accepts it: `\/first` /)
  t.notMatch(JSON.stringify([body, lines]), /Augusta|\/name/)
  t.same(lines, [], 'nobody has to look after it')
})

t.test('A19 the pointer leads through lists, nested objects, maps, unions and renames of other versions', async (t) => {
  const Person = Type.Object({ name: Type.String({ maxLength: 9 }) }, { $id: 'Person' })
  const one = Type.Ref('Person')
  const Team = Type.Object({
    members: Type.Array(Person),
    lead: Type.Union([one, Type.Null()]),
    by_role: Type.Record(Type.String(), one),
    pet: Type.Optional(Type.Union([Type.Object({ kind: Type.Literal('cat') }), Type.Object({ kind: Type.Literal('human'), of: one })]))
  }, { $id: 'Team' })
  const post = await refuser(t, Team, {
    [V0]: [],
    [V1]: [change('one name', 'Person', named), change('members', 'Team', rename({ people: 'members' }))],
    [V2]: [change('lead', 'Team', rename({ boss: 'lead' }))]
  })
  const fine = { first: 'a', last: 'b' }
  const long = { first: 'far', last: 'too long' }
  const pointers = async (body: object) => {
    const { status, told } = await post({ people: [], boss: null, by_role: {}, ...body })
    return [status, ...told.map(({ pointer }) => pointer)]
  }
  t.same(await pointers({ people: [fine, long] }), [422, '/people/1/first', '/people/1/last'])
  t.same(await pointers({ boss: long }), [422, '/boss/first', '/boss/last'])
  t.same(await pointers({ by_role: { 'a/b~c': long } }), [422, '/by_role/a~1b~0c/first', '/by_role/a~1b~0c/last'])
  t.same(await pointers({ pet: { kind: 'human', of: long } }), [422, '/pet/of/first', '/pet/of/last'])
  t.same(await pointers({ people: [fine], boss: fine }), [200])
})

t.test('A19 a field that only some of the sent ones became is pointed at by those that are there', async (t) => {
  const Item = Type.Object({ label: Type.String({ maxLength: 3 }) }, { $id: 'Item' })
  const post = await refuser(t, Item, {
    [V0]: [],
    [V1]: [change('a label', 'Item', replace({
      before: { text: Type.String(), unit: Type.Optional(Type.String()) },
      after: { label: Type.String() },
      upgrade: ({ text, unit }) => ({ label: `${text}${unit ?? ''}` }),
      downgrade: ({ label }) => ({ text: label }),
      lossy
    }))]
  })
  t.same((await post({ text: 'long' })).told, [{ pointer: '/text', detail: 'cannot be accepted, since what it becomes must NOT have more than 3 characters' }])
  t.same((await post({ text: 'a', unit: 'long' })).told.map(({ pointer }) => pointer), ['/text', '/unit'])
})

t.test('A19 a member that head requires or refuses is said without head\'s name for it', async (t) => {
  const Box = Type.Object({ size: Type.Object({ secret_width: Type.Integer() }, { additionalProperties: false }) }, { $id: 'Box' })
  const versions = (size: object) => ({
    [V0]: [],
    [V1]: [change('a size', 'Box', replace({ before: { width: Type.Integer() }, after: { size: Type.Unsafe<object>({}) }, upgrade: () => ({ size }), downgrade: () => ({ width: 1 }), lossy }))]
  })
  const required = await (await refuser(t, Box, versions({})))({ width: 1 })
  t.match(required, { status: 422, told: [{ pointer: '/width', detail: 'cannot be accepted, since what it becomes must have all that is required' }] })
  const more = await (await refuser(t, Box, versions({ secret_width: 1, other: 2 }), { ajv: { customOptions: { removeAdditional: false } } }))({ width: 1 })
  t.match(more, { status: 422, told: [{ pointer: '/width', detail: 'cannot be accepted, since what it becomes must be a value that is still accepted' }] })
  t.notMatch(JSON.stringify([required, more]), /secret/)
})

t.test('A19 a formatter of the app makes the 422, and its own code and status stand', async (t) => {
  const Person = Type.Object({ name: Type.String({ maxLength: 3 }) }, { $id: 'Person' })
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('one name', 'Person', named)] } })
  const route = { schema: { body: Person, response: { 200: Type.Object({}) } } }
  app.post('/a', { ...route, schemaErrorFormatter: (errors, part) => new Error(`${part}: ${errors.length}`) }, async () => ({}))
  app.post('/b', { ...route, schemaErrorFormatter: () => Object.assign(new Error('own'), { statusCode: 400, code: 'OWN' }) }, async () => ({}))
  const post = async (url: string) => (await app.inject({ method: 'POST', url, ...at(V0), payload: { first: 'a', last: 'bcd' } })).json()
  t.match(await post('/a'), { statusCode: 422, code: 'FST_ERR_VINTAGE_UNPROCESSABLE' })
  t.match(await post('/b'), { statusCode: 400, code: 'OWN', message: 'own' })
})

t.test('A19 attachValidation hands a 422 to the handler like any other', async (t) => {
  const Person = Type.Object({ name: Type.String({ maxLength: 3 }) }, { $id: 'Person' })
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('one name', 'Person', named)] } })
  app.post('/a', { attachValidation: true, schema: { body: Person, response: { 200: Type.Object({ invalid: Type.String() }) } } }, async ({ validationError }) => ({ invalid: String(Object(validationError).code) }))
  t.same((await app.inject({ method: 'POST', url: '/a', ...at(V0), payload: { first: 'a', last: 'bcd' } })).json(), { invalid: 'FST_ERR_VINTAGE_UNPROCESSABLE' })
})

t.test('A19 a place that the client has not sent is told by the nearest one that it has', async (t) => {
  const shape = {
    schema: {},
    version: V0,
    upgrade: (value: unknown) => value,
    downgrade: (value: unknown) => value,
    loads: false,
    traces: { origins: () => [{ path: ['a', 'b'], carried: true, declared: true }], dependents: () => ({}), hasHeadDefaults: false, isTold: () => true },
    unproven: null
  }
  const part = { part: 'body' as const, mediaType: null, place: 'POST /a body', shape }
  const format = () => new Error('formatted')
  const refuse = (keyword: string, params: Record<string, string>, sent: unknown = { a: {} }) =>
    refusalOf({ part, sent, upgraded: { a: {} } }, [{ keyword, params, instancePath: '/a', schemaPath: '', message: 'must be so' }], V0, format)
  t.same(refuse('required', { missingProperty: 'b' }).faults, [{ in: 'body', pointer: '#/a', detail: 'must have all that is required' }])
  t.same(refuse('unevaluatedProperties', { unevaluatedProperty: 'b' }, []).faults, [{ in: 'body', pointer: '#', detail: 'must be a value that is still accepted' }])
  t.same(refuse('propertyNames', { propertyName: 'b' }, { a: { b: 1 } }).faults, [{ in: 'body', pointer: '#/a/b', detail: 'must be a value that is still accepted' }])
  t.match(refuse('maxLength', { limit: '5' }).faults, [{ detail: 'must be so' }])
})

t.test('A19 what an asynchronous validator of head refuses is a 422 as well', async (t) => {
  const Later = Type.Object({ name: Type.String({ maxLength: 3 }) }, { $id: 'Later', $async: true })
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('one name', 'Later', named)] } })
  app.post('/later', { schema: { body: Later, response: { 200: Type.Object({}) } } }, async () => ({}))
  t.match((await app.inject({ method: 'POST', url: '/later', ...at(V0), payload: { first: 'a', last: 'bcd' } })).json(), { statusCode: 422, code: 'FST_ERR_VINTAGE_UNPROCESSABLE' })
})

t.test('A19 nobody sees head\'s shape, nor its error, of what head refuses', async (t) => {
  const Short = Type.Object({ name: Type.String({ maxLength: 3 }) }, { $id: 'Short' })
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('one name', 'Short', named)] } })
  const seen: unknown[] = []
  app.setErrorHandler(async ({ statusCode }: { statusCode?: number }, { body, validationError }, reply) => {
    seen.push(body, validationError ?? null)
    return await reply.code(statusCode ?? 500).send({})
  })
  const schema = { body: Short, response: { 200: Type.Object({}), '4xx': Type.Object({}) } }
  app.post('/short', { schema }, async () => ({}))
  app.post('/attached', { schema, attachValidation: true }, async ({ body, validationError }) => { seen.push(body, validationError?.message); return {} })
  const payload = { first: 'a', last: 'bcd' }
  for (const url of ['/short', '/attached']) await app.inject({ method: 'POST', url, ...at(V0), payload })
  t.match(seen, [payload, null, payload, /`\/first` cannot be accepted/])
  t.notMatch(JSON.stringify(seen), /name/)
})

t.test('an error that a hook of the app has left for the handler is no refusal of head', async (t) => {
  const Soft = Type.Object({ name: Type.String({ maxLength: 3 }) }, { $id: 'Soft' })
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('one name', 'Soft', named)] } })
  app.addHook('preValidation', async (request) => { Reflect.set(request, 'validationError', new Error('soft')) })
  app.post('/soft', { schema: { body: Soft, response: { 200: Type.Object({ error: Type.String() }) } } }, async ({ validationError }) => ({ error: String(validationError?.message) }))
  t.same((await app.inject({ method: 'POST', url: '/soft', ...at(V0), payload: { first: 'a', last: 'b' } })).json(), { error: 'soft' })
})
