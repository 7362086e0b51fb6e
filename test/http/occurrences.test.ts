import { Type } from '@sinclair/typebox'
import t from 'tap'
import { change, mapEnum, rename } from 'fastify-vintage'
import { C1, User, V0, V1, ada, at, buildApp } from './shop.js'

const old = { id: 1, nick: 'ada', full_name: 'Ada Lovelace' }
const versions = { [V0]: [], [V1]: [C1] }
const Other = Type.Object({ other: Type.Integer() }, { $id: 'Other' })

t.test('A12 references in all forms, with and without addSchema, hold what a change reaches', async (t) => {
  const app = await buildApp(t, { versions })
  app.addSchema({ ...User, $id: 'User' })
  app.addSchema({ $id: 'lib', definitions: { owner: { $ref: 'User#' } } })
  app.addSchema({ $id: 'Team', type: 'object', properties: { lead: { $ref: 'User#' }, members: { type: 'array', items: { $ref: 'User' } } } })
  const within = (user: object, definitions: object = {}) => ({ type: 'object', properties: { user }, ...definitions })
  const forms: ReadonlyArray<readonly [string, object, (user: object) => object]> = [
    ['/hash', { $ref: 'User#' }, (user) => user],
    ['/bare', within({ $ref: 'User' }), (user) => ({ user })],
    ['/pointer', within({ $ref: 'lib#/definitions/owner' }), (user) => ({ user })],
    ['/local', within({ $ref: '#/definitions/user' }, { definitions: { user: { $ref: 'User#' } } }), (user) => ({ user })],
    ['/inline', within({ $ref: '#/$defs/mine' }, { $defs: { mine: within({ $ref: 'User#' }) } }), (user) => ({ user: { user } })],
    ['/nested', { $ref: 'Team#' }, (user) => ({ lead: user, members: [user] })],
    ['/part', within({ $ref: 'Team#/properties/members' }), (user) => ({ user: [user, user] })]
  ]
  for (const [url, schema, make] of forms) app.post(url, { schema: { body: schema, response: { 200: schema } } }, async ({ body }, reply) => reply.header('x-got', JSON.stringify(body)).send(make(ada)))
  for (const [url, , make] of forms) {
    const answer = await app.inject({ method: 'POST', url, ...at(V0), payload: make(old) })
    t.same(answer.json(), make(old), url)
    t.same(JSON.parse(String(answer.headers['x-got'])), make(ada), `${url}, what the handler gets`)
    t.same((await app.inject({ method: 'POST', url, ...at(V1), payload: make(ada) })).json(), make(ada))
  }
})

t.test('A12 unions with, without and with a renamed discriminator, allOf, and trees, in requests and responses', async (t) => {
  const Kind = Type.Object({ kind: Type.Literal('user'), login: Type.String() }, { $id: 'Kind' })
  const Text = Type.Object({ kind: Type.Literal('text'), text: Type.String() }, { $id: 'Text' })
  const Shape = Type.Object({ form: Type.Union([Type.Literal('round'), Type.Literal('flat')]), size: Type.Integer() }, { $id: 'Shape' })
  const Tree = Type.Unsafe<object>({ $id: 'Tree', type: 'object', required: ['label'], properties: { label: { type: 'string' }, children: { type: 'array', items: { $ref: '#' } } } })
  const app = await buildApp(t, {
    versions: {
      [V0]: [],
      [V1]: [
        C1,
        change('`type` is now `kind`', ['Kind', 'Text'], rename({ type: 'kind' })),
        change('`nick` is now `login`', 'Kind', rename({ nick: 'login' })),
        change('`name` is now `label`', 'Tree', rename({ name: 'label' })),
        change('`circular` is now `round`', 'Shape', mapEnum({ field: 'form', values: { circular: 'round' } }))
      ]
    }
  })
  const cases: ReadonlyArray<readonly [string, object, object, object]> = [
    ['/plain', Type.Union([User, Type.Null(), Type.String()]), ada, old],
    ['/discriminated', Type.Union([Kind, Text]), { kind: 'user', login: 'ada' }, { type: 'user', nick: 'ada' }],
    ['/other', Type.Union([Kind, Text]), { kind: 'text', text: 'x' }, { type: 'text', text: 'x' }],
    ['/all', Type.Intersect([User, Type.Object({ extra: Type.Integer() })]), { ...ada, extra: 1 }, { ...old, extra: 1 }],
    ['/tree', Tree, { label: 'a', children: [{ label: 'b', children: [{ label: 'c' }] }, { label: 'd' }] }, { name: 'a', children: [{ name: 'b', children: [{ name: 'c' }] }, { name: 'd' }] }],
    ['/map', Type.Record(Type.String(), Shape), { a: { form: 'round', size: 1 }, toString: { form: 'flat', size: 2 } }, { a: { form: 'circular', size: 1 }, toString: { form: 'flat', size: 2 } }],
    ['/optional', Type.Object({ user: Type.Optional(User), other: Type.Optional(Other) }), { other: { other: 1 } }, { other: { other: 1 } }]
  ]
  for (const [url, schema, head] of cases) app.post(url, { schema: { body: schema, response: { 200: schema } } }, async ({ body }, reply) => reply.header('x-got', JSON.stringify(body)).send(head))
  for (const [url, , head, older] of cases) {
    const answer = await app.inject({ method: 'POST', url, ...at(V0), payload: older })
    t.same(answer.json(), older, url)
    t.same(JSON.parse(String(answer.headers['x-got'])), head, `${url}, what the handler gets`)
    t.same((await app.inject({ method: 'POST', url, ...at(V1), payload: head })).json(), head)
  }
})
