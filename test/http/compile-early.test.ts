import { Type } from '@sinclair/typebox'
import t from 'tap'
import { behaviour, change, ref, rename, replace, schemaRemoved } from 'fastify-vintage'
import { V0, V1, buildApp } from './shop.js'

t.test('A16 a fragment that ajv refuses stops the start, with place and version', async (t) => {
  const Price = Type.Object({ total: Type.String() }, { $id: 'Price' })
  const money = replace({ before: { amount: Type.String({ format: 'money' }) }, after: { total: Type.String() }, upgrade: ({ amount }) => ({ total: amount }), downgrade: ({ total }) => ({ amount: total }) })
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('totals', 'Price', money)] } })
  for (const url of ['/prices', '/more-prices']) app.post(url, { schema: { body: Price, response: { 200: Price } } }, async ({ body }) => body)
  await t.rejects(async () => await app.ready(), {
    code: 'FST_ERR_VINTAGE_MISFIT',
    message: /^The schema of `POST \/prices body` in version 2000-01-01 cannot be compiled: Error: unknown format "money"/
  })
})

t.test('a fragment that ajv refuses does no harm where no request has it', async (t) => {
  const Price = Type.Object({ total: Type.String() }, { $id: 'Price' })
  const money = replace({ before: { amount: Type.String({ format: 'money' }) }, after: { total: Type.String() }, downgrade: ({ total }) => ({ amount: total }) })
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('totals', 'Price', money), change('names', 'POST /names body', rename({ called: 'name' }))] } })
  app.get('/prices', { schema: { response: { 200: Price } } }, async () => ({ total: '1' }))
  app.post('/names', { schema: { body: Type.Object({ name: Type.String() }), response: { 200: Type.Null() } } }, async () => null)
  t.strictSame((await app.inject({ url: '/prices', headers: { 'api-version': V0 } })).json(), { amount: '1' })
  t.match(app.vintage.stats(), { compiled: 2, cold: 1 }, 'the requests were compiled, to make sure')
})

t.test('the start compiles the fragments only, also those that refer to other schemas or have an `$id`', async (t) => {
  const Price = Type.Object({ total: Type.String(), note: Type.String() }, { $id: 'Price' })
  const nested = replace({ before: { amount: Type.Object({ of: ref('Price') }, { $id: 'Amount' }) }, after: { total: Type.String() }, upgrade: () => ({ total: '' }), downgrade: () => ({ amount: { of: {} } }) })
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [behaviour('checks-totals', 'totals are checked'), change('totals', 'Price', nested), change('notes', 'Price', rename({ text: 'note' })), change('faxes', 'Fax', schemaRemoved({ schema: Type.Object({ number: Type.String() }) }))] } })
  app.post('/prices', { schema: { body: Price, response: { 200: Type.Null() } } }, async () => null)
  await app.ready()
  t.match(app.vintage.stats(), { pairs: 1, compiled: 0, conversions: 0 })
})
