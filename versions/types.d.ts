// Written by `vintage types` from the derived contracts; edits are lost.

/** The shapes of every version by `$id` and by place: `Versions['2024-01-01']['User']`. */
export interface Versions {
  '2024-01-01': V2024_01_01
  '2024-09-01': V2024_09_01
  '2025-06-01': V2025_06_01
  '2026-03-01': V2026_03_01
  '2026-11-01': V2026_11_01
}

export interface V2024_01_01 {
  ErrorEnvelope: {
    error: {
      code: string
      message: string
    }
  }
  NewOrder: {
    amount: string
    user_id: number
  }
  NewUser: {
    email: string
    first_name: string
    last_name: string
  }
  Order: {
    amount: string
    created: string
    id: number
    status: V2024_01_01['OrderStatus']
    user: V2024_01_01['User']
    ver: number
  }
  OrderPatch: {
    amount?: string
    status?: V2024_01_01['OrderStatus']
  }
  OrderStatus: 'cancelled' | 'open' | 'shipped'
  User: {
    created: string
    email: string
    first_name: string
    id: number
    last_name: string
    ver: number
  }
  UserPatch: {
    email?: string
    first_name?: string
    last_name?: string
  }
  'GET /orders 200': {
    data: Array<V2024_01_01['Order']>
    next: (number | null)
  }
  'GET /orders 4xx': V2024_01_01['ErrorEnvelope']
  'GET /orders 5xx': V2024_01_01['ErrorEnvelope']
  'GET /orders querystring': {
    after?: number
    limit: number
    status?: Array<V2024_01_01['OrderStatus']>
  }
  'GET /orders/:id 200': V2024_01_01['Order']
  'GET /orders/:id 4xx': V2024_01_01['ErrorEnvelope']
  'GET /orders/:id 5xx': V2024_01_01['ErrorEnvelope']
  'GET /orders/:id params': {
    id: number
  }
  'GET /orders/by-user/:user_id 200': {
    data: Array<V2024_01_01['Order']>
    next: (number | null)
  }
  'GET /orders/by-user/:user_id 4xx': V2024_01_01['ErrorEnvelope']
  'GET /orders/by-user/:user_id 5xx': V2024_01_01['ErrorEnvelope']
  'GET /orders/by-user/:user_id params': {
    user_id: number
  }
  'GET /orders/by-user/:user_id querystring': {
    after?: number
    limit: number
  }
  'GET /users 200': {
    data: Array<V2024_01_01['User']>
    next: (number | null)
  }
  'GET /users 4xx': V2024_01_01['ErrorEnvelope']
  'GET /users 5xx': V2024_01_01['ErrorEnvelope']
  'GET /users querystring': {
    after?: number
    limit: number
  }
  'GET /users/:id 200': V2024_01_01['User']
  'GET /users/:id 4xx': V2024_01_01['ErrorEnvelope']
  'GET /users/:id 5xx': V2024_01_01['ErrorEnvelope']
  'GET /users/:id params': {
    id: number
  }
  'PATCH /orders/:id 200': V2024_01_01['Order']
  'PATCH /orders/:id 4xx': V2024_01_01['ErrorEnvelope']
  'PATCH /orders/:id 5xx': V2024_01_01['ErrorEnvelope']
  'PATCH /orders/:id body': V2024_01_01['OrderPatch']
  'PATCH /orders/:id params': {
    id: number
  }
  'PATCH /users/:id 200': V2024_01_01['User']
  'PATCH /users/:id 4xx': V2024_01_01['ErrorEnvelope']
  'PATCH /users/:id 5xx': V2024_01_01['ErrorEnvelope']
  'PATCH /users/:id body': V2024_01_01['UserPatch']
  'PATCH /users/:id params': {
    id: number
  }
  'POST /orders 201': V2024_01_01['Order']
  'POST /orders 4xx': V2024_01_01['ErrorEnvelope']
  'POST /orders 5xx': V2024_01_01['ErrorEnvelope']
  'POST /orders body': V2024_01_01['NewOrder']
  'POST /users 201': V2024_01_01['User']
  'POST /users 4xx': V2024_01_01['ErrorEnvelope']
  'POST /users 5xx': V2024_01_01['ErrorEnvelope']
  'POST /users body': V2024_01_01['NewUser']
}

export interface V2024_09_01 extends Omit<V2024_01_01, 'Order' | 'User' | 'GET /orders 200' | 'GET /orders/:id 200' | 'GET /orders/by-user/:user_id 200' | 'GET /users 200' | 'GET /users/:id 200' | 'PATCH /orders/:id 200' | 'PATCH /users/:id 200' | 'POST /orders 201' | 'POST /users 201'> {
  Order: {
    amount: string
    created_at: string
    id: number
    status: V2024_09_01['OrderStatus']
    user: V2024_09_01['User']
    ver: number
  }
  User: {
    created_at: string
    email: string
    first_name: string
    id: number
    last_name: string
    ver: number
  }
  'GET /orders 200': {
    data: Array<V2024_09_01['Order']>
    next: (number | null)
  }
  'GET /orders/:id 200': V2024_09_01['Order']
  'GET /orders/by-user/:user_id 200': {
    data: Array<V2024_09_01['Order']>
    next: (number | null)
  }
  'GET /users 200': {
    data: Array<V2024_09_01['User']>
    next: (number | null)
  }
  'GET /users/:id 200': V2024_09_01['User']
  'PATCH /orders/:id 200': V2024_09_01['Order']
  'PATCH /users/:id 200': V2024_09_01['User']
  'POST /orders 201': V2024_09_01['Order']
  'POST /users 201': V2024_09_01['User']
}

