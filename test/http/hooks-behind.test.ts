import Fastify from 'fastify'
import t from 'tap'
import vintage from 'fastify-vintage'
import { findHooksBehind, warnOfHooksBehind } from '../../src/http/hooks-behind.js'
import { inspectionsOf } from '../../src/http/inspection.js'
import { NewUser, User, V0, ada, collectLog, versions } from './shop.js'

t.test('where our hooks stand among those of a route, the start says which come behind them', async (t) => {
  const { lines, logger } = collectLog()
  const app = Fastify({ logger })
  t.teardown(() => app.close())
  await app.register(vintage, { versions, default: V0 })
  app.post('/users', { schema: { body: NewUser, response: { 200: User } } }, async () => ada)
  app.get('/other', { schema: { response: { 200: { type: 'null' } } } }, async () => null)
  await app.ready()
  const routes = inspectionsOf(app).flatMap(({ routes }) => routes)
  const versionsOf = Object.keys(versions)
  const stage = async () => {}
  const other = async () => {}
  // requests change lanes in this Fastify, so that no hook of ours stands there
  t.same(findHooksBehind(routes, versionsOf), [])
  const among = (preValidation: Array<() => Promise<void>>) => routes.map((route) => ({
    ...route,
    stages: { preValidation: stage, preSerialization: stage },
    options: { ...route.options, preValidation, preSerialization: [stage] }
  }))
  t.same(findHooksBehind(among([other, stage]), versionsOf), [])
  t.same(findHooksBehind(among([stage, other]), versionsOf), ['preValidation of POST /users'], 'only where a change reaches')
  warnOfHooksBehind(among([other, stage]), versionsOf, app)
  t.same(lines, [])
  warnOfHooksBehind(among([stage, other]), versionsOf, app)
  t.match(lines, [{ hooks: ['preValidation of POST /users'], msg: /behind ours: preValidation of POST \/users\./ }])
})
