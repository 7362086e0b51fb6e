import Fastify from 'fastify'
import { defineConfig } from 'fastify-vintage'
import { shop } from './example-server/app.js'
import { findDatabaseUrl } from './example-server/database/recorded-url.js'

export default defineConfig({
  versions: './versions/',
  migrations: './example-server/migrations/',
  connection: async () => await findDatabaseUrl(process.env),
  app: async () => {
    const app = Fastify()
    await app.register(shop, {})
    return app
  }
})
