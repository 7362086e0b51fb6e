import fp from 'fastify-plugin'
import type { FastifyInstance } from 'fastify'
import type { Knex } from 'knex'
import { messageOf } from './caught.js'
import { spanning, type SpanningOptions } from './data/knex/spanning.js'

declare module 'fastify' {
  interface FastifyInstance {
    /** speaks head columns in every phase */
    knex: Knex
  }
}

async function decorateKnex (app: FastifyInstance, options: SpanningOptions): Promise<void> {
  const { knex, start, stop } = await spanning(options, (error) => app.log.error({ err: error }, `vintage: ${messageOf(error)}`))
  app.decorate('knex', knex)
  app.addHook('onReady', start)
  app.addHook('onClose', stop)
}

/**
 * Fastify plugin: `app.knex` is an ordinary knex instance that speaks head columns in every phase of every transition.
 *
 * The app does not become ready while the database and this build do not fit (FST_ERR_VINTAGE_REFUSED_…).
 *
 * @example
 * await app.register(vintageKnex, { knex: { client: 'pg', connection }, versions: new URL('./versions/', import.meta.url) })
 * await app.knex('users').where({ full_name: 'Ada Lovelace' }).first()
 */
export const vintageKnex = fp(decorateKnex, { fastify: '5.x', name: 'fastify-vintage-knex' })

export default vintageKnex
export { vintageKnex as 'module.exports' }
export { spanning, type Spanning, type SpanningOptions } from './data/knex/spanning.js'
export { transition, type ForeignKeyDefinition, type IndexDefinition, type Transition, type TransitionDefinition } from './data/transition.js'
export { online, type Online, type OnlineOptions } from './data/online/online.js'
export type { OnlineEvent } from './data/online/events.js'
