import { Type } from '@sinclair/typebox'
import { variant } from 'fastify-vintage'
import { NewUser } from './new-user.js'

/** What a client sends to change a user: the fields that change, one at least. */
export const UserPatch = variant('UserPatch', NewUser, (user) => Type.Partial(user, { additionalProperties: false, minProperties: 1 }))
