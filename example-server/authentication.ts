import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { findAccount, type Account } from './accounts.js'
import { MissingKeyError } from './errors.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** whose key the request bears; null before authentication has run */
    account: Account | null
  }
}

/** Knows the account by `authorization: Bearer <key>`, or refuses the request. */
export const authentication = fp(async (app: FastifyInstance) => {
  app.decorateRequest('account', null)
  app.addHook('onRequest', async (request) => {
    const [scheme, key] = request.headers.authorization?.split(' ') ?? []
    request.account = scheme?.toLowerCase() === 'bearer' && key !== undefined ? findAccount(key) : null
    if (request.account === null) throw new MissingKeyError()
  })
}, { name: 'authentication' })
