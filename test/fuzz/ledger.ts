import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify'
import vintage, {
  add, change, constrain, defaultChanged, endpointMoved, enveloped, errorCodeChanged, flatten, mapEnum, nest, remove, rename, replace, splitEnum, statusChanged, variant, wrap, type Change
} from 'fastify-vintage'
import type { HeadContract } from '../../src/versioning/contracts.js'
import { isList, isRecord } from '../../src/versioning/json-schema.js'

/** An API of accounts and teams whose history holds every kind of change of values; what is posted can be read again. */
export const AccountState = Type.Union(['pending', 'paid', 'overdue', 'closed'].map((state) => Type.Literal(state)), { $id: 'AccountState' })

export const Account = Type.Object({
  id: Type.Integer(),
  login: Type.String({ minLength: 1 }),
  full_name: Type.String(),
  emails: Type.Array(Type.String()),
  state: AccountState,
  address: Type.Object({ street: Type.String(), city: Type.String() }),
  limit_eur: Type.Integer({ minimum: 0, maximum: 1000 }),
  nick: Type.Optional(Type.String({ maxLength: 8 })),
  phone_home: Type.String(),
  phone_work: Type.String(),
  note: Type.Union([Type.String(), Type.Null()]),
  locale: Type.String()
}, { $id: 'Account' })

export const NewAccount = variant('NewAccount', Account, (account) => Type.Omit(account, ['id'], { additionalProperties: false }))
export const AccountPatch = variant('AccountPatch', NewAccount, (account) => Type.Partial(account, { additionalProperties: false, minProperties: 1 }))

// ajv takes an inline `$id` once only
const AccountRef = Type.Ref('Account')

export const Team = Type.Object({
  lead: Type.Union([AccountRef, Type.Null()]),
  members: Type.Array(AccountRef, { maxItems: 3 }),
  by_role: Type.Record(Type.String(), AccountRef),
  about: Type.Union([Type.Object({ kind: Type.Literal('account'), account: AccountRef }), Type.Object({ kind: Type.Literal('text'), text: Type.String() })])
}, { $id: 'Team' })

const AccountPage = Type.Object({ data: Type.Array(Account), next: Type.Union([Type.Integer(), Type.Null()]) })
const Query = Type.Object({ state: Type.Optional(Type.Array(AccountState)), limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }), city: Type.Optional(Type.String()) })
const Params = Type.Object({ id: Type.Integer() })
export const Problem = Type.Object({ code: Type.String(), message: Type.String(), paths: Type.Array(Type.String()) }, { $id: 'Problem' })

const splitName = ({ full_name }: { full_name: string }) => {
  const space = full_name.indexOf(' ')
  return space === -1 ? { first_name: full_name, last_name: '' } : { first_name: full_name.slice(0, space), last_name: full_name.slice(space + 1) }
}

export const versions: Record<string, Change[]> = {
  '2020-01-01': [],
  '2020-06-01': [change('`username` is now `login`', 'Account', rename({ username: 'login' }))],
  '2021-01-01': [change('a name is one field', 'Account', replace({
    before: { first_name: Type.String(), last_name: Type.String() },
    after: { full_name: Type.String() },
    upgrade: ({ first_name, last_name }) => ({ full_name: `${first_name} ${last_name}` }),
    downgrade: splitName,
    lossy: { why: 'a name does not say where its first part ends' }
  }))],
  '2021-06-01': [change('several emails', 'Account', wrap({ fields: { email: 'emails' }, empty: { email: '' } }))],
  '2022-01-01': [
    change('`open` is now told apart', 'AccountState', splitEnum({ value: 'open', into: ['pending', 'paid'], write: 'pending' })),
    change('an address is an object', 'Account', nest({ into: 'address', fields: ['street', 'city'] }))
  ],
  '2022-06-01': [change('`late` is now `overdue`', 'AccountState', mapEnum({ values: { late: 'overdue' } }))],
  '2023-01-01': [
    change('a limit is at most 1000', 'Account', constrain({ before: { limit_eur: Type.Integer({ minimum: 0 }) }, after: { limit_eur: Type.Integer({ minimum: 0, maximum: 1000 }) }, fit: ({ limit_eur }) => ({ limit_eur: Math.min(limit_eur, 1000) }) })),
    change('a nick has at most 8 characters', 'Account', constrain({ before: { nick: Type.Optional(Type.String()) }, after: { nick: Type.Optional(Type.String({ maxLength: 8 })) } }))
  ],
  '2023-06-01': [change('phones stand beside the rest', 'Account', flatten({ from: 'phone', fields: { home: 'phone_home', work: 'phone_work' } }))],
  '2024-01-01': [
    change('`locale` is new', 'Account', add({ after: { locale: Type.String() }, value: { locale: 'en' } })),
    change('`fax` is gone', 'Account', remove({ before: { fax: Type.String() }, value: { fax: '' } }))
  ],
  '2024-06-01': [
    change('accounts come in pages', 'GET /accounts 200', enveloped({ items: 'data' })),
    change('a page holds 20', 'GET /accounts querystring', defaultChanged({ field: 'limit', before: 10, after: 20 })),
    change('`town` is now `city`', 'GET /accounts querystring', rename({ town: 'city' }))
  ],
  '2025-01-01': [
    change('a new account is 201', 'POST /accounts', statusChanged({ from: 200, to: 201 })),
    change('an account stands below accounts', 'GET /accounts/:id', endpointMoved({ from: 'GET /account/:account_id' })),
    change('`GONE` is now `NOT_FOUND`', 'GET /accounts/:id 404', errorCodeChanged({ codes: { GONE: 'NOT_FOUND' } }))
  ]
}

