import { Type } from '@sinclair/typebox'
import { variant } from 'fastify-vintage'
import { User } from './user.js'

/** What a client sends to create a user. */
export const NewUser = variant('NewUser', User, (user) => Type.Omit(user, ['id', 'created_at', 'ver'], { additionalProperties: false }))
