import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { change, replace, variant } from 'fastify-vintage'
import { V0, V1, at, buildApp } from './shop.js'

// in a union of both, ajv makes an empty string of null
const Text = Type.Unsafe<string | null>({ type: ['string', 'null'] })
const Person = Type.Object({ id: Type.Integer(), full_name: Text, note: Type.Optional(Type.String()) }, { $id: 'Person' })
const NewPerson = variant('NewPerson', Person, (person) => Type.Omit(person, ['id']))
const PersonPatch = variant('PersonPatch', Person, (person) => Type.Partial(Type.Omit(person, ['id'])))

/** A name that was two; null where there is none. */
async function serve (t: Test, calls: unknown[] = []) {
  const app = await buildApp(t, {
    versions: {
      [V0]: [],
      [V1]: [change('one name', 'Person', replace({
        before: { first_name: Text, last_name: Text },
        after: { full_name: Text },
        upgrade: ({ first_name, last_name }) => { calls.push([first_name, last_name]); return { full_name: `${first_name} ${last_name}` } },
        downgrade: ({ full_name }) => { calls.push(full_name); return { first_name: String(full_name).split(' ')[0] ?? '', last_name: String(full_name).split(' ')[1] ?? '' } },
        lossy: { why: 'a test' }
      }))]
    }
  })
  const answer = { response: { 200: Type.Object({ got: Type.String() }) } }
  const echo = async (request: { body: unknown }) => ({ got: JSON.stringify(request.body) })
  app.post('/people', { schema: { body: NewPerson, ...answer } }, echo)
  app.patch('/people', { schema: { body: PersonPatch, ...answer } }, echo)
  app.get('/people/:name', { schema: { response: { 200: Person } } }, async ({ params }) => {
    const { name } = Object(params)
    return { id: 1, full_name: name === 'null' ? null : 'Ada Lovelace' }
  })
  const send = async (method: 'POST' | 'PATCH', payload: object) => {
    const { statusCode, body } = await app.inject({ method, url: '/people', ...at(V0), payload })
    const { got, message } = JSON.parse(body)
    return [statusCode, got === undefined ? message : JSON.parse(got)]
  }
  return { app, send }
}

t.test('A17 all fields absent: the function is not called, and what they became is absent; required where it is required', async (t) => {
  const calls: unknown[] = []
  const { send } = await serve(t, calls)
  t.same(await send('PATCH', { note: 'x' }), [200, { note: 'x' }])
  t.same(await send('PATCH', {}), [200, {}])
  t.same(await send('POST', { note: 'x' }), [400, "body must have required property 'first_name'"])
  t.same(calls, [])
})

t.test('A17 some fields absent: a patch is told which belong together, a whole body which one is missing', async (t) => {
  const { send } = await serve(t)
  const [status, message] = await send('PATCH', { first_name: 'Ada' })
  t.equal(status, 400)
  t.match(message, /first_name.*last_name/)
  t.same(await send('POST', { first_name: 'Ada' }), [400, "body must have required property 'last_name'"])
})

t.test('A17 null passes through without a call, in both directions', async (t) => {
  const calls: unknown[] = []
  const { app, send } = await serve(t, calls)
  t.same(await send('PATCH', { first_name: null, last_name: null }), [200, { full_name: null }])
  t.same(await send('POST', { first_name: null, last_name: null }), [200, { full_name: null }])
  t.same((await app.inject({ url: '/people/null', ...at(V0) })).json(), { id: 1, first_name: null, last_name: null })
  t.same(calls, [])
  t.same((await app.inject({ url: '/people/ada', ...at(V0) })).json(), { id: 1, first_name: 'Ada', last_name: 'Lovelace' })
})

t.test('A17 a name of head in an old body is no field of it: neither taken up nor put over what the old fields became', async (t) => {
  const { send } = await serve(t)
  t.same(await send('POST', { first_name: 'Ada', last_name: 'L', full_name: 'Eve' }), [200, { full_name: 'Ada L' }])
  t.same(await send('PATCH', { full_name: 'Eve' }), [200, {}])
  t.same(await send('POST', { full_name: 'Eve' }), [400, "body must have required property 'first_name'"])
})

t.test('A17 keys that no version knows stay as they would at head', async (t) => {
  const { app, send } = await serve(t)
  t.same(await send('PATCH', { more: 1, constructor: 2 }), [200, { more: 1, constructor: 2 }])
  const head = await app.inject({ method: 'PATCH', url: '/people', ...at(V1), payload: { more: 1, constructor: 2 } })
  t.same(JSON.parse(head.json().got), { more: 1, constructor: 2 })
})
