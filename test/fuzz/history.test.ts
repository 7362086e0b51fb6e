import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import { clients } from 'fastify-vintage/testing'
import { inspectionsOf } from '../../src/http/inspection.js'
import { isRecord, type JsonSchema } from '../../src/versioning/json-schema.js'
import { bodiesOf, names } from './bodies.js'
import { buildOffice, NewTask, NewTicket, OFFICE_VERSIONS, printer, since, TicketPatch } from './office.js'
import { effort, requireDecent } from './promises.js'

const HEAD = OFFICE_VERSIONS.length - 1
const anyVersion = fc.nat(HEAD)
const bodyAtHead: Readonly<Record<string, JsonSchema>> = { 'POST /tickets body': NewTicket, 'PUT /tickets/:id body': NewTicket, 'PATCH /tickets/:id body': TicketPatch, 'POST /tasks body': NewTask }

/** The office with a client of each version, whose answers are held against the contract of that version. */
async function openOffice (t: Test) {
  const { app, lookUps } = await buildOffice()
  t.teardown(() => app.close())
  await app.ready()
  const byVersion = clients(app)
  const contracts = inspectionsOf(app)[0]?.contracts()
  const clientAt = (version: number) => byVersion[String(OFFICE_VERSIONS[version])] ?? byVersion.head
  async function ask (version: number, method: 'GET' | 'POST' | 'PUT' | 'PATCH', url: string, body?: unknown) {
    const answer = await clientAt(version).inject({ method, url, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, payload: JSON.stringify(body) }) })
    requireDecent(answer, body)
    return answer
  }
  const requests = (place: string) => anyVersion.chain((version) => fc.record({ version: fc.constant(version), reader: anyVersion, sent: bodiesOf(contracts?.shape(place, version)?.schema ?? bodyAtHead[place] ?? {}) }))
  return { ask, requests, lookUps }
}

const nameOf = (path: string, version: number) => path === 'title' && version < since('2020-06-01') ? 'headline' : path === 'created_at' && version < since('2024-01-01') ? 'made' : path

t.test('A15 whatever is sent of a schema that was renamed and split can be read in every version, with what is looked up and what is internal', async (t) => {
  const { ask, requests, lookUps } = await openOffice(t)
  for (const [place, url] of [['POST /tickets body', '/tickets'], ['POST /tasks body', '/tasks']] as const) {
    await t.resolves(fc.assert(fc.asyncProperty(requests(place), async ({ version, reader, sent: { body, isValid } }) => {
      const created = await ask(version, 'POST', url, body)
      if (isValid && created.statusCode !== 201) throw new Error(`${OFFICE_VERSIONS[version]} admits ${JSON.stringify(body)}, but: ${created.body}`)
      if (created.statusCode !== 201) return
      const sentTitle: unknown = Reflect.get(Object(body), nameOf('title', version))
      const one = await ask(reader, 'GET', url === '/tickets' ? '/tickets/1' : reader < since('2024-06-01') ? '/task/1' : '/tasks/1')
      const read: unknown = one.json()
      // ajv makes a string of a number
      if (isValid && Reflect.get(Object(read), nameOf('title', reader)) !== sentTitle) throw new Error(`${JSON.stringify(sentTitle)} is read as ${one.body} in ${OFFICE_VERSIONS[reader]}`)
      const { count } = lookUps
      const list = await ask(reader, 'GET', '/tickets')
      if (lookUps.count > count + 1) throw new Error('a list was looked up more than once')
      for (const ticket of list.json()) requireOwnFields(ticket, reader)
    }), effort(t, 0.25)))
  }
})

/** What only some versions have. */
function requireOwnFields (ticket: unknown, version: number): void {
  const has = (name: string) => isRecord(ticket) && name in ticket
  const [split, looked, hidden] = ['2022-01-01', '2022-06-01', '2023-01-01'].map((each) => version >= since(each))
  const isRight = has('customer') === (split === true && looked === false) && has('customer_id') === looked && has('plan') === (split === true && hidden === false) && !has('plan_code')
  if (!isRight) throw new Error(`${JSON.stringify(ticket)} in ${OFFICE_VERSIONS[version]}`)
}

