import { Type } from '@sinclair/typebox'
import t from 'tap'
import { change, remove, rename } from 'fastify-vintage'
import { NewUser, User, V0, V1, at, buildApp } from './shop.js'

t.test('A12 a variant registered with addSchema, of which Fastify keeps a clone, follows the changes on its base', async (t) => {
  const app = await buildApp(t, {
    versions: {
      [V0]: [],
      [V1]: [change('`nick` is now `login`', 'User', rename({ nick: 'login' })), change('no faxes', 'User', remove({ before: { fax: Type.String() }, value: { fax: '' } }))]
    }
  })
  app.addSchema(User)
  app.addSchema(NewUser)
  app.post('/users', { schema: { body: Type.Unsafe({ $ref: 'NewUser#' }), response: { 201: Type.Ref('User') } } }, async (request, reply) => {
    reply.status(201)
    return { id: 1, ...Object(request.body) }
  })
  const post = async (body: object, version: string) => await app.inject({ method: 'POST', url: '/users', payload: body, ...at(version) })
  const older = await post({ nick: 'ada', full_name: 'Ada Lovelace', fax: '1' }, V0)
  t.same(older.json(), { id: 1, nick: 'ada', full_name: 'Ada Lovelace', fax: '' })
  t.equal((await post({ nick: 'ada', full_name: 'Ada Lovelace' }, V0)).statusCode, 400, 'what the base required before it was removed is required of the variant')
  t.same((await post({ login: 'ada', full_name: 'Ada Lovelace' }, V1)).json(), { id: 1, login: 'ada', full_name: 'Ada Lovelace' })
})
