import createError from '@fastify/error'

export const MissingKeyError = createError('UNAUTHORIZED', 'Send your API key as `authorization: Bearer <key>`.', 401)
export const UserNotFoundError = createError('USER_NOT_FOUND', 'There is no user %s.', 404)
export const OrderNotFoundError = createError('ORDER_NOT_FOUND', 'There is no order %s.', 404)
export const UnknownUserError = createError('UNKNOWN_USER', 'The order names user %s, who does not exist.', 422)
export const UserChangedError = createError('USER_CHANGED', 'User %s has been changed meanwhile: send the request again.', 409)
