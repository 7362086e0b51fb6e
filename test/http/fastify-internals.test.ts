import Fastify from 'fastify'
import t from 'tap'
import { findSymbol, hasOwnSerializer, hasReplySerializer, readCompilerOptions, readSchemaErrorFormatter } from '../../src/http/fastify-internals.js'

t.test('what Fastify keeps is found in the scope that set it, and in scopes below', async (t) => {
  const app = Fastify({ ajv: { customOptions: { coerceTypes: false } }, serializerOpts: { rounding: 'ceil' } })
  t.teardown(() => app.close())
  const format = () => new Error('formatted')
  app.register(async (scope) => {
    t.notOk(readSchemaErrorFormatter(scope))
    t.notOk(hasReplySerializer(scope))
    scope.setSchemaErrorFormatter(format)
    scope.setReplySerializer(() => '')
    scope.register(async (below) => {
      t.equal(readSchemaErrorFormatter(below)?.([], 'body').message, 'formatted')
      t.ok(hasReplySerializer(below))
      t.match(readCompilerOptions(below), { ajv: { customOptions: { coerceTypes: false } }, serializer: { rounding: 'ceil' } })
    })
  })
  app.get('/', async (_request, reply) => {
    t.notOk(hasOwnSerializer(reply))
    t.ok(hasOwnSerializer(reply.serializer(() => 'x')))
    return {}
  })
  await app.inject('/')
  t.notOk(readSchemaErrorFormatter(app))
})

t.test('where Fastify has renamed a symbol, its defaults hold', async (t) => {
  const other = { [Symbol('fastify.other')]: 1 }
  t.equal(findSymbol(other, 'fastify.options'), undefined)
  t.equal(findSymbol(Object.create(null), 'fastify.options'), undefined)
  t.same(readCompilerOptions(other), { ajv: {}, serializer: {} })
  t.same(readCompilerOptions({ [Symbol('fastify.options')]: {} }), { ajv: {}, serializer: {} })
  t.notOk(readSchemaErrorFormatter(other))
  t.notOk(hasReplySerializer(other))
  t.notOk(hasOwnSerializer(other))
})
