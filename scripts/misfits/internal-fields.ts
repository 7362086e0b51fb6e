import { Type } from '@sinclair/typebox'
import { internal } from 'fastify-vintage'
import type { MisfitCase } from './case.js'
import { start, type Routes } from './start.js'

const Account = Type.Object({ id: Type.Integer(), code: internal(Type.String()) }, { $id: 'Account' })
const Open = Type.Object({ code: internal(Type.String()) }, { $id: 'Open', additionalProperties: true })

async function setSchemaLater ({ app }: Routes): Promise<void> {
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => { route.schema = { response: { 200: Account } } })
    scope.get('/account', { schema: { response: { 200: Account } } }, async () => null)
  })
}

async function setBucketLater ({ app }: Routes): Promise<void> {
  await app.register(async (scope) => {
    const schemas: Record<string, unknown> = {}
    scope.setSchemaController({ bucket: () => ({ add: (schema) => { schemas[String(Object(schema).$id)] = schema; return scope }, getSchema: (id) => schemas[id], getSchemas: () => schemas }) })
    scope.addSchema(Account)
    scope.get('/account', { schema: { response: { 200: Type.Ref('Account') } } }, async () => null)
  })
}

/** What would show internal fields to clients of head. */
export const internalFieldCases: readonly MisfitCase[] = [
  { wrong: 'an internal field beside any other key', provoke: () => start([], ({ route }) => route('/open', Open)) },
  { wrong: 'a schema that a later listener sets', provoke: () => start([], setSchemaLater) },
  { wrong: 'a scope that keeps its schemas elsewhere', provoke: () => start([], setBucketLater) }
]
