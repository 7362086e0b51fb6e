import { Type } from '@sinclair/typebox'
import { variant } from 'fastify-vintage'
import { Order } from './order.js'

/** What a client sends to change an order: the fields that change, one at least. */
export const OrderPatch = variant('OrderPatch', Order, (order) => Type.Partial(
  Type.Omit(order, ['id', 'user', 'created_at', 'ver']),
  { additionalProperties: false, minProperties: 1 }
))
