import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { UserNotFoundError } from '../errors.js'
import { listOrders } from '../queries/orders.js'
import { findUser } from '../queries/users.js'
import { errorResponses } from '../schemas/error-envelope.js'
import { IdParams } from '../schemas/id-params.js'
import { Order } from '../schemas/order.js'
import { Page, PageQuery } from '../schemas/page.js'
import { toPage } from './to-page.js'

export const userOrders: FastifyPluginAsyncTypebox = async (app) => {
  app.get('/users/:id/orders', {
    schema: { params: IdParams, querystring: Type.Object(PageQuery), response: { 200: Page(Order), ...errorResponses } }
  }, async ({ params, query }) => {
    if (await findUser(app.knex, params.id) === undefined) throw new UserNotFoundError(params.id)
    return toPage(await listOrders(app.knex, { ...query, userId: params.id }), query.limit)
  })
}
