import { createJiti } from 'jiti'
import * as main from 'fastify-vintage'
import * as data from 'fastify-vintage/knex'

/**
 * Makes an `import()` that reads TypeScript on any Node. Only for running from source: a build has `.js` version files,
 * and needs none.
 */
export function createImporter (): (url: string) => Promise<unknown> {
  const jiti = createJiti(import.meta.url, {
    interopDefault: false,
    fsCache: false,
    virtualModules: { 'fastify-vintage': { ...main, __esModule: true }, 'fastify-vintage/knex': { ...data, __esModule: true } }
  })
  return async (url) => await jiti.import(url)
}
