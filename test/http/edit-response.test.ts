import { Type } from '@sinclair/typebox'
import t from 'tap'
import { change, headerChanged, rename, statusChanged } from 'fastify-vintage'
import { V0, V1, V2, at, buildApp } from './shop.js'

const Thing = Type.Object({ b: Type.String() }, { $id: 'Thing' })

t.test('A27 each version gets its own status, and the body of that place', async (t) => {
  const app = await buildApp(t, {
    versions: {
      [V0]: [],
      [V1]: [change('`a` is now `b`', 'POST /things 200', rename({ a: 'b' })), change('an answer is 202', 'POST /things', statusChanged({ from: 200, to: 202 }))],
      [V2]: [change('a new thing is 201', 'POST /things', statusChanged({ from: 202, to: 201 }))]
    }
  })
  app.post('/things', { schema: { body: Type.Object({ how: Type.String() }), response: { 201: Type.Object({ b: Type.String() }), 204: Type.Null() } } }, async ({ body }, reply) => {
    const { how } = Object(body)
    if (how === 'empty') return reply.code(204).send()
    if (how === 'text') return reply.code(201).type('application/json').send('{"b":"x"}')
    return reply.code(201).send({ b: 'x' })
  })
  const post = async (version: string, how: string) => {
    const { statusCode, body } = await app.inject({ method: 'POST', url: '/things', payload: { how }, ...at(version) })
    return [statusCode, body]
  }
  for (const how of ['object', 'text']) {
    t.same(await post(V0, how), [200, '{"a":"x"}'])
    t.same(await post(V1, how), [202, '{"b":"x"}'])
    t.same(await post(V2, how), [201, '{"b":"x"}'])
  }
  t.same(await post(V0, 'empty'), [204, ''])
})

t.test('A27 the status of an error changes, and with it what Fastify writes of it', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('taken is a conflict', 'GET /thing', statusChanged({ from: 400, to: 409 }))] } })
  app.get('/thing', { schema: { response: { 200: Thing } } }, async () => { throw Object.assign(new Error('taken'), { statusCode: 409 }) })
  app.get('/other', { schema: { response: { 200: Thing } } }, async () => { throw Object.assign(new Error('taken'), { statusCode: 409 }) })
  app.get('/own', { schema: { response: { 200: Thing } }, errorHandler: (_error, _request, reply) => { reply.statusCode = 409; return reply.send({ reason: 'taken' }) } }, async () => { throw new Error('taken') })
  t.same((await app.inject({ url: '/thing', ...at(V0) })).json(), { statusCode: 400, error: 'Bad Request', message: 'taken' })
  t.equal((await app.inject({ url: '/thing', ...at(V0) })).statusCode, 400)
  t.same((await app.inject({ url: '/thing', ...at(V1) })).json(), { statusCode: 409, error: 'Conflict', message: 'taken' })
  t.equal((await app.inject({ url: '/other', ...at(V0) })).statusCode, 409, 'other routes keep theirs')
  t.equal((await app.inject({ url: '/own', ...at(V0) })).statusCode, 409)
})

t.test('A27 a status without a body in the older version has none', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('a removed thing is returned', 'DELETE /thing', statusChanged({ from: 204, to: 200 }))] } })
  app.delete('/thing', { schema: { response: { 200: Thing } } }, async () => ({ b: 'x' }))
  const old = await app.inject({ method: 'DELETE', url: '/thing', ...at(V0) })
  t.equal(old.statusCode, 204)
  t.equal(old.body, '')
  t.notOk(old.headers['content-type'])
  t.same((await app.inject({ method: 'DELETE', url: '/thing', ...at(V1) })).json(), { b: 'x' })
})

t.test('A27 a place of head that has the older status as well is reached by the changes of both', async (t) => {
  const app = await buildApp(t, {
    versions: { [V0]: [], [V1]: [change('`a` is now `b`', 'PUT /thing 200', rename({ a: 'b' })), change('a new thing is 201', 'PUT /thing', statusChanged({ from: 200, to: 201 }))] }
  })
  app.put('/thing', { schema: { querystring: Type.Object({ is: Type.Integer() }), response: { 200: Type.Object({ b: Type.String() }), 201: Type.Object({ b: Type.String() }) } } }, async ({ query }, reply) => { reply.statusCode = Object(query).is; return reply.send({ b: 'x' }) })
  for (const is of [200, 201]) {
    const old = await app.inject({ method: 'PUT', url: `/thing?is=${is}`, ...at(V0) })
    t.same([old.statusCode, old.json()], [200, { a: 'x' }])
    t.equal((await app.inject({ method: 'PUT', url: `/thing?is=${is}`, ...at(V1) })).statusCode, is)
  }
})

t.test('A27 a response header has its name of each version, and no other', async (t) => {
  const app = await buildApp(t, {
    versions: {
      [V0]: [],
      [V1]: [change('`X-Count` is `X-Total`', 'GET /things', headerChanged({ from: 'X-Count', to: 'X-Total' }))],
      [V2]: [change('`X-Total` is `X-Total-Count`', 'GET /things', headerChanged({ from: 'X-Total', to: 'X-Total-Count' }))]
    }
  })
  const schema = { response: { 200: Type.Array(Thing) } }
  app.get('/things', { schema }, async (request, reply) => {
    reply.header('X-Total-Count', Object.hasOwn(Object(request.query), 'fail') ? 0 : 7)
    if (Object.hasOwn(Object(request.query), 'fail')) throw new Error('no')
    return []
  })
  app.get('/others', { schema }, async (_request, reply) => reply.header('X-Total-Count', 7).send([]))
  const names = ['x-count', 'x-total', 'x-total-count']
  for (const [index, version] of [V0, V1, V2].entries()) {
    for (const method of ['GET', 'HEAD'] as const) {
      const { headers } = await app.inject({ method, url: '/things', ...at(version) })
      t.same(names.map((name) => headers[name]), names.map((_, at) => at === index ? '7' : undefined), `${method} ${version}`)
      t.equal(headers['api-version'], version)
    }
    t.equal((await app.inject({ url: '/things?fail', ...at(version) })).headers[names[index] ?? ''], '0', 'an error has it as well')
    t.equal((await app.inject({ url: '/others', ...at(version) })).headers['x-total-count'], '7')
  }
})

t.test('A27 headers that swap their names do so at once, and one that is not sent is not invented', async (t) => {
  const swap = (from: string, to: string) => change(`${from} is ${to}`, 'GET /thing', headerChanged({ from, to }))
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [swap('x-a', 'x-tmp'), swap('x-b', 'x-a'), swap('x-tmp', 'x-b'), swap('x-old', 'x-new')] } })
  app.get('/thing', { schema: { response: { 200: Thing } } }, async (_request, reply) => reply.header('x-a', 'of head a').header('x-b', 'of head b').send({ b: '' }))
  const { headers } = await app.inject({ url: '/thing', ...at(V0) })
  t.match(headers, { 'x-a': 'of head b', 'x-b': 'of head a' })
  t.notOk('x-old' in headers)
})

t.test('A28 content-length is that of the older body under the older status', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('renamed', 'Thing', rename({ a_longer_name: 'b' })), change('201', 'POST /thing', statusChanged({ from: 200, to: 201 }))] } })
  app.post('/thing', { schema: { response: { 201: Thing } } }, async (_request, reply) => reply.code(201).send({ b: 'é' }))
  const old = await app.inject({ method: 'POST', url: '/thing', ...at(V0) })
  t.same(old.json(), { a_longer_name: 'é' })
  t.equal(old.headers['content-length'], String(old.rawPayload.length))
})
