import t from 'tap'
import { buildChangeLog, logChangeFailure } from '../../src/http/log-failure.js'
import { RequestState } from '../../src/http/request-state.js'
import { buildVersionTable } from '../../src/http/version-table.js'
import { buildWorld } from '../../src/http/version-world.js'
import { historyOf } from '../../src/versioning/history.js'
import { C1, C2, V0, V1, V2, buildApp, collectLog } from './shop.js'

t.test('failures are logged by what they are, without a value', async (t) => {
  const { lines, logger } = collectLog()
  const app = await buildApp(t, { versions: { [V0]: [] } }, { logger })
  const history = historyOf({ [V0]: [], [V1]: [C1], [V2]: [C2] })
  const state = new RequestState(buildWorld(history, buildVersionTable(history.versions), () => null), 1, 'header')
  const log = buildChangeLog(history)
  app.get('/', { config: { vintage: false } }, async (request) => {
    log.refused(request, state, 'POST /users body', 'secret')
    log.refused(request, state, 'POST /users body', new TypeError('secret'))
    logChangeFailure(request, state, 'GET /users 200', new Error('broken'))
    logChangeFailure(request, state, 'GET /users 200', Object.assign(new Error('partial'), { statusCode: 400 }))
    return {}
  })
  await app.inject('/')
  t.match(lines, [
    { vintage: { version: V1, refused: 'string', changes: [{ version: V2, change: C2.description }] } },
    { vintage: { refused: 'TypeError' } },
    { msg: 'fastify-vintage: a change failed at GET /users 200', err: { message: 'broken' } }
  ])
  t.equal(lines.length, 3, 'what the client did wrong is not logged')
  t.notMatch(JSON.stringify(lines), /secret/)
})
