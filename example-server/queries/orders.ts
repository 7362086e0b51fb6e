import type { Knex } from 'knex'
import type { Order } from '../schemas/order.js'
import type { OrderStatus } from '../schemas/order-status.js'
import type { User } from '../schemas/user.js'

/** A row of `orders` beside the columns of its user, who is called `user_…` there. */
interface OrderRow {
  readonly id: number
  readonly total_minor: number
  readonly total_currency: 'EUR'
  readonly status: OrderStatus
  readonly created_at: string
  readonly ver: number
  readonly user_id: number
  readonly user_full_name: string
  readonly user_email: string
  readonly user_created_at: string
  readonly user_ver: number
}

/** Which orders of the list are wanted. */
export interface OrderFilter {
  readonly limit: number
  readonly after?: number
  readonly status?: readonly OrderStatus[]
  readonly userId?: number
}

type Fields = Partial<Pick<Order, 'total' | 'status'>>

export async function listOrders (knex: Knex, { limit, after = 0, status, userId }: OrderFilter): Promise<Order[]> {
  const rows = await selectOrders(knex)
    .where('orders.id', '>', after)
    .modify((query) => {
      if (status !== undefined) query.whereIn('orders.status', status)
      if (userId !== undefined) query.where('orders.user_id', userId)
    })
    .orderBy('orders.id').limit(limit)
  return rows.map(toOrder)
}

export async function findOrder (knex: Knex, id: number): Promise<Order | undefined> {
  const row = await selectOrders(knex).where('orders.id', id).first()
  return row === undefined ? undefined : toOrder(row)
}

/** @returns the id of the new order */
export async function insertOrder (knex: Knex, user: User, fields: Fields): Promise<number> {
  const [row] = await knex('orders').insert({ user_id: user.id, ...toColumns(fields) }).returning('id')
  return row.id
}

/** @returns whether there is such an order */
export async function updateOrder (knex: Knex, id: number, fields: Fields): Promise<boolean> {
  return await knex('orders').where({ id }).update({ ...toColumns(fields), ver: knex.raw('ver + 1') }) === 1
}

function selectOrders (knex: Knex): Knex.QueryBuilder<OrderRow, OrderRow[]> {
  return knex('orders').join('users', 'users.id', 'orders.user_id').select(
    'orders.id', 'orders.total_minor', 'orders.total_currency', 'orders.status', 'orders.created_at', 'orders.ver',
    'users.id as user_id', 'users.full_name as user_full_name', 'users.email as user_email',
    'users.created_at as user_created_at', 'users.ver as user_ver')
}

function toOrder (row: OrderRow): Order {
  return {
    id: row.id,
    user: { id: row.user_id, full_name: row.user_full_name, email: row.user_email, created_at: row.user_created_at, ver: row.user_ver },
    total: { amount_minor: row.total_minor, currency: row.total_currency },
    status: row.status,
    created_at: row.created_at,
    ver: row.ver
  }
}

function toColumns ({ total, status }: Fields) {
  return { total_minor: total?.amount_minor, total_currency: total?.currency, status }
}
