import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from '@sinclair/typebox'
import { OrderNotFoundError, UnknownUserError } from '../errors.js'
import { findOrder, insertOrder, listOrders, updateOrder } from '../queries/orders.js'
import { findUser } from '../queries/users.js'
import { errorResponses } from '../schemas/error-envelope.js'
import { IdParams } from '../schemas/id-params.js'
import { NewOrder } from '../schemas/new-order.js'
import { OrderPatch } from '../schemas/order-patch.js'
import { OrderStatus } from '../schemas/order-status.js'
import { Order } from '../schemas/order.js'
import { Page, PageQuery } from '../schemas/page.js'
import { toPage } from './to-page.js'

const OrderQuery = Type.Object({ ...PageQuery, status: Type.Optional(Type.Array(OrderStatus)) })

export const orders: FastifyPluginAsyncTypebox = async (app) => {
  const getOrder = async (id: number): Promise<Order> => {
    const order = await findOrder(app.knex, id)
    if (order === undefined) throw new OrderNotFoundError(id)
    return order
  }

  app.get('/orders', {
    schema: { querystring: OrderQuery, response: { 200: Page(Order), ...errorResponses } }
  }, async ({ query }) => toPage(await listOrders(app.knex, query), query.limit))

  app.get('/orders/:id', {
    schema: { params: IdParams, response: { 200: Order, ...errorResponses } }
  }, async ({ params }) => await getOrder(params.id))

  app.post('/orders', {
    schema: { body: NewOrder, response: { 201: Order, ...errorResponses } }
  }, async ({ body }, reply) => {
    const user = await findUser(app.knex, body.user_id)
    if (user === undefined) throw new UnknownUserError(body.user_id)
    return await reply.code(201).send(await getOrder(await insertOrder(app.knex, user, body)))
  })

  app.patch('/orders/:id', {
    schema: { params: IdParams, body: OrderPatch, response: { 200: Order, ...errorResponses } }
  }, async ({ params, body }) => {
    if (!await updateOrder(app.knex, params.id, body)) throw new OrderNotFoundError(params.id)
    return await getOrder(params.id)
  })
}
