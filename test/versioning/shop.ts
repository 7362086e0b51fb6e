import { Type, type Static } from '@sinclair/typebox'
import { change } from '../../src/versioning/change.js'
import type { HeadContract } from '../../src/versioning/contracts.js'
import { historyOf } from '../../src/versioning/history.js'
import { endpointMoved } from '../../src/versioning/operations/endpoint-moved.js'
import { rename } from '../../src/versioning/operations/rename.js'
import { replace } from '../../src/versioning/operations/replace.js'
import { splitEnum } from '../../src/versioning/operations/split-enum.js'
import { variant } from '../../src/versioning/variant.js'

/** The schemas of a small shop as of its head version, and its history: the main matter of these tests. */
export const User = Type.Object({
  id: Type.Integer(),
  full_name: Type.String(),
  email: Type.Union([Type.String(), Type.Null()]),
  created_at: Type.String({ format: 'date-time' }),
  ver: Type.Integer()
}, { $id: 'User' })

export const OrderStatus = Type.Union([Type.Literal('pending'), Type.Literal('paid'), Type.Literal('shipped')], { $id: 'OrderStatus' })

export const Order = Type.Object({
  id: Type.Integer(),
  user: User,
  total: Type.Object({ amount_minor: Type.Integer(), currency: Type.Literal('EUR') }),
  status: OrderStatus,
  created_at: Type.String({ format: 'date-time' })
}, { $id: 'Order' })

export const NewUser = variant('NewUser', User, (user) => Type.Omit(user, ['id', 'created_at', 'ver']))
export const UserPatch = variant('UserPatch', NewUser, (user) => Type.Partial(user))
export const NewOrder = variant('NewOrder', Order, (order) => Type.Composite([Type.Omit(order, ['id', 'user', 'created_at']), Type.Object({ user_id: Type.Integer() })]))

export const head: HeadContract = {
  schemas: new Map(),
  places: new Map(Object.entries({
    'GET /users/:id 200': User,
    'GET /users/:id params': Type.Object({ id: Type.Integer() }),
    'GET /users 200': Type.Object({ data: Type.Array(User), next: Type.Union([Type.String(), Type.Null()]) }),
    'GET /users querystring': Type.Object({ limit: Type.Optional(Type.Integer()), full_name: Type.Optional(Type.String()) }),
    'POST /users body': NewUser,
    'POST /users 201': User,
    'PATCH /users/:id body': UserPatch,
    'GET /orders/:id 200': Order,
    'GET /orders 200': Type.Object({ data: Type.Array(Order), next: Type.Union([Type.String(), Type.Null()]) }),
    'GET /orders querystring': Type.Object({ status: Type.Optional(Type.Array(OrderStatus)) }),
    'POST /orders body': NewOrder,
    'GET /users/:id/orders 200': Type.Array(Order),
    'GET /users/:id/orders params': Type.Object({ id: Type.Integer() }),
    'GET /health 200': Type.Object({ ok: Type.Boolean() })
  }))
}

export const splitName = (name: string) => {
  const space = name.indexOf(' ')
  return space === -1 ? { first_name: name, last_name: '' } : { first_name: name.slice(0, space), last_name: name.slice(space + 1) }
}

export const history = historyOf({
  '2024-01-01': [],
  '2024-09-01': change('`created` is now `created_at`', ['User', 'Order'], rename({ created: 'created_at' })),
  '2025-06-01': change('`amount` becomes `total` in minor units', 'Order', replace({
    before: { amount: Type.String({ pattern: '^(0|[1-9]\\d{0,8})\\.\\d{2}$' }) },
    after: { total: Type.Object({ amount_minor: Type.Integer({ minimum: 0, maximum: 99_999_999_999 }), currency: Type.Literal('EUR') }) },
    upgrade: ({ amount }) => ({ total: { amount_minor: Number(amount.replace('.', '')), currency: 'EUR' as const } }),
    downgrade: ({ total }) => ({ amount: (total.amount_minor / 100).toFixed(2) })
  })),
  '2026-03-01': [
    change('`open` is now `pending` or `paid`', 'OrderStatus', splitEnum({ value: 'open', into: ['pending', 'paid'], write: 'pending' })),
    change('orders of a user are listed below the user', 'GET /users/:id/orders', endpointMoved({ from: 'GET /orders/by-user/:user_id' }))
  ],
  '2026-11-01': change('`full_name` replaces `first_name` and `last_name`', ['User', 'GET /users querystring'], replace({
    before: { first_name: Type.String(), last_name: Type.String() },
    after: { full_name: Type.String() },
    upgrade: ({ first_name, last_name }) => ({ full_name: `${first_name} ${last_name}`.trim() }),
    downgrade: ({ full_name }) => splitName(full_name),
    lossy: { why: 'full_name does not say where the first name ends' }
  }), { transition: 'users.full_name' })
})

export type HeadUser = Static<typeof User>
export type HeadOrder = Static<typeof Order>
