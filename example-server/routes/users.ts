import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { UserChangedError, UserNotFoundError } from '../errors.js'
import { findUser, insertUser, listUsers, updateUser } from '../queries/users.js'
import { errorResponses } from '../schemas/error-envelope.js'
import { IdParams } from '../schemas/id-params.js'
import { NewUser } from '../schemas/new-user.js'
import { Page, PageQuery } from '../schemas/page.js'
import { UserPatch } from '../schemas/user-patch.js'
import { User } from '../schemas/user.js'
import { toPage } from './to-page.js'

export const users: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/users', {
    schema: { querystring: Type.Object(PageQuery), response: { 200: Page(User), ...errorResponses } }
  }, async ({ query }) => toPage(await listUsers(app.knex, query), query.limit))

  app.get('/users/:id', {
    schema: { params: IdParams, response: { 200: User, ...errorResponses } }
  }, async ({ params }) => {
    const user = await findUser(app.knex, params.id)
    if (user === undefined) throw new UserNotFoundError(params.id)
    return user
  })

  app.post('/users', {
    schema: { body: NewUser, response: { 201: User, ...errorResponses } }
  }, async ({ body }, reply) => await reply.code(201).send(await insertUser(app.knex, body)))

  app.patch('/users/:id', {
    // a client that knows two names may send one of them
    config: { vintage: { currentResource: async ({ params }) => await readCurrent(Number(Object(params).id)) } },
    schema: { params: IdParams, body: UserPatch, response: { 200: User, ...errorResponses } }
  }, async ({ params: { id }, body, vintage: { token } }) => {
    const user = await updateUser(app.knex, id, body, typeof token === 'number' ? token : undefined)
    if (user !== undefined) return user
    throw token === undefined ? new UserNotFoundError(id) : new UserChangedError(id)
  })

  async function readCurrent (id: number) {
    const user = await findUser(app.knex, id)
    if (user === undefined) throw new UserNotFoundError(id)
    return { value: user, token: user.ver }
  }
}
