import { Type } from '@sinclair/typebox'
import { variant } from 'fastify-vintage'
import { Order } from './order.js'

/** What a client sends to place an order. */
export const NewOrder = variant('NewOrder', Order, (order) => Type.Composite([
  Type.Object({ user_id: Type.Integer({ minimum: 1 }) }),
  Type.Omit(order, ['id', 'user', 'status', 'created_at', 'ver'])
], { additionalProperties: false }))
