import { Type, type Static } from '@sinclair/typebox'

/** Somebody who orders. */
export const User = Type.Object({
  id: Type.Integer(),
  full_name: Type.String(),
  email: Type.String({ format: 'email', maxLength: 254 }),
  created_at: Type.String({ format: 'date-time' }),
  ver: Type.Integer({ description: 'grows by one with each write' })
}, { $id: 'User' })

export type User = Static<typeof User>
