import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import pg from 'pg'
import t, { type Test } from 'tap'
import { findProblem } from '../../scripts/postgres/connection.js'
import { findLeftOver } from '../../scripts/postgres/left-over.js'
import { claimOwnership } from '../../scripts/postgres/owner.js'
import { startEmbeddedServer } from '../../scripts/postgres/server.js'

const ROOT = join(import.meta.dirname, '..', '..')
const fast = { settings: { fsync: 'off' }, say: () => {}, joinMs: 10_000 }

async function makeHome (t: Test, mode = 0o755): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fastify-vintage-home-'))
  await chmod(folder, mode)
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return join(folder, '.vintage')
}

const template = await mkdtemp(join(tmpdir(), 'fastify-vintage-home-'))
await chmod(template, 0o755)
t.teardown(() => rm(template, { recursive: true, force: true }))

/** A home that was started before, as a copy of one that was: that is faster than another first start. */
async function makeUsedHome (t: Test): Promise<string> {
  const home = await makeHome(t)
  await promisify(execFile)('cp', ['-a', template, home])
  return home
}

async function holdServer (home: string): Promise<{ child: ChildProcess, url: string, owned: boolean }> {
  const child = spawn(process.execPath, ['--import', './scripts/typescript.mjs', 'test/scripts/fixtures/hold-server.ts', home], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  return { child, ...JSON.parse(line) }
}

async function kill (child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit')
  child.kill('SIGKILL')
  await ended
}

async function query (url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(sql)).rows
  } finally {
    await client.end()
  }
}

t.test('a second start finds the data of the first', async (t) => {
  const home = template
  const first = await startEmbeddedServer(home, fast)
  await query(first.url, 'create table kept as select 1 as n')
  await Promise.all([first.stop(), first.stop()])
  t.not(await findProblem(first.url), null, 'the server has stopped')
  const second = await startEmbeddedServer(home, fast)
  t.same(await query(second.url, 'select n from kept'), [{ n: 1 }])
  await second.stop()
})

t.test('a server that a killed run has left is used, and stopped at the end', async (t) => {
  const home = await makeUsedHome(t)
  const { child, url } = await holdServer(home)
  await kill(child)
  t.equal(await findProblem(url), null, 'it still runs')
  const server = await startEmbeddedServer(home, fast)
  t.equal(server.url, url)
  t.equal(server.owned, true)
  await server.stop()
  t.not(await findProblem(url), null, 'it has stopped')
})

t.test('a server that a killed run has left and whose record is gone is stopped, and its data is put aside', async (t) => {
  const home = await makeUsedHome(t)
  const { child, url } = await holdServer(home)
  await kill(child)
  await rm(join(home, 'postgres.json'))
  const lines: string[] = []
  const server = await startEmbeddedServer(home, { ...fast, say: (line) => { lines.push(line) } })
  const aside = (await readdir(home)).filter((name) => name.startsWith('data.'))
  t.equal(aside.length, 1)
  t.match(lines.join(), aside[0])
  t.not(await findProblem(url), null, 'the old password is not the new one')
  t.equal(await findProblem(server.url), null)
  await server.stop()
})

t.test('a start beside another one that still runs shares its server and does not stop it', async (t) => {
  const home = await makeUsedHome(t)
  const { child, url } = await holdServer(home)
  const shared = await startEmbeddedServer(home, fast)
  t.equal(shared.owned, false)
  await shared.stop()
  t.equal(await findProblem(url), null)
  await kill(child)
  await (await startEmbeddedServer(home, fast)).stop()
})

t.test('a stale pid file does not keep a server from starting, also when another process bears its pid now', async (t) => {
  const home = await makeUsedHome(t)
  for (const pid of [process.pid, 2 ** 22 + 1]) {
    await writeFile(join(home, 'data', 'postmaster.pid'), `${pid}\n${join(home, 'data')}\n0\n5432\n\n127.0.0.1\n`)
    t.equal(await findLeftOver(join(home, 'data')), null)
    const server = await startEmbeddedServer(home, fast)
    t.equal(await findProblem(server.url), null)
    await server.stop()
  }
})