t.test('A20 whatever part of a ticket is patched in any version, the rest of it stays', async (t) => {
  const { ask, requests } = await openOffice(t)
  await t.resolves(fc.assert(fc.asyncProperty(requests('PATCH /tickets/:id body'), async ({ version, sent: { body, isValid } }) => {
    await ask(HEAD, 'PUT', '/tickets/1', printer)
    const patched = await ask(version, 'PATCH', '/tickets/1', body)
    if (isValid && patched.statusCode !== 200) throw new Error(`${OFFICE_VERSIONS[version]} admits ${JSON.stringify(body)}, but: ${patched.body}`)
    if (patched.statusCode !== 200) return
    const sent = new Set(Object.keys(Object(body)))
    const before: Record<string, unknown> = printer
    for (const name of ['title', 'created_at']) {
      const own = nameOf(name, version)
      const [is, was] = [Reflect.get(Object(patched.json()), own), sent.has(own) ? Reflect.get(Object(body), own) : before[name]]
      if (isValid && is !== was) throw new Error(`${own} is ${JSON.stringify(is)}, not ${JSON.stringify(was)}`)
    }
  }), effort(t, 0.25)))
})

t.test('A31 each version has the endpoints, methods, statuses, header names and behaviours of its time, and no other', async (t) => {
  const { ask } = await openOffice(t)
  const moved = since('2024-06-01')
  const answers: ReadonlyArray<readonly ['GET' | 'POST' | 'PUT', string, (version: number) => number]> = [
    ['GET', '/summary', (version) => version < moved ? 404 : 200],
    ['GET', '/dump', (version) => version < moved ? 200 : 404],
    ['GET', '/task/1', (version) => version < moved ? 200 : 404],
    ['GET', '/tasks/1', (version) => version < moved ? 404 : 200],
    ['GET', '/task/2', (version) => version < moved ? 410 : 404],
    ['GET', '/tasks/2', (version) => version === moved ? 410 : 404],
    ['PUT', '/tickets/1', (version) => version < moved ? 404 : 400],
    ['POST', '/tickets/1', (version) => version < moved ? 400 : 404]
  ]
  await t.resolves(fc.assert(fc.asyncProperty(anyVersion, fc.constantFrom(...answers), async (version, [method, url, statusOf]) => {
    const { statusCode, body } = await ask(version, method, url, ...(method === 'GET' ? [] : [{}]))
    if (statusCode !== statusOf(version)) throw new Error(`${method} ${url} in ${OFFICE_VERSIONS[version]}: ${statusCode} ${body}`)
    if (url.endsWith('/2') && !body.includes('Route') && body.includes('GONE') !== (version < since('2025-01-01'))) throw new Error(`${body} in ${OFFICE_VERSIONS[version]}`)
    const { headers } = await ask(version, 'GET', '/tickets')
    const isOld = version < since('2024-01-01')
    if (headers['x-total'] !== (isOld ? '1' : undefined) || headers['x-total-count'] !== (isOld ? undefined : '2')) throw new Error(`${JSON.stringify(headers)} in ${OFFICE_VERSIONS[version]}`)
  }), effort(t, 0.25)))
})

t.test('A23 whatever names are sent to sort by, head gets names of its own or the client a refusal', async (t) => {
  const { ask } = await openOffice(t)
  const name = fc.oneof(names, fc.constantFrom('first_name', 'last_name', 'created_at', '-id', '-made', '-title'), fc.string({ maxLength: 4 }))
  const queries = fc.record({ sort: fc.option(fc.array(name, { maxLength: 3 }), { nil: undefined }), fields: fc.array(name, { maxLength: 2 }) })
  await t.resolves(fc.assert(fc.asyncProperty(anyVersion, queries, async (version, { sort, fields }) => {
    const encode = (text: string) => encodeURIComponent(text.toWellFormed())
    const query = [...sort === undefined ? [] : [`sort=${encode(sort.join(','))}`], ...fields.map((each) => `fields=${encode(each)}`)].join('&')
    const { statusCode } = await ask(version, 'GET', `/tickets?${query}`)
    const own = ['id', nameOf('title', version), nameOf('created_at', version), ...version < since('2021-06-01') ? ['first_name'] : ['full_name']]
    if (fields.length === 0 && sort !== undefined && sort.length === 1 && own.includes(String(sort[0]).replace(/^-/, '')) && statusCode !== 200) throw new Error(`${sort} in ${OFFICE_VERSIONS[version]}: ${statusCode}`)
  }), effort(t, 0.25)))
})

t.test('A14 the two APIs hold every operation that there is', async (t) => {
  const read = async (path: string) => await readFile(new URL(path, import.meta.url), 'utf8')
  const [page, ...apis] = await Promise.all(['../../docs/reference/operations.md', './ledger.ts', './office.ts'].map(read))
  const operations = [...String(page).matchAll(/^## `?(\w+)`?$/gm)].map(([, name]) => String(name)).filter((name) => /^[a-z]/.test(name))
  t.ok(operations.length > 20)
  for (const operation of operations) t.match(apis.join(''), `${operation}(`, operation)
})
