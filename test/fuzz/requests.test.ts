import fc from 'fast-check'
import t from 'tap'
import { bodiesOf, names } from './bodies.js'
import { effort, promisesOf, requireDecent } from './promises.js'
import { ada, buildLedger, VERSIONS } from './ledger.js'

const HEAD = VERSIONS.length - 1
const MOVED = VERSIONS.indexOf('2025-01-01')
const promises = promisesOf()

const anyVersion = fc.nat(HEAD)
const at = (version: number) => ({ 'api-version': String(VERSIONS[version]) })

t.test('A10 whatever stands in the version header, the answer is one of the versions or 400', async (t) => {
  const app = await buildLedger()
  t.teardown(() => app.close())
  await app.inject({ method: 'POST', url: '/accounts', headers: at(HEAD), payload: ada })
  const near = fc.tuple(fc.constantFrom(...VERSIONS), fc.constantFrom(' ', ',', ', ', '\t', '-', '0', 'T', ';q=1', ',2020-01-01'), fc.boolean()).map(([version, more, front]) => front ? more + version : version + more)
  const dates = fc.tuple(fc.integer({ min: 0, max: 9999 }), fc.nat(14), fc.nat(33)).map((parts) => parts.map((part, index) => String(part).padStart(index === 0 ? 4 : 2, '0')).join('-'))
  const sent = fc.oneof(fc.constantFrom(...VERSIONS), near, dates, names, fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 200 }), fc.array(fc.constantFrom(...VERSIONS), { maxLength: 3 }))
  await t.resolves(fc.assert(fc.asyncProperty(sent, fc.constantFrom('/accounts', '/accounts/1', '/account/1', '/nowhere', '/accounts/x'), async (value, url) => {
    const response = await app.inject({ url, headers: { 'api-version': value } })
    requireDecent(response, undefined)
    const served = response.headers['api-version']
    if (typeof value === 'string' && VERSIONS.includes(value) && served !== value) throw new Error(`${value} was served as ${String(served)}`)
    if (typeof served === 'string' && !VERSIONS.includes(served)) throw new Error(`${served} is no version`)
  }), effort(t, 0.2)))
})

t.test('A18 whatever is posted in any version is refused in the client\'s words or can be read in every version', async (t) => {
  const app = await buildLedger()
  t.teardown(() => app.close())
  const posts = anyVersion.chain((version) => fc.record({ version: fc.constant(version), reader: anyVersion, sent: bodiesOf(promises.schemaOf('POST /accounts body', version)) }))
  let accepted = 0
  await t.resolves(fc.assert(fc.asyncProperty(posts, async ({ version, reader, sent: { body, isValid } }) => {
    const created = await app.inject({ method: 'POST', url: '/accounts', headers: { ...at(version), 'content-type': 'application/json' }, payload: JSON.stringify(body) })
    requireDecent(created, body)
    if (isValid && ![200, 201, 422].includes(created.statusCode)) throw new Error(`${VERSIONS[version]} admits ${JSON.stringify(body)}, but: ${created.body}`)
    if (created.statusCode >= 400) return
    accepted++
    if (created.statusCode !== (version < MOVED ? 200 : 201)) throw new Error(`${created.statusCode} in ${VERSIONS[version]}`)
    await promises.requireValid('POST /accounts 201', version, created.json())
    const one = await app.inject({ url: reader < MOVED ? '/account/1' : '/accounts/1', headers: at(reader) })
    requireDecent(one, undefined)
    await promises.requireValid('GET /accounts/:id 200', reader, one.json())
  }), effort(t, 0.3)))
  t.ok(accepted > 0, `${accepted} were accepted`)
})

t.test('A20 whatever is patched in any version is refused in the client\'s words or answered in its own shape', async (t) => {
  const app = await buildLedger()
  t.teardown(() => app.close())
  const patches = anyVersion.chain((version) => fc.record({ version: fc.constant(version), sent: bodiesOf(promises.schemaOf('PATCH /accounts/:id body', version)) }))
  await t.resolves(fc.assert(fc.asyncProperty(patches, async ({ version, sent: { body } }) => {
    await app.inject({ method: 'POST', url: '/accounts', headers: at(HEAD), payload: ada })
    const patched = await app.inject({ method: 'PATCH', url: '/accounts/1', headers: { ...at(version), 'content-type': 'application/json' }, payload: JSON.stringify(body) })
    requireDecent(patched, body)
    if (patched.statusCode === 200) await promises.requireValid('PATCH /accounts/:id 200', version, patched.json())
  }), effort(t, 0.15)))
})

t.test('A12 whatever a team holds comes back in the shape of the version, in lists, maps and unions', async (t) => {
  const app = await buildLedger()
  t.teardown(() => app.close())
  const teams = anyVersion.chain((version) => fc.record({ version: fc.constant(version), sent: bodiesOf(promises.schemaOf('POST /teams body', version)) }))
  await t.resolves(fc.assert(fc.asyncProperty(teams, async ({ version, sent: { body, isValid } }) => {
    const created = await app.inject({ method: 'POST', url: '/teams', headers: { ...at(version), 'content-type': 'application/json' }, payload: JSON.stringify(body) })
    requireDecent(created, body)
    if (isValid && ![201, 422].includes(created.statusCode)) throw new Error(`${VERSIONS[version]} admits ${JSON.stringify(body)}, but: ${created.body}`)
    if (created.statusCode === 201) await promises.requireValid('POST /teams 201', version, created.json())
  }), effort(t, 0.15)))
})

t.test('A30 whatever stands in the query, filters mean what they say or are refused', async (t) => {
  const app = await buildLedger()
  t.teardown(() => app.close())
  await app.inject({ method: 'POST', url: '/accounts', headers: at(HEAD), payload: ada })
  const key = fc.oneof(names, fc.constantFrom('state', 'state[]', 'limit', 'city', 'town', 'constructor[prototype][polluted]', '__proto__[polluted]'), fc.string({ maxLength: 5 }))
  const value = fc.oneof(fc.constantFrom('open', 'pending', 'paid', 'late', 'overdue', 'closed', '1', '0', '101', '-1', 'NaN', '1e2', ''), fc.string({ maxLength: 20 }))
  const queries = fc.array(fc.tuple(key, value), { maxLength: 5 }).map((pairs) => pairs.map(([name, text]) => `${encodeURIComponent(name.toWellFormed())}=${encodeURIComponent(text.toWellFormed())}`).join('&'))
  await t.resolves(fc.assert(fc.asyncProperty(anyVersion, queries, async (version, query) => {
    const list = await app.inject({ url: `/accounts?${query}`, headers: at(version) })
    requireDecent(list, undefined)
    if (list.statusCode === 200) await promises.requireValid('GET /accounts 200', version, list.json())
  }), effort(t, 0.2)))
})
