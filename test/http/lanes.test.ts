import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import t from 'tap'
import vintage from 'fastify-vintage'
import { inspectionsOf } from '../../src/http/inspection.js'
import { prepareRoutes } from '../../src/http/prepare-routes.js'
import { recordRoute } from '../../src/http/record-route.js'
import { register } from '../../src/http/registration.js'
import { responseStagesOf } from '../../src/http/response-stages.js'
import { findRouteContexts } from '../../src/http/route-context.js'
import type { Pipeline } from '../../src/http/stages.js'
import { addVersionConstraint } from '../../src/http/version-constraint.js'
import type { VersionedRoute } from '../../src/http/versioned-route.js'
import { User, V0, V1, V2, ada, adaAt, at, buildApp, versions } from './shop.js'

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

t.test('a Fastify that keeps the record of a route otherwise is told by that', async (t) => {
  const app = Fastify()
  t.teardown(() => app.close())
  t.not(findRouteContexts(app), null)
  t.equal(findRouteContexts(Object.create(null)), null)
  // as a Fastify would look whose replies cannot be found
  const reply = Object.getOwnPropertySymbols(app).find(({ description }) => description === 'fastify.Reply')
  const scope: object = new Proxy(app, { ownKeys: (target) => Reflect.ownKeys(target).filter((key) => key !== reply) })
  t.equal(Reflect.apply(findRouteContexts, undefined, [scope]), null)
})

t.test('requests that cannot change lanes meet our hooks among those of the route, with the same answers', async (t) => {
  const template = await buildApp(t)
  template.get('/user', { schema: { response: { 200: User } } }, async () => ada)
  const [inspection] = inspectionsOf(template)
  const pipeline = inspection?.routes[0]?.pipeline
  if (inspection === undefined || pipeline === undefined) throw new Error('the route was not recorded')
  const app = Fastify()
  t.teardown(() => app.close())
  const still: Pipeline = { ...pipeline, contexts: null, constraint: addVersionConstraint(app, inspection.vintage.versions, pipeline.resolver) }
  const routes: VersionedRoute[] = []
  register(app, still)
  app.addHook('onRoute', function (options) {
    const record = recordRoute(this, options, inspection.history, still)
    if (record !== null) routes.push(record)
  })
  app.addHook('onSend', responseStagesOf(still).both)
  app.addHook('onReady', async () => { prepareRoutes(routes, inspection.history, still) })
  app.post('/users', { schema: { body: User, response: { 200: User } }, preHandler: async () => {} }, async ({ body }) => body)
  app.post('/attached', { schema: { body: User, response: { 200: Type.Object({ error: Type.String() }) } }, attachValidation: true }, async ({ validationError }) => ({ error: String(validationError?.message) }))
  app.addHook('onRoute', (route) => {
    if (route.url !== '/behind') return
    route.preSerialization = [...Array.isArray(route.preSerialization) ? route.preSerialization : [], async (_request, _reply, payload) => { if (payload === ada) throw new Error('behind') }]
  })
  app.post('/behind', { schema: { response: { 200: User, 500: Type.Object({ message: Type.String() }) } }, errorHandler: (error, _request, reply) => reply.code(500).send({ message: error.message }) }, async () => ada)
  for (const version of [V0, V1, V2] as const) {
    const response = await app.inject({ method: 'POST', url: '/users', payload: adaAt[version], ...at(version) })
    t.same(response.json(), adaAt[version])
    t.match(response.headers, { 'api-version': version, vary: 'api-version' })
  }
  t.equal((await app.inject({ method: 'POST', url: '/users', payload: ada, ...at(V0) })).statusCode, 400)
  t.same((await app.inject({ method: 'POST', url: '/attached', payload: { ...adaAt[V0], nick: undefined }, ...at(V0) })).json(), { error: "body must have required property 'nick'" })
  t.same((await app.inject({ method: 'POST', url: '/behind', ...at(V0) })).json(), { message: 'behind' }, 'A27 our serialiser of the success does not write the error')
  t.equal((await app.inject({ url: '/nowhere', ...at(V1) })).headers['api-version'], V1)
})