export interface V2025_06_01 extends Omit<V2024_09_01, 'NewOrder' | 'Order' | 'OrderPatch' | 'GET /orders 200' | 'GET /orders/:id 200' | 'GET /orders/by-user/:user_id 200' | 'PATCH /orders/:id 200' | 'PATCH /orders/:id body' | 'POST /orders 201' | 'POST /orders body'> {
  NewOrder: {
    total: {
      amount_minor: number
      currency: 'EUR'
    }
    user_id: number
  }
  Order: {
    created_at: string
    id: number
    status: V2025_06_01['OrderStatus']
    total: {
      amount_minor: number
      currency: 'EUR'
    }
    user: V2025_06_01['User']
    ver: number
  }
  OrderPatch: {
    status?: V2025_06_01['OrderStatus']
    total?: {
      amount_minor: number
      currency: 'EUR'
    }
  }
  'GET /orders 200': {
    data: Array<V2025_06_01['Order']>
    next: (number | null)
  }
  'GET /orders/:id 200': V2025_06_01['Order']
  'GET /orders/by-user/:user_id 200': {
    data: Array<V2025_06_01['Order']>
    next: (number | null)
  }
  'PATCH /orders/:id 200': V2025_06_01['Order']
  'PATCH /orders/:id body': V2025_06_01['OrderPatch']
  'POST /orders 201': V2025_06_01['Order']
  'POST /orders body': V2025_06_01['NewOrder']
}

export interface V2026_03_01 extends Omit<V2025_06_01, 'Order' | 'OrderPatch' | 'OrderStatus' | 'GET /orders 200' | 'GET /orders querystring' | 'GET /orders/:id 200' | 'GET /orders/by-user/:user_id 200' | 'GET /orders/by-user/:user_id 4xx' | 'GET /orders/by-user/:user_id 5xx' | 'GET /orders/by-user/:user_id params' | 'GET /orders/by-user/:user_id querystring' | 'PATCH /orders/:id 200' | 'PATCH /orders/:id body' | 'POST /orders 201'> {
  Order: {
    created_at: string
    id: number
    status: V2026_03_01['OrderStatus']
    total: {
      amount_minor: number
      currency: 'EUR'
    }
    user: V2026_03_01['User']
    ver: number
  }
  OrderPatch: {
    status?: V2026_03_01['OrderStatus']
    total?: {
      amount_minor: number
      currency: 'EUR'
    }
  }
  OrderStatus: 'cancelled' | 'paid' | 'pending' | 'shipped'
  'GET /orders 200': {
    data: Array<V2026_03_01['Order']>
    next: (number | null)
  }
  'GET /orders querystring': {
    after?: number
    limit: number
    status?: Array<V2026_03_01['OrderStatus']>
  }
  'GET /orders/:id 200': V2026_03_01['Order']
  'GET /users/:id/orders 200': {
    data: Array<V2026_03_01['Order']>
    next: (number | null)
  }
  'GET /users/:id/orders 4xx': V2026_03_01['ErrorEnvelope']
  'GET /users/:id/orders 5xx': V2026_03_01['ErrorEnvelope']
  'GET /users/:id/orders params': {
    id: number
  }
  'GET /users/:id/orders querystring': {
    after?: number
    limit: number
  }
  'PATCH /orders/:id 200': V2026_03_01['Order']
  'PATCH /orders/:id body': V2026_03_01['OrderPatch']
  'POST /orders 201': V2026_03_01['Order']
}

export interface V2026_11_01 extends Omit<V2026_03_01, 'NewUser' | 'Order' | 'User' | 'UserPatch' | 'GET /orders 200' | 'GET /orders/:id 200' | 'GET /users 200' | 'GET /users/:id 200' | 'GET /users/:id/orders 200' | 'PATCH /orders/:id 200' | 'PATCH /users/:id 200' | 'PATCH /users/:id body' | 'POST /orders 201' | 'POST /users 201' | 'POST /users body'> {
  NewUser: {
    email: string
    full_name: string
  }
  Order: {
    created_at: string
    id: number
    status: V2026_11_01['OrderStatus']
    total: {
      amount_minor: number
      currency: 'EUR'
    }
    user: V2026_11_01['User']
    ver: number
  }
  User: {
    created_at: string
    email: string
    full_name: string
    id: number
    ver: number
  }
  UserPatch: {
    email?: string
    full_name?: string
  }
  'GET /orders 200': {
    data: Array<V2026_11_01['Order']>
    next: (number | null)
  }
  'GET /orders/:id 200': V2026_11_01['Order']
  'GET /users 200': {
    data: Array<V2026_11_01['User']>
    next: (number | null)
  }
  'GET /users/:id 200': V2026_11_01['User']
  'GET /users/:id/orders 200': {
    data: Array<V2026_11_01['Order']>
    next: (number | null)
  }
  'PATCH /orders/:id 200': V2026_11_01['Order']
  'PATCH /users/:id 200': V2026_11_01['User']
  'PATCH /users/:id body': V2026_11_01['UserPatch']
  'POST /orders 201': V2026_11_01['Order']
  'POST /users 201': V2026_11_01['User']
  'POST /users body': V2026_11_01['NewUser']
}
