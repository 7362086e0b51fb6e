import Fastify, { type FastifyInstance } from 'fastify'
import { shop, type ShopOptions } from './app.js'

/** Where and how to listen. */
export interface ServeOptions extends ShopOptions {
  readonly host: string
  /** 0: any that is free */
  readonly port: number
  /** @default 'warn' */
  readonly logLevel?: string
}

/** Starts the shop. @returns the app and the URL at which it answers */
export async function serve ({ host, port, logLevel = 'warn', ...options }: ServeOptions): Promise<{ app: FastifyInstance, url: string }> {
  const app = Fastify({ logger: { level: logLevel }, forceCloseConnections: 'idle' })
  try {
    await app.register(shop, options)
    return { app, url: await app.listen({ host, port }) }
  } catch (error) {
    await app.close()
    throw error
  }
}
