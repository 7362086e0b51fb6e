import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import vintage from 'fastify-vintage'
import vintageKnex from 'fastify-vintage/knex'
import { authentication } from './authentication.js'
import { connectionOf } from './connection.js'
import { handleError, handleNotFound } from './error-handler.js'
import { createImporter } from './import-module.js'
import { orders } from './routes/orders.js'
import { userOrders } from './routes/user-orders.js'
import { users } from './routes/users.js'

/** How to run the shop. */
export interface ShopOptions {
  /** connection URL of its Postgres; absent: routes and schemas only, to look at them without a database */
  readonly databaseUrl?: string
  /** name of this process among those that serve the shop */
  readonly instance?: string
  /** where its history lies */
  readonly versions?: URL
}

/** A small shop that knows only the newest shapes of its API and of its tables. */
export const shop = fp(async (app: FastifyInstance, options: ShopOptions) => {
  const { databaseUrl, instance = 'shop', versions = new URL('../versions/', import.meta.url) } = options
  const importModule = createImporter()
  await app.register(authentication)
  await app.register(vintage, {
    versions,
    importModule,
    default: '2024-01-01',
    pin: (request) => request.account?.apiVersion ?? null
  })
  if (databaseUrl !== undefined) {
    await app.register(vintageKnex, {
      versions,
      importModule,
      instance: { name: instance },
      knex: { client: 'pg', connection: connectionOf(databaseUrl), pool: { min: 0, max: 10 } }
    })
  }
  app.setErrorHandler(handleError)
  app.setNotFoundHandler(handleNotFound)
  await app.register(users)
  await app.register(userOrders)
  await app.register(orders)
}, { name: 'shop' })
