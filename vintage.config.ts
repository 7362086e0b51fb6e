import { defineConfig } from 'fastify-vintage'
import { findDatabaseUrl } from './example-server/database/recorded-url.js'

export default defineConfig({
  versions: './versions/',
  migrations: './example-server/migrations/',
  connection: async () => await findDatabaseUrl(process.env),
  // Loaded only when it is asked for: most commands look at the database alone.
  app: async () => {
    const { default: Fastify } = await import('fastify')
    const { shop } = await import('./example-server/app.js')
    const app = Fastify()
    await app.register(shop, {})
    return app
  }
})
