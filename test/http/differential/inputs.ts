import { Type } from '@sinclair/typebox'
import type { FastifyInstance } from 'fastify'

const Body = Type.Object({ id: Type.Integer(), name: Type.Optional(Type.String({ default: 'none' })) })
const echo = async ({ body }: { body: unknown }) => ({ body: body === undefined ? 'none' : body })

/** What handlers can be sent. */
export async function addInputs (app: FastifyInstance): Promise<void> {
  app.addContentTypeParser('application/x-upper', { parseAs: 'string' }, (_request, body, done) => done(null, String(body).toUpperCase()))
  app.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => body.length)
  app.post('/echo', echo)
  app.post('/body', { schema: { body: Body } }, echo)
  app.post('/attach', { schema: { body: Body }, attachValidation: true }, async (request) => ({ error: request.validationError?.message ?? null, context: request.validationError?.validationContext, body: request.body ?? null }))
  app.post('/formatted', { schema: { body: Body }, schemaErrorFormatter: (errors, part) => new Error(`${part} has ${errors.length}`) }, echo)
  app.post('/content-map', { schema: { body: { content: { 'application/json': { schema: Body }, 'text/plain': { schema: Type.String({ minLength: 3 }) } } } } }, echo)
  app.post('/validator', { schema: { body: Body }, validatorCompiler: () => (value) => Object(value).id === 1 ? { value } : { error: new Error('not one') } }, echo)
  app.post('/small', { bodyLimit: 10 }, echo)
  app.put('/body', { schema: { body: Body } }, echo)
  app.delete('/body', echo)
  app.route({ method: 'PROPFIND', url: '/found', handler: echo })
  app.get('/query', { schema: { querystring: Type.Object({ page: Type.Integer({ default: 1 }), tags: Type.Optional(Type.Array(Type.String())) }) } }, async ({ query }) => query)
  app.get('/params/:id/:name', { schema: { params: Type.Object({ id: Type.Integer(), name: Type.String() }) } }, async ({ params }) => params)
  app.get('/headers', { schema: { headers: Type.Object({ 'X-Count': Type.Integer() }) } }, async ({ headers }) => ({ count: headers['x-count'] }))
  app.post('/multipart', async (request) => {
    const file = await request.file()
    return { name: file?.filename ?? null, bytes: (await file?.toBuffer())?.length ?? 0 }
  })
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, `any ${String(body)}`))
    scope.post('/any', echo)
  })
}
