import { Type, type Static } from '@sinclair/typebox'
import { Money } from './money.js'
import { OrderStatus } from './order-status.js'
import { User } from './user.js'

/** An order, with the user who placed it. */
export const Order = Type.Object({
  id: Type.Integer(),
  user: User,
  total: Money,
  status: OrderStatus,
  created_at: Type.String({ format: 'date-time' }),
  ver: Type.Integer({ description: 'grows by one with each write' })
}, { $id: 'Order' })

export type Order = Static<typeof Order>
