import { Type, type Static } from '@sinclair/typebox'

/** How far an order has come. */
export const OrderStatus = Type.Union([
  Type.Literal('pending'),
  Type.Literal('paid'),
  Type.Literal('shipped'),
  Type.Literal('cancelled')
], { $id: 'OrderStatus' })

export type OrderStatus = Static<typeof OrderStatus>
