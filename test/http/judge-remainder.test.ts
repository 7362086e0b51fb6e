import { setImmediate as turn } from 'node:timers/promises'
import { Type } from '@sinclair/typebox'
import t, { type Test } from 'tap'
import { change, rename, replace } from 'fastify-vintage'
import { judgeRemainder } from '../../src/http/judge-remainder.js'
import { openRemainders } from '../../src/http/remainders.js'
import { V0, V1, at, buildApp } from './shop.js'

const USES = 500

const Part = Type.Object({ code: Type.String({ format: 'counted' }), size: Type.Integer({ maximum: 9 }) }, { $id: 'Part' })
const versions = {
  [V0]: [],
  [V1]: [
    change('a code', 'Part', rename({ key: 'code' })),
    change('a size', 'Part', replace({ before: { length: Type.Integer() }, after: { size: Type.Integer() }, upgrade: ({ length }) => ({ size: length }), downgrade: ({ size }) => ({ length: size }) }))
  ]
}

/** A route whose validators count how often they look at the field that is only renamed. */
async function countingApp (t: Test, options: { ajv?: object, route?: object } = {}) {
  let looks = 0
  const formats = { counted: (text: string) => { looks++; return text !== 'wrong' } }
  const app = await buildApp(t, { versions, default: V0 }, { ajv: { customOptions: { formats, ...options.ajv } } })
  const seen: unknown[] = []
  app.post('/parts', { schema: { body: Part, response: { 200: Type.Object({}) } }, ...options.route }, async ({ body }) => {
    seen.push(body)
    return {}
  })
  const post = async (payload: object) => await app.inject({ method: 'POST', url: '/parts', ...at(V0), payload })
  const heat = async () => {
    for (let use = 0; use < USES; use++) await post({ key: 'k', length: 1 })
    await turn()
  }
  const looksOf = async (payload: object) => {
    looks = 0
    const response = await post(payload)
    return { looks, status: response.statusCode, body: response.json() }
  }
  return { app, seen, heat, looksOf }
}

t.test('A18 what the version of a client has proven is validated once, where requests are many', async (t) => {
  const { seen, heat, looksOf } = await countingApp(t)
  const payload = { key: 'k', length: '3' }
  t.match(await looksOf(payload), { looks: 2, status: 200 })
  const refused = await looksOf({ key: 'k', length: 10 })
  t.match(refused, { status: 500, body: { code: 'FST_ERR_VINTAGE_UPGRADE_REFUSED' } })
  await heat()
  t.match(await looksOf(payload), { looks: 1, status: 200 })
  t.same(seen.at(-1), { code: 'k', size: 3 })
  t.same((await looksOf({ key: 'k', length: 10 })).body, refused.body, 'what head refuses is refused as before')
  t.match(await looksOf({ key: 'wrong', length: 1 }), { looks: 1, status: 400, body: { message: 'body/key must match format "counted"' } })
})

t.test('A18 what validates by rules of the app is validated twice, however many there are', async (t) => {
  const keywords = await countingApp(t, { ajv: { keywords: ['ours'] } })
  await keywords.heat()
  t.match(await keywords.looksOf({ key: 'k', length: 3 }), { looks: 2, status: 200 })
  const own = await countingApp(t, { route: { validatorCompiler: () => (value: unknown) => ({ value }) } })
  await own.heat()
  t.match(await own.looksOf({ key: 'k', length: 10 }), { looks: 1, status: 200 }, "the app's own compiler, which asks nothing")
})

t.test('A18 a handler that asks for the validator of its body gets one that knows all of head', async (t) => {
  const { app, heat } = await countingApp(t, {})
  app.post('/asks', { schema: { body: Part, response: { 200: Type.Array(Type.Unknown()) } } }, async (request) => {
    const validate: Function & { errors?: Array<{ message: string }> } = Object(request.getValidationFunction('body'))
    return [validate({ code: 'wrong', size: 1 }), validate.errors?.[0]?.message, validate({ code: 'k', size: 1 })]
  })
  await heat()
  const answer = await app.inject({ method: 'POST', url: '/asks', ...at(V0), payload: { key: 'k', length: 3 } })
  t.same(answer.json(), [false, 'must match format "counted"', true])
})

t.test('A18 only the body that is expected is judged in part, and only once', async (t) => {
  const asked: unknown[] = []
  const validate = Object.assign((value: unknown) => { asked.push(value); return false }, { errors: ['no'], schemaEnv: 'told' })
  const body = { a: 1 }
  const expected = { body: undefined as unknown, remainder: null as ((value: unknown) => boolean) | null }
  const judge = judgeRemainder(validate, expected)
  t.equal(judge(undefined), false, 'nothing is expected, and nothing is there')
  Object.assign(expected, { body, remainder: () => true })
  t.equal(judge({ a: 1 }), false, 'another body')
  t.equal(judge(body), true)
  t.equal(judge(body), false, 'no longer expected')
  Object.assign(expected, { body, remainder: () => false })
  t.equal(judge(body), false)
  t.same(asked, [undefined, { a: 1 }, body, body])
  t.same([Reflect.get(judge, 'errors'), Reflect.get(judge, 'schemaEnv')], [['no'], 'told'])
})

t.test('A18 a remainder that does not compile is none', async (t) => {
  const failing = openRemainders(() => { throw new Error('refused') }, {})
  const [broken, none] = [{ unproven: { type: 'object' } }, { unproven: null }]
  for (let use = 0; use < USES; use++) for (const shape of [broken, none]) failing(shape)
  await turn()
  t.equal(failing(broken), null)
  t.equal(failing(none), null)
})
