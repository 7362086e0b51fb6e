import { Type } from '@sinclair/typebox'
import t from 'tap'
import { change, replace, variant } from 'fastify-vintage'
import { patcher } from './patcher.js'
import { User, UserPatch, V0, V1, ada, at, buildApp, collectLog } from './shop.js'

const json = { 'content-type': 'application/json' }

t.test('A20 a resource that is not there is a 404 of the app, and a function that gives nonsense an error of ours', async (t) => {
  const gone = await patcher(t, async () => null)
  gone.app.setNotFoundHandler(async (_request, reply) => await reply.code(404).send({ gone: true }))
  t.same(await gone.patch({ first_name: 'x' }), { status: 404, body: { gone: true } })
  for (const [given, named] of [[undefined, 'nothing'], ['x', 'string'], [ada, 'an object of `id`, `login`, `full_name`']] as const) {
    const { patch } = await patcher(t, () => given)
    t.match(await patch({ first_name: 'x' }), { status: 500, body: { code: 'FST_ERR_VINTAGE_CURRENT_RESOURCE', message: `\`config.vintage.currentResource\` of PATCH /users/:id gave ${named}: expected \`{ value, token }\`` } })
  }
  const thrown = await patcher(t, async () => { throw Object.assign(new Error('no such user'), { statusCode: 410 }) })
  t.match(await thrown.patch({ first_name: 'x' }), { status: 410, body: { message: 'no such user' } })
})

t.test('A20 what the current resource does not have either is told as fields that must come together', async (t) => {
  const { patch, handled } = await patcher(t, () => ({ value: { id: 1 } }))
  t.match(await patch({ first_name: 'x' }), { status: 400, body: { code: 'FST_ERR_VINTAGE_PARTIAL_FIELDS', message: /`first_name`, `last_name`.+`last_name` missing/ } })
  t.same(handled, [])
})

t.test('A20 a change that fails on the current resource is an error of ours, logged', async (t) => {
  const { lines, logger } = collectLog()
  const Item = Type.Object({ count: Type.Integer() }, { $id: 'Item' })
  const app = await buildApp(t, {
    versions: { [V0]: [], [V1]: [change('broken', 'Item', replace({ before: { a: Type.String(), b: Type.String() }, after: { count: Type.Integer() }, upgrade: ({ a }) => ({ count: Number(a) }), downgrade: (): { a: string, b: string } => { throw new Error('secret') } }))] }
  }, { logger })
  const ItemPatch = variant('ItemPatch', Item, (item) => Type.Partial(item))
  app.patch('/items', { config: { vintage: { currentResource: () => ({ value: { count: 1 } }) } }, schema: { body: ItemPatch, response: { 200: Type.Object({}) } } }, async () => ({}))
  const response = await app.inject({ method: 'PATCH', url: '/items', ...at(V0), payload: { a: '1' } })
  t.match(response.json(), { statusCode: 500, code: 'FST_ERR_VINTAGE_CHANGE_FAILED' })
  t.notMatch(response.body, /secret/)
  t.match(lines[0], { msg: /a change failed at PATCH \/items body/ })
})

t.test('A20 a change that fails before the resource is read is an error of ours as well, and a body that is no object waits for nothing', async (t) => {
  const { lines, logger } = collectLog()
  const Item = Type.Object({ count: Type.Integer(), sum: Type.String() }, { $id: 'Item' })
  const app = await buildApp(t, {
    versions: {
      [V0]: [],
      [V1]: [
        change('broken', 'Item', replace({ before: { a: Type.String() }, after: { count: Type.Integer() }, upgrade: (): { count: number } => { throw new Error('secret') }, downgrade: ({ count }) => ({ a: String(count) }) })),
        change('a sum', 'Item', replace({ before: { x: Type.String(), y: Type.String() }, after: { sum: Type.String() }, upgrade: ({ x, y }) => ({ sum: x + y }), downgrade: ({ sum }) => ({ x: sum, y: '' }), lossy: { why: 'it is' } }))
      ]
    }
  }, { logger })
  const bodies: unknown[] = []
  const route = { config: { vintage: { currentResource: () => ({ value: { count: 1 } }) } } }
  app.patch('/items', { ...route, schema: { body: variant('ItemPatch', Item, (item) => Type.Partial(item)), response: { 200: Type.Object({}) } } }, async () => ({}))
  app.put('/items', { ...route, schema: { body: Type.Array(Item), response: { 200: Type.Object({}) } } }, async ({ body }) => {
    bodies.push(body)
    return {}
  })
  for (const payload of [{ a: '1' }, { a: '1', x: '2' }]) t.match((await app.inject({ method: 'PATCH', url: '/items', ...at(V0), payload })).json(), { statusCode: 500, code: 'FST_ERR_VINTAGE_CHANGE_FAILED' })
  t.match(lines[0], { msg: /a change failed at PATCH \/items body/ })
  t.equal((await app.inject({ method: 'PUT', url: '/items', ...at(V0), payload: [] })).statusCode, 200)
  t.same(bodies, [[]])
})

t.test('A20 a change without the way back that a partial body needs stops the start', async (t) => {
  const Item = Type.Object({ count: Type.Integer() }, { $id: 'Item' })
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('one way', 'Item', replace({ before: { a: Type.String() }, after: { count: Type.Integer() }, upgrade: ({ a }) => ({ count: Number(a) }) }))] } })
  app.patch('/items', { config: { vintage: { currentResource: () => null } }, schema: { body: Item, response: { 200: Type.Object({}) } } }, async () => ({}))
  await t.rejects(async () => await app.ready(), { code: 'FST_ERR_VINTAGE_MISFIT', message: /has no `downgrade` function; PATCH \/items body carries `Item`/ })
})

t.test('A20 a change whose function fails on a whole patch is our failure, and no reason to look at the resource', async (t) => {
  let reads = 0
  const { lines, logger } = collectLog()
  const app = await buildApp(t, {
    versions: {
      [V0]: [],
      [V1]: [change('`login` is lower case', 'User', replace({
        before: { nick: Type.String() },
        after: { login: Type.String() },
        upgrade ({ nick }) { throw new TypeError(`no ${nick}`) },
        downgrade: ({ login }) => ({ nick: login })
      }))]
    }
  }, { logger })
  app.patch('/users', { config: { vintage: { currentResource: async () => { reads++; return { value: ada } } } }, schema: { body: UserPatch, response: { 200: User } } }, async () => ada)
  t.equal((await app.inject({ method: 'PATCH', url: '/users', headers: { ...json, 'api-version': V0 }, payload: JSON.stringify({ nick: 'secret' }) })).statusCode, 500)
  t.equal(reads, 0)
  t.match(lines[0], { msg: /a change failed at PATCH \/users body/ })
})
