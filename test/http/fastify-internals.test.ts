import Fastify from 'fastify'
import t from 'tap'
import { findSymbol, hasHooks, hasReplySerializer, hasSerializerCompiler, ownSerializerProbe, putHookFirst, readCompilerOptions, readSchemaController, readSchemaErrorFormatter } from '../../src/http/fastify-internals.js'

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
    const hasOwnSerializer = ownSerializerProbe()
    t.notOk(hasOwnSerializer(reply))
    t.ok(hasOwnSerializer(reply.serializer(() => 'x')))
    return {}
  })
  await app.inject('/')
  t.notOk(readSchemaErrorFormatter(app))
})

t.test('a hook can be put before those that are there, and serialisers of an app\'s own are told from Fastify\'s', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  t.notOk(hasHooks(app, 'onSend'))
  const calls: string[] = []
  const first = async () => { calls.push('first') }
  app.addHook('onSend', async () => { calls.push('second') })
  app.addHook('onSend', first)
  app.after(() => { putHookFirst(app, 'onSend', first) })
  await app.after()
  t.ok(hasHooks(app, 'onSend'))
  app.get('/', async () => 'x')
  t.notOk(hasSerializerCompiler(app))
  app.register(async (scope) => {
    scope.setSerializerCompiler(() => () => '')
    t.ok(hasSerializerCompiler(scope))
  })
  await app.inject('/')
  t.same(calls, ['first', 'second'])
})

t.test('where Fastify has renamed a symbol, its defaults hold', async (t) => {
  const other = { [Symbol('fastify.other')]: 1 }
  t.equal(findSymbol(other, 'fastify.options'), undefined)
  t.equal(findSymbol(Object.create(null), 'fastify.options'), undefined)
  t.same(readCompilerOptions(other), { ajv: {}, serializer: {} })
  t.same(readCompilerOptions({ [Symbol('fastify.options')]: {} }), { ajv: {}, serializer: {} })
  t.notOk(readSchemaErrorFormatter(other))
  t.notOk(hasReplySerializer(other))
  t.notOk(ownSerializerProbe()(other))
  t.notOk(hasHooks(other, 'onSend'))
  t.equal(readSchemaController(other), null)
  t.ok(hasSerializerCompiler(other), 'it may be one')
})