export const VERSIONS = Object.keys(versions)

/** An account as a client of head sends it. */
export const ada = { login: 'ada', full_name: 'Ada Lovelace', emails: ['ada@example.com'], state: 'paid', address: { street: 's', city: 'c' }, limit_eur: 7, phone_home: '1', phone_work: '2', note: null, locale: 'de' }

/** The places of the API, for deriving what each version promises. */
export const head: HeadContract = {
  schemas: new Map([['Account', Account]]),
  places: new Map(Object.entries({
    'GET /accounts 200': AccountPage,
    'GET /accounts querystring': Query,
    'GET /accounts/:id 200': Account,
    'GET /accounts/:id 404': Problem,
    'GET /accounts/:id params': Params,
    'POST /accounts body': NewAccount,
    'POST /accounts 201': Account,
    'PATCH /accounts/:id body': AccountPatch,
    'PATCH /accounts/:id 200': Account,
    'PATCH /accounts/:id params': Params,
    'POST /teams body': Team,
    'POST /teams 201': Team
  }))
}

/** Builds the API. What was posted last is all that it knows. */
export async function buildLedger (): Promise<FastifyInstance> {
  const app = Fastify()
  let last: Record<string, unknown> = {}
  await app.register(vintage, { versions, default: '2020-01-01' })
  app.addSchema(Account)
  app.setErrorHandler(async (error: FastifyError, _request, reply) => {
    const paths = error.validation?.map(({ instancePath }) => instancePath) ?? []
    return await reply.code(error.statusCode ?? 500).send({ code: error.code ?? 'INTERNAL', message: error.message, paths })
  })
  const errors = { '4xx': Problem, '5xx': Problem }
  app.get('/accounts', { schema: { querystring: Query, response: { 200: AccountPage, ...errors } } }, async ({ query }) => {
    if (!isRecord(query) || typeof query.limit !== 'number' || (query.state !== undefined && !isList(query.state))) throw new Error('head\'s validator has let something else through')
    return { data: [last, last], next: null }
  })
  app.get('/accounts/:id', { schema: { params: Params, response: { 200: Account, 404: Problem, ...errors } } }, async ({ params }, reply) => {
    return Reflect.get(Object(params), 'id') === 1 ? last : await reply.code(404).send({ code: 'NOT_FOUND', message: 'no such account', paths: [] })
  })
  app.post('/accounts', { schema: { body: NewAccount, response: { 201: Account, ...errors } } }, async ({ body }, reply) => {
    last = { id: 1, ...Object(body) }
    return await reply.code(201).send(last)
  })
  app.patch('/accounts/:id', { schema: { params: Params, body: AccountPatch, response: { 200: Account, ...errors } } }, async ({ body }) => {
    last = { ...last, ...Object(body) }
    return last
  })
  app.post('/teams', { schema: { body: Team, response: { 201: Team, ...errors } } }, async ({ body }, reply) => await reply.code(201).send(body))
  return app
}
