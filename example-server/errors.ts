import createError from '@fastify/error'

export const MissingKeyError = createError('unauthorized', 'Send your API key as `authorization: Bearer <key>`.', 401)
export const UserNotFoundError = createError('user_not_found', 'There is no user %s.', 404)
export const OrderNotFoundError = createError('order_not_found', 'There is no order %s.', 404)
export const UnknownUserError = createError('unknown_user', 'The order names user %s, who does not exist.', 422)
