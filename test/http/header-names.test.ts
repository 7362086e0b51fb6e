import { Type } from '@sinclair/typebox'
import t from 'tap'
import { add, change, endpointMoved, rename, replace, splitEnum } from 'fastify-vintage'
import { checkHeaderNames, lowerCaseHeaders } from '../../src/http/header-names.js'
import { historyOf } from '../../src/versioning/history.js'
import { V0, V1, at, buildApp } from './shop.js'

const response = { 200: Type.Object({ account: Type.String() }) }
const echo = async ({ headers }: { headers: Record<string, unknown> }) => ({ account: String(headers['x-account']) })

t.test('A23 header schemas may be written with capitals: names are compared in lower case, as Fastify does', async (t) => {
  const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('users are accounts', 'GET /account headers', rename({ 'x-user': 'x-account' }))] } })
  app.get('/account', { schema: { headers: Type.Object({ 'X-Account': Type.String(), 'X-Trace': Type.Optional(Type.String()) }), response } }, echo)
  t.same((await app.inject({ url: '/account', headers: { 'X-User': 'ada', 'X-Trace': '1' } })).json(), { account: 'ada' })
  t.match((await app.inject({ url: '/account', headers: { 'x-account': 'ada' } })).json(), { statusCode: 400, message: "headers must have required property 'x-user'" })
  t.same((await app.inject({ url: '/account', headers: { ...at(V1).headers, 'x-account': 'ada' } })).json(), { account: 'ada' })
})

t.test('A16 a change that writes a header with a capital stops the start, and says how to write it', async (t) => {
  const target = 'GET /account headers'
  const wrong = {
    'X-User': rename({ 'X-User': 'x-account' }),
    'X-Account': rename({ 'x-user': 'X-Account' }),
    'X-Before': replace({ before: { 'X-Before': Type.String() }, after: { 'x-account': Type.String() }, upgrade: () => ({ 'x-account': '' }) }),
    'X-After': add({ after: { 'X-After': Type.String() }, value: { 'X-After': '' } })
  }
  for (const [name, operation] of Object.entries(wrong)) {
    const app = await buildApp(t, { versions: { [V0]: [], [V1]: [change('renamed', target, operation)] } })
    app.get('/account', { schema: { headers: Type.Object({ 'x-account': Type.String() }), response } }, echo)
    await t.rejects(async () => await app.ready(), {
      code: 'FST_ERR_VINTAGE_MISFIT',
      message: `versions['2001-01-01']: "renamed" (2001-01-01) does not fit: the name of a header is written in lower case: make \`${name}\` \`${name.toLowerCase()}\`.`
    })
  }
})

t.test('values in capitals and endpoints are no header names', async (t) => {
  const app = await buildApp(t, {
    versions: {
      [V0]: [],
      [V1]: [
        change('`EU` is told apart', 'GET /account headers', splitEnum({ field: 'x-account', value: 'EU', into: ['FR', 'DE'], write: 'FR' })),
        change('moved', 'GET /account', endpointMoved({ from: 'GET /Account' }))
      ]
    }
  })
  app.get('/account', { schema: { headers: Type.Object({ 'x-account': Type.Array(Type.Union([Type.Literal('FR'), Type.Literal('DE')])) }), response } }, echo)
  t.same((await app.inject({ url: '/Account', headers: { 'x-account': 'EU' } })).json(), { account: 'FR,DE' })
})

t.test('a move of what is no endpoint is not a matter of names', async (t) => {
  const history = historyOf({ [V0]: [], [V1]: [change('moved', 'GET /account headers', endpointMoved({ from: 'GET /Account' }))] })
  t.doesNotThrow(() => checkHeaderNames(history))
})

t.test('a headers schema without properties stays as it is', async (t) => {
  t.same(lowerCaseHeaders({ $ref: 'Headers#' }), { $ref: 'Headers#' })
})
