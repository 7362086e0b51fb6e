import { Type, type TSchema } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import vintage, { type Change, type VintageOptions } from 'fastify-vintage'

export interface Routes {
  readonly app: FastifyInstance
  /** adds a GET with this response, or without a schema of one; `more` of its schema, and of its options */
  route (url: string, response?: TSchema, more?: object, options?: object): void
  /** adds a GET at the root of a scope that has a schema of its own */
  scope (prefix: string, schema: TSchema): void
}

/** Starts an app of these routes, whose version 2025-01-01 brings these changes, and ends it again. */
export async function start (changes: readonly Change[], addRoutes: (routes: Routes) => unknown, options: Partial<VintageOptions> = {}): Promise<void> {
  const app = Fastify()
  try {
    await app.register(vintage, { versions: { '2024-01-01': [], '2025-01-01': [...changes] }, default: '2024-01-01', ...options })
    await addRoutes({
      app,
      route: (url, response, more = {}, rest = {}) => { app.get(url, { ...rest, schema: { ...(response === undefined ? {} : { response: { 200: response } }), ...more } }, async () => null) },
      scope: (prefix, schema) => {
        app.register(async (scope) => {
          scope.addSchema(schema)
          scope.get('/', { schema: { response: { 200: Type.Unsafe({ $ref: `${schema.$id}#` }) } } }, async () => null)
        }, { prefix })
      }
    })
    await app.ready()
  } finally {
    await app.close()
  }
}
