import { Type } from '@sinclair/typebox'
import Fastify, { type FastifyInstance } from 'fastify'
import vintage, {
  add, behaviour, change, endpointAdded, endpointMoved, endpointRemoved, errorCodeChanged, fieldNames, headerChanged, internal, methodChanged, ref, remove, rename, replace, schemaRemoved, schemaRenamed,
  schemaSplit, statusChanged, variant, type Change
} from 'fastify-vintage'
import { isRecord } from '../../src/versioning/json-schema.js'

/** An API of tickets and tasks whose history holds every kind of change of names, schemas and endpoints, with look-ups and partial bodies. */
const base = { id: Type.Integer(), title: Type.String({ minLength: 1 }), full_name: Type.String(), created_at: Type.Integer() }

export const Ticket = Type.Object({ ...base, customer_id: Type.Integer(), plan_code: internal(Type.String()) }, { $id: 'Ticket' })
export const NewTicket = variant('NewTicket', Ticket, (ticket) => Type.Omit(ticket, ['id', 'customer_id', 'plan_code', 'customer', 'plan'], { additionalProperties: false }))
export const TicketPatch = variant('TicketPatch', NewTicket, (ticket) => Type.Partial(ticket, { additionalProperties: false }))

export const Task = Type.Object(base, { $id: 'Task' })
export const NewTask = variant('NewTask', Task, (task) => Type.Omit(task, ['id'], { additionalProperties: false }))

const Refusal = Type.Object({ code: Type.String(), reason: Type.String() }, { $id: 'Refusal' })
const Params = Type.Object({ id: Type.Integer() })
const Query = Type.Object({
  sort: Type.Optional(fieldNames('Ticket', ['id', 'title', 'full_name', 'created_at'], { prefix: '-', separator: ',' })),
  fields: Type.Optional(Type.Array(fieldNames('Ticket', ['title', 'full_name'])))
})

const splitName = ({ full_name }: { full_name: string }) => {
  const space = full_name.indexOf(' ')
  return space === -1 ? { first_name: full_name, last_name: '' } : { first_name: full_name.slice(0, space), last_name: full_name.slice(space + 1) }
}

/** How often a look-up has run. */
export interface LookUps { count: number }

/** @param lookUps is counted up by the change that looks customers up */
function officeVersions (lookUps: LookUps): Record<string, Change[]> {
  return {
    '2020-01-01': [],
    '2020-06-01': [change('`headline` is now `title`', 'Entry', rename({ headline: 'title' }))],
    '2021-01-01': [change('entries are items', 'Item', schemaRenamed({ from: 'Entry' }))],
    '2021-06-01': [change('a name is one field', 'Item', replace({
      before: { first_name: Type.String(), last_name: Type.String() },
      after: { full_name: Type.String() },
      upgrade: ({ first_name, last_name }) => ({ full_name: `${first_name} ${last_name}` }),
      downgrade: splitName,
      lossy: { why: 'a name does not say where its first part ends' }
    }))],
    '2022-01-01': [
      change('items are tickets or tasks', ['Ticket', 'Task'], schemaSplit({ from: 'Item' })),
      change('a ticket has a customer', 'Ticket', add({ after: { customer: Type.String(), plan: Type.String() }, value: { customer: '', plan: '' } })),
      change('a task has a fax', 'Task', add({ after: { fax: ref('Fax') }, value: { fax: { number: '' } } }))
    ],
    '2022-06-01': [change('a customer is told by number', 'Ticket', replace({
      before: { customer: Type.String() },
      after: { customer_id: Type.Integer() },
      load: {
        key: ({ customer_id }) => customer_id,
        many: async (ids: readonly number[]) => {
          lookUps.count++
          return new Map(ids.map((id) => [id, `customer ${id}`]))
        }
      },
      downgrade: (_, name) => ({ customer: String(name) })
    }))],
    '2023-01-01': [change('plans are no longer told', 'Ticket', rename({ plan: 'plan_code' }))],
    '2023-06-01': [
      change('faxes are gone', 'Fax', schemaRemoved({ schema: Type.Object({ number: Type.String() }) })),
      change('a task has no fax', 'Task', remove({ before: { fax: ref('Fax') }, value: { fax: { number: '' } } }))
    ],
    '2024-01-01': [
      change('`made` is now `created_at`', ['Ticket', 'Task'], rename({ made: 'created_at' })),
      change('`X-Total` is now `X-Total-Count`', 'GET /tickets', headerChanged({ from: 'X-Total', to: 'X-Total-Count' })),
      behaviour('counts-from-one', 'places in a list begin with one')
    ],
    '2024-06-01': [
      change('tickets can be summed up', 'GET /summary', endpointAdded()),
      change('use `GET /tickets`', 'GET /dump', endpointRemoved()),
      change('a ticket is put', 'PUT /tickets/:id', methodChanged({ from: 'POST' })),
      change('tasks stand below tasks', 'GET /tasks/:id', endpointMoved({ from: 'GET /task/:number' }))
    ],
    '2025-01-01': [
      change('what is not there is 404', 'GET /tasks/:id', statusChanged({ from: 410, to: 404 })),
      change('`GONE` is now `NOT_FOUND`', 'GET /tasks/:id 404', errorCodeChanged({ codes: { GONE: 'NOT_FOUND' } }))
    ]
  }
}

