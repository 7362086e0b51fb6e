import t from 'tap'
import { letPass, replaceValidator } from '../../src/http/let-pass.js'
import { User, V2, ada, at, buildApp } from './shop.js'

t.test('a validator can only be replaced where Fastify keeps one', async (t) => {
  t.equal(replaceValidator({}, 'body', () => true), false)
  t.equal(replaceValidator({ [Symbol('fastify.context')]: null }, 'body', () => true), false)
  t.equal(replaceValidator({ [Symbol('fastify.context')]: {} }, 'body', () => true), false)
  const context = { [Symbol('body-schema')]: null }
  t.equal(replaceValidator({ [Symbol('fastify.context')]: context }, 'body', () => true), true)
})

t.test('a value that passes is not validated, every other is, also by media type', async (t) => {
  const app = await buildApp(t)
  const passing: unknown[] = []
  app.addHook('preValidation', async (request) => {
    letPass(request, 'body', null)
    if (request.headers['x-pass'] === undefined) return
    passing.push(request.body)
    letPass(request, 'body', request.body)
    letPass(request, 'headers', {})
  })
  app.post('/a', { schema: { body: User, response: { 200: User } } }, async () => ada)
  app.post('/b', { schema: { body: { content: { 'application/json': { schema: User }, 'text/plain': { schema: User } } }, response: { 200: User } } }, async () => ada)
  for (const url of ['/a', '/b', '/a', '/b']) {
    const post = async (headers: Record<string, string>, payload: object) => (await app.inject({ method: 'POST', url, headers: { ...at(V2).headers, ...headers }, payload })).statusCode
    t.equal(await post({ 'x-pass': '1' }, {}), 200)
    t.equal(await post({}, {}), 400)
    t.equal(await post({}, ada), 200)
  }
  t.same(passing, [{}, {}, {}, {}])
})
