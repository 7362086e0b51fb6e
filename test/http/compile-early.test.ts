import { Type } from '@sinclair/typebox'
import t from 'tap'
import { change, replace } from 'fastify-vintage'
import { compileEarly } from '../../src/http/compile-early.js'
import { buildCompilers } from '../../src/http/compilers.js'
import { V0, V1, buildApp } from './shop.js'

t.test('A16 a fragment that ajv refuses stops the start, with place and version', async (t) => {
  const Price = Type.Object({ total: Type.String() }, { $id: 'Price' })
  const money = replace({ before: { amount: Type.String({ format: 'money' }) }, after: { total: Type.String() }, upgrade: ({ amount }) => ({ total: amount }), downgrade: ({ total }) => ({ amount: total }) })
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('totals', 'Price', money)] } })
  app.post('/prices', { schema: { body: Price, response: { 200: Price } } }, async ({ body }) => body)
  await t.rejects(async () => await app.ready(), {
    code: 'FST_ERR_VINTAGE_MISFIT',
    message: /^The schema of `POST \/prices body` in version 2000-01-01 cannot be compiled: Error: unknown format "money"/
  })
})

t.test('more shapes than the limit are compiled when they are needed', async (t) => {
  const compilers = buildCompilers({ ajv: {}, serializer: {} })
  const shapeOf = (schema: object) => ({ schema: { ...schema }, version: V0, upgrade: (value: unknown) => value, downgrade: (value: unknown) => value, loads: false, traces: { origins: () => [], dependents: () => ({}) } })
  const broken = { part: 'body' as const, mediaType: null, place: 'POST /a body', shape: shapeOf({ type: 'nothing' }) }
  const other = { ...broken, shape: shapeOf({ type: 'string' }) }
  t.throws(() => compileEarly([broken, broken], compilers, 1), { code: 'FST_ERR_VINTAGE_MISFIT' })
  t.doesNotThrow(() => compileEarly([broken, other], compilers, 1))
})