t.test('a taken port is given up for a free one, and a copy of a used clone has its own server and rows', async (t) => {
  const [home, copy] = [await makeUsedHome(t), await makeUsedHome(t)]
  const first = await startEmbeddedServer(home, fast)
  await copyFile(join(home, 'owner.json'), join(copy, 'owner.json'))
  await copyFile(join(home, 'postgres.json'), join(copy, 'postgres.json'))
  await copyFile(join(home, 'data', 'postmaster.pid'), join(copy, 'data', 'postmaster.pid'))
  const second = await startEmbeddedServer(copy, fast)
  t.equal(second.owned, true)
  t.not(new URL(second.url).port, new URL(first.url).port)
  await query(second.url, 'create table only_here ()')
  t.same(await query(first.url, "select to_regclass('only_here') as found"), [{ found: null }])
  await second.stop()
  await first.stop()
})

t.test('a clone that is renamed while its server runs keeps its server and its rows, also after a kill', async (t) => {
  const home = await makeUsedHome(t)
  const { child, url } = await holdServer(home)
  const link = join(dirname(home), 'link')
  await rename(home, join(dirname(home), 'moved'))
  await symlink('moved', link)
  const shared = await startEmbeddedServer(link, fast)
  t.match(shared, { url, owned: false })
  await query(shared.url, 'checkpoint')
  await kill(child)
  const server = await startEmbeddedServer(link, fast)
  t.match(server, { url, owned: true })
  t.same(await query(url, 'select n from kept'), [{ n: 1 }])
  await server.stop()
  t.not(await findProblem(url), null, 'it has stopped')
})

t.test('it works in a folder that only its owner can enter', async (t) => {
  const home = await makeHome(t, 0o700)
  const server = await startEmbeddedServer(home, fast)
  t.equal(await findProblem(server.url), null)
  await query(server.url, 'create table kept as select 1 as n')
  await server.stop()
  const again = await startEmbeddedServer(home, fast)
  t.same(await query(again.url, 'select n from kept'), [{ n: 1 }])
  await again.stop()
  const { folder } = JSON.parse(await readFile(join(home, 'postgres.json'), 'utf8'))
  t.equal(folder === home, process.getuid?.() !== 0, 'root keeps the data where the user `postgres` can reach it')
  if (folder !== home) await rm(folder, { recursive: true })
})

t.test('data that another major version has written is refused in one sentence', async (t) => {
  const home = await makeUsedHome(t)
  await (await startEmbeddedServer(home, fast)).stop()
  await writeFile(join(home, 'data', 'PG_VERSION'), '9\n')
  await t.rejects(startEmbeddedServer(home, fast), { name: 'SetupError', message: /was written by Postgres 9, and this is Postgres \d+: remove the folder to start afresh\.$/ })
})

t.test('a server that does not start tells the end of its log', async (t) => {
  const home = await makeUsedHome(t)
  await t.rejects(startEmbeddedServer(home, { settings: { shared_buffers: 'lots' } }), { name: 'SetupError', message: /did not start.*shared_buffers/ })
})

t.test('a start that waits for another one can be given up, and does not wait for ever', async (t) => {
  const home = await makeHome(t)
  await mkdir(home)
  const file = join(home, 'owner.json')
  t.equal(await claimOwnership(file), null)
  const said: string[] = []
  const say = (line: string) => { said.push(line) }
  await t.rejects(startEmbeddedServer(home, { say, signal: AbortSignal.timeout(2_500) }), { name: 'AbortError' })
  t.match(said, [`waiting for pid ${process.pid}, `])
  await t.rejects(startEmbeddedServer(home, { say, joinMs: 300 }), { name: 'SetupError', message: /does not answer: stop that process/ })
})