export const OFFICE_VERSIONS = Object.keys(officeVersions({ count: 0 }))

/** @returns the index of a version */
export const since = (version: string): number => OFFICE_VERSIONS.indexOf(version)

/** A ticket as a client of head sends it. */
export const printer = { title: 'printer', full_name: 'Ada Lovelace', created_at: 7 }

/** What the office holds, beside its app. */
export interface Office { readonly app: FastifyInstance, readonly lookUps: LookUps }

/** Builds the API, which knows the ticket and the task that were posted last. */
export async function buildOffice (): Promise<Office> {
  const app = Fastify()
  const lookUps = { count: 0 }
  let ticket: Record<string, unknown> = { id: 1, customer_id: 3, plan_code: 'hidden', ...printer }
  let task: Record<string, unknown> = { id: 1, ...printer }
  const merge = (body: unknown): object => { ticket = { ...ticket, ...Object(body) }; return ticket }
  await app.register(vintage, { versions: officeVersions(lookUps), default: '2020-01-01' })
  app.get('/tickets', { schema: { querystring: Query, response: { 200: Type.Array(Ticket) } } }, async ({ query, vintage }, reply) => {
    requireHeadNames(query)
    reply.header('x-total-count', vintage.has('counts-from-one') ? 2 : 1)
    return [ticket, ticket]
  })
  app.get('/tickets/:id', { schema: { params: Params, response: { 200: Ticket } } }, async () => ticket)
  app.post('/tickets', { schema: { body: NewTicket, response: { 201: Ticket } } }, async ({ body }, reply) => await reply.code(201).send(merge(body)))
  app.put('/tickets/:id', { schema: { params: Params, body: NewTicket, response: { 200: Ticket } } }, async ({ body }) => merge(body))
  app.patch('/tickets/:id', {
    schema: { params: Params, body: TicketPatch, response: { 200: Ticket } },
    config: { vintage: { currentResource: async () => ({ value: ticket, token: 1 }) } }
  }, async ({ body }) => merge(body))
  app.post('/tasks', { schema: { body: NewTask, response: { 201: Task } } }, async ({ body }, reply) => {
    task = { ...task, ...Object(body) }
    return await reply.code(201).send(task)
  })
  app.get('/tasks/:id', { schema: { params: Params, response: { 200: Task, 404: Refusal } } }, async ({ params }, reply) =>
    Reflect.get(Object(params), 'id') === 1 ? task : await reply.code(404).send({ code: 'NOT_FOUND', reason: 'no such task' }))
  app.get('/summary', { schema: { response: { 200: Type.Object({ ticket: Ticket, task: Task }) } } }, async () => ({ ticket, task }))
  app.get('/dump', { schema: { response: { 200: Type.Object({ tickets: Type.Record(Type.String(), Ticket), tasks: Type.Array(Task) }) } } }, async () => ({ tickets: { first: ticket }, tasks: [task] }))
  return { app, lookUps }
}

/** @throws Error for names that head's tickets do not have */
function requireHeadNames (query: unknown): void {
  const { sort, fields } = isRecord(query) ? query : {}
  const names = [...typeof sort === 'string' ? sort.split(',').map((name) => name.replace(/^-/, '')) : [], ...Array.isArray(fields) ? fields.map(String) : []]
  const odd = names.find((name) => !Object.hasOwn(Ticket.properties, name))
  if (odd !== undefined) throw new Error(`head was given \`${odd}\``)
}
