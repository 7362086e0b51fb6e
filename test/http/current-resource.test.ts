import { Type } from '@sinclair/typebox'
import type { FastifyRequest } from 'fastify'
import t from 'tap'
import { change, replace, variant } from 'fastify-vintage'
import { patcher, type State } from './patcher.js'
import { V0, V1, V2, ada, adaAt, at, buildApp } from './shop.js'

t.test('A20 a PATCH of one of the fields that became one keeps the others, and only what depends on it is passed on', async (t) => {
  const { patch, handled } = await patcher(t)
  t.same(await patch({ first_name: 'Augusta' }), { status: 200, body: { ...adaAt[V0], first_name: 'Augusta' } })
  t.same(await patch({ last_name: 'King' }, V1), { status: 200, body: { ...adaAt[V1], last_name: 'King' } })
  t.same(await patch({ nick: 'countess' }), { status: 200, body: { ...adaAt[V0], nick: 'countess' } })
  t.same(await patch({}), { status: 200, body: adaAt[V0] })
  t.same(await patch({ first_name: 'Augusta', last_name: 'King' }), { status: 200, body: { ...adaAt[V0], first_name: 'Augusta', last_name: 'King' } })
  t.same(await patch({ full_name: 'Eve' }, V2), { status: 200, body: { ...ada, full_name: 'Eve' } })
  t.same(handled, [
    { body: { full_name: 'Augusta Lovelace' }, token: 7 },
    { body: { full_name: 'Ada King' }, token: 7 },
    { body: { login: 'countess' }, token: undefined },
    { body: {}, token: undefined },
    { body: { full_name: 'Augusta King' }, token: undefined },
    { body: { full_name: 'Eve' }, token: undefined }
  ])
})

t.test('A20 the current resource is read after every hook of the route, once, and not for head or an invalid body', async (t) => {
  const ran: string[] = []
  const { app, patch } = await patcher(t, () => {
    ran.push('current')
    return { value: ada }
  }, { preHandler: async () => { ran.push('route') } })
  app.addHook('preHandler', async () => { ran.push('scope') })
  t.equal((await patch({ first_name: 'Augusta' })).status, 200)
  t.same(ran.splice(0), ['scope', 'route', 'current'])
  t.match(await patch({ first_name: 'x', nick: {} }), { status: 400, body: { message: /body\/nick must be string/ } })
  t.equal((await patch({ login: 'x' }, V2)).status, 200)
  t.same(ran.splice(0), ['scope', 'route'])
})

t.test('A20 what authorisation refuses reaches neither the resource nor the handler, wherever it stands', async (t) => {
  for (const hook of ['onRequest', 'preValidation', 'preHandler']) {
    let reads = 0
    const refuse = async () => { throw Object.assign(new Error('no'), { statusCode: 403 }) }
    const { patch, handled } = await patcher(t, () => { reads++ }, { [hook]: refuse })
    t.equal((await patch({ first_name: 'Augusta' })).status, 403)
    t.same([reads, handled], [0, []], hook)
  }
})

t.test('A20 hooks see the fields of head that the handler will get, and what they do to them lasts', async (t) => {
  const seen: unknown[] = []
  const { patch, handled } = await patcher(t, undefined, {
    preHandler: async (request: FastifyRequest<{ Body: State }>) => {
      seen.push({ ...request.body })
      if (request.headers['x-none'] === undefined) delete request.body.login
      request.body.id = 5
    }
  })
  await patch({ first_name: 'Augusta', nick: 'x' })
  t.same(seen, [{ login: 'x', full_name: undefined }])
  t.ok(Object.hasOwn(Object(seen[0]), 'full_name'), 'a field whose value is not known yet is there')
  t.same(handled, [{ body: { full_name: 'Augusta Lovelace', id: 5 }, token: 7 }])
})

t.test('A20 a hook may put another body in its place, and the way back may look things up', async (t) => {
  const { patch, handled } = await patcher(t, undefined, { preHandler: async (request: FastifyRequest) => { request.body = null } })
  t.match(await patch({ first_name: 'x' }), { status: 500, body: { code: 'FST_ERR_VINTAGE_UPGRADE_REFUSED' } })
  t.same(handled, [])
  const Item = Type.Object({ owner_id: Type.Integer() }, { $id: 'Item' })
  const app = await buildApp(t, {
    versions: {
      [V0]: [],
      [V1]: [change('an id', 'Item', replace({
        before: { owner: Type.String(), suffix: Type.String() },
        after: { owner_id: Type.Integer() },
        load: { key: ({ owner_id: id }) => id, many: async (ids: readonly number[]) => new Map(ids.map((id) => [id, `user${id}`])) },
        upgrade: ({ owner, suffix }) => ({ owner_id: Number(owner.slice(4) + suffix) }),
        downgrade: (_after, loaded) => ({ owner: String(loaded), suffix: '0' }),
        lossy: { why: 'it is' }
      }))]
    }
  })
  const bodies: unknown[] = []
  app.patch('/items', { config: { vintage: { currentResource: () => ({ value: { owner_id: 7 } }) } }, schema: { body: variant('ItemPatch', Item, (item) => Type.Partial(item)), response: { 200: Type.Object({}) } } }, async ({ body }) => {
    bodies.push(body)
    return {}
  })
  t.equal((await app.inject({ method: 'PATCH', url: '/items', ...at(V0), payload: { suffix: '3' } })).statusCode, 200)
  t.same(bodies, [{ owner_id: 73 }])
})
