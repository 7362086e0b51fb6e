import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createDatabase, serverUrl } from '../database.js'
import { provideDatabase } from '../../example-server/database/provide.js'
import { readListenAddress } from '../../example-server/listen-address.js'
import { findProblem } from '../../scripts/postgres/connection.js'
import { run } from './run.js'

async function makeHome (t: Test): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), 'fastify-vintage-start-'))
  await chmod(home, 0o755)
  t.teardown(() => rm(home, { recursive: true, force: true }))
  return home
}

async function get (url: string, headers: Record<string, string>): Promise<unknown> {
  return await (await fetch(url, { headers })).json()
}

const old = { authorization: 'Bearer demo-2024' }
const head = { authorization: 'Bearer demo-unpinned', 'api-version': '2026-11-01' }

t.test('npm start brings a database, fills it once, serves old and new clients, and stops on Ctrl-C', async (t) => {
  const home = await makeHome(t)
  const first = run(t, 'start.ts', { PORT: '0', VINTAGE_HOME: home })
  const url = await first.ready()
  t.match(await get(`${url}/users/1`, old), { id: 1, first_name: 'Ada', last_name: 'Lovelace', created: String })
  t.match(await get(`${url}/users/1`, head), { id: 1, full_name: 'Ada Lovelace', created_at: String })
  t.match(await get(`${url}/orders/30000`, head), { id: 30_000, user: { full_name: String } })
  t.match(first.output(), /10000 users/)
  t.match(first.output(), /npx vintage advance/)

  first.child.kill('SIGINT')
  first.child.kill('SIGINT')
  t.equal(await first.ended(), 0)
  const database = await readFile(join(home, 'database-url'), 'utf8')
  t.not(await findProblem(database), null, 'Postgres has stopped too')

  const second = run(t, 'start.ts', { PORT: '0', VINTAGE_HOME: home })
  const again = await second.ready()
  t.match(await get(`${again}/users/1`, old), { first_name: 'Ada' })
  t.notMatch(second.output(), /first start/)
  second.child.kill('SIGTERM')
  t.equal(await second.ended(), 0)
})

t.test('npm start told to stop while it is still starting leaves nothing behind', async (t) => {
  const home = await makeHome(t)
  const { child, ended, output } = run(t, 'start.ts', { PORT: '0', VINTAGE_HOME: home })
  while (!output().includes('the database is at')) await sleep(20)
  child.kill('SIGINT')
  t.equal(await ended(), 0)
  t.notMatch(output(), /the shop answers/)
  t.not(await findProblem(await readFile(join(home, 'database-url'), 'utf8')), null)
})

t.test('npm start uses the server that DATABASE_URL names', async (t) => {
  const { url: databaseUrl, knex } = await createDatabase(t)
  const { ready, child, ended } = run(t, 'start.ts', { PORT: '0', DATABASE_URL: databaseUrl })
  const url = await ready()
  t.match(await get(`${url}/users/1`, old), { first_name: 'Ada' })
  t.same((await knex('users').count())[0], { count: '10000' })
  t.match(await knex('vintage.transitions').select('name', 'phase').orderBy('name'), [
    { name: 'orders.total', phase: 'drop' }, { name: 'users.full_name', phase: 'dual-write' }
  ])
  child.kill('SIGINT')
  t.equal(await ended(), 0)
})

t.test('a taken port is told in one sentence', async (t) => {
  const blocker = createServer().listen(0, '127.0.0.1')
  t.teardown(() => blocker.close())
  await once(blocker, 'listening')
  const address = blocker.address()
  const port = typeof address === 'object' && address !== null ? String(address.port) : ''
  const { ended, output } = run(t, 'start.ts', { PORT: port, VINTAGE_HOME: await makeHome(t) })
  t.equal(await ended(), 1)
  t.match(output(), new RegExp(`^npm start: port ${port} of 127.0.0.1 is taken: .*\\n$`))
})

t.test('a dead DATABASE_URL is told in one sentence, without its password', async (t) => {
  const { ended, output } = run(t, 'start.ts', { PORT: '0', DATABASE_URL: 'postgres://shop:s3cret@127.0.0.1:1/shop' })
  t.equal(await ended(), 1)
  t.match(output(), /^npm start: DATABASE_URL names 127\.0\.0\.1:1, database `shop`, which cannot be used \(.*ECONNREFUSED.*\).*\n$/)
  for (const [DATABASE_URL, wanted] of [
    ['postgres://shop:s3cret@no-such-host.invalid/shop', /^DATABASE_URL names no-such-host\.invalid:5432, .*\(.*\)/],
    [serverUrl().replace(/\w+$/, 'no_such_database'), /^DATABASE_URL names .*"no_such_database" does not exist/],
    ['s3cret', /^DATABASE_URL names \(not a URL\)/]
  ] as const) {
    const error = await provideDatabase({ DATABASE_URL }).catch((reason) => reason)
    t.match(error, { name: 'SetupError', message: wanted })
    t.notMatch(error.message, 's3cret')
  }
})

t.test('a PORT that is none is told in one sentence', async (t) => {
  const { ended, output } = run(t, 'start.ts', { PORT: 'abc' })
  t.equal(await ended(), 1)
  t.match(output(), /^npm start: PORT is `abc`, which is no port: .*\n$/)
  for (const PORT of ['70000', '-1', '3.5']) t.throws(() => readListenAddress({ PORT }), { name: 'SetupError', message: `PORT is \`${PORT}\`` })
  t.same(readListenAddress({}), { host: '127.0.0.1', port: 3000 })
  t.same(readListenAddress({ PORT: '', HOST: '::' }), { host: '::', port: 3000 })
})
