import Fastify from 'fastify'
import t from 'tap'
import { findRouteContexts } from '../../src/http/route-context.js'
import vintage from 'fastify-vintage'
import { User, V0, V1, V2, ada, adaAt, at, versions } from './shop.js'

t.test('hooks that a listener puts behind all others come before ours, so they see head', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  await app.register(vintage, { versions, default: V0 })
  const seen: unknown[] = []
  app.addHook('onRoute', (route) => {
    route.preSerialization = [...Array.isArray(route.preSerialization) ? route.preSerialization : [], async (_request, _reply, payload) => { seen.push(payload); return payload }]
  })
  app.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  for (const version of [V0, V1, V2] as const) t.same((await app.inject({ url: '/user', ...at(version) })).json(), adaAt[version])
  t.same(seen, [ada, ada, ada])
})

t.test('where Fastify keeps the record of a route otherwise, our hooks stand among those of the route, and all is served as ever', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  t.not(findRouteContexts(app), null)
  t.equal(findRouteContexts(Object.create(null)), null)
  // as a Fastify would look whose replies cannot be found
  const reply = Object.getOwnPropertySymbols(app).find(({ description }) => description === 'fastify.Reply')
  const scope: object = new Proxy(app, { ownKeys: (target) => Reflect.ownKeys(target).filter((key) => key !== reply) })
  t.equal(Reflect.apply(findRouteContexts, undefined, [scope]), null)
})
