import { Type, type TSchema } from '@sinclair/typebox'
import Fastify from 'fastify'
import vintage, { behaviour, change, rename, replace, type Change } from 'fastify-vintage'
import { Order, Status, type MisfitCase } from './case.js'

interface Routes { route (url: string, response?: TSchema, more?: object): void, scope (prefix: string, schema: TSchema): void }

/** Starts an app of these routes and ends it again. */
async function start (changes: readonly Change[], addRoutes: (routes: Routes) => void): Promise<void> {
  const app = Fastify()
  try {
    await app.register(vintage, { versions: { '2024-01-01': [], '2025-01-01': [...changes] }, default: '2024-01-01' })
    addRoutes({
      route: (url, response, more = {}) => { app.get(url, { schema: { ...(response === undefined ? {} : { response: { 200: response } }), ...more } }, async () => null) },
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

const sized = replace({ before: { limit: Type.String({ pattern: '(' }) }, after: { size: Type.Integer() }, upgrade: ({ limit }) => ({ size: Number(limit) }) })

/** What only the app as a whole shows. */
export const appCases: readonly MisfitCase[] = [
  { wrong: 'a behaviour without a proper name', provoke: () => start([behaviour('Checks Size', 'large files are refused')], ({ route }) => route('/orders', Order)) },
  { wrong: 'uncovered routes, all at once', provoke: () => start([], ({ route }) => { route('/orders'); route('/users'); route('/covered', Order) }) },
  { wrong: 'two scopes with one `$id` for two schemas', provoke: () => start([], ({ scope }) => { scope('/a', Status); scope('/b', Type.String({ $id: 'Status' })) }) },
  { wrong: 'a header written with capitals', provoke: () => start([change('tidier', 'GET /orders headers', rename({ 'X-Old': 'x-new' }))], ({ route }) => route('/orders', Order, { headers: Type.Object({ 'x-new': Type.String() }) })) },
  { wrong: 'a schema of an older version that does not compile', provoke: () => start([change('sizes are numbers', 'GET /orders querystring', sized)], ({ route }) => route('/orders', Order, { querystring: Type.Object({ size: Type.Integer() }) })) }
]
