import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import t, { type Test } from 'tap'
import { findProblem } from '../../scripts/postgres/connection.js'
import { findLeftOver } from '../../scripts/postgres/left-over.js'
import { startEmbeddedServer } from '../../scripts/postgres/server.js'

const ROOT = join(import.meta.dirname, '..', '..')
const fast = { fsync: 'off' }

async function makeHome (t: Test, mode = 0o755): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'fastify-vintage-home-'))
  await chmod(folder, mode)
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  return join(folder, '.vintage')
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
  const home = await makeHome(t)
  const first = await startEmbeddedServer(home, fast)
  await query(first.url, 'create table kept as select 1 as n')
  await Promise.all([first.stop(), first.stop()])
  t.not(await findProblem(first.url), null, 'the server has stopped')
  const second = await startEmbeddedServer(home, fast)
  t.same(await query(second.url, 'select n from kept'), [{ n: 1 }])
  await second.stop()
})

t.test('a server that a killed run has left is used, and stopped at the end', async (t) => {
  const home = await makeHome(t)
  const { child, url } = await holdServer(home)
  await kill(child)
  t.equal(await findProblem(url), null, 'it still runs')
  const server = await startEmbeddedServer(home, fast)
  t.equal(server.url, url)
  t.equal(server.owned, true)
  await server.stop()
  t.not(await findProblem(url), null, 'it has stopped')
})

t.test('a server that a killed run has left and whose record is gone is stopped, and all begins afresh', async (t) => {
  const home = await makeHome(t)
  const { child, url } = await holdServer(home)
  await kill(child)
  await rm(join(home, 'postgres.json'))
  const server = await startEmbeddedServer(home, fast)
  t.not(await findProblem(url), null, 'the old password is not the new one')
  t.equal(await findProblem(server.url), null)
  await server.stop()
})

t.test('a start beside another one that still runs shares its server and does not stop it', async (t) => {
  const home = await makeHome(t)
  const { child, url } = await holdServer(home)
  const shared = await startEmbeddedServer(home, fast)
  t.equal(shared.owned, false)
  await shared.stop()
  t.equal(await findProblem(url), null)
  await kill(child)
  await (await startEmbeddedServer(home, fast)).stop()
})

t.test('a stale pid file is removed, also when another process bears its pid now', async (t) => {
  const home = await makeHome(t)
  await (await startEmbeddedServer(home, fast)).stop()
  for (const pid of [process.pid, 2 ** 22 + 1]) {
    const file = join(home, 'data', 'postmaster.pid')
    await writeFile(file, `${pid}\n${join(home, 'data')}\n0\n5432\n\n127.0.0.1\n`)
    t.equal(await findLeftOver(join(home, 'data')), null)
    await t.rejects(readFile(file))
  }
})

t.test('a taken port is given up for a free one', async (t) => {
  const home = await makeHome(t)
  const other = await makeHome(t)
  const first = await startEmbeddedServer(home, fast)
  await mkdir(other)
  const taken = Number(new URL(first.url).port)
  await mkdir(join(other, 'data'))
  await writeFile(join(other, 'postgres.json'), JSON.stringify({ folder: other, port: taken, password: 'x' }))
  await rm(join(other, 'data'), { recursive: true })
  const second = await startEmbeddedServer(other, fast)
  t.not(Number(new URL(second.url).port), taken)
  await second.stop()
  const { folder, password } = JSON.parse(await readFile(join(other, 'postgres.json'), 'utf8'))
  await writeFile(join(other, 'postgres.json'), JSON.stringify({ folder, port: taken, password }))
  const third = await startEmbeddedServer(other, fast)
  t.not(Number(new URL(third.url).port), taken)
  await third.stop()
  await first.stop()
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

t.test('the record of another clone is not taken for our own', async (t) => {
  const home = await makeHome(t)
  const copy = await makeHome(t)
  const first = await startEmbeddedServer(home, fast)
  await mkdir(copy)
  await copyFile(join(home, 'postgres.json'), join(copy, 'postgres.json'))
  const second = await startEmbeddedServer(copy, fast)
  t.not(second.url, first.url)
  await second.stop()
  t.equal(await findProblem(first.url), null)
  await first.stop()
})

t.test('data that another major version has written is refused in one sentence', async (t) => {
  const home = await makeHome(t)
  await (await startEmbeddedServer(home, fast)).stop()
  await writeFile(join(home, 'data', 'PG_VERSION'), '9\n')
  await t.rejects(startEmbeddedServer(home, fast), { name: 'SetupError', message: /was written by Postgres 9, and this is Postgres \d+: remove the folder to start afresh\.$/ })
})

t.test('a server that does not start tells the end of its log', async (t) => {
  const home = await makeHome(t)
  await t.rejects(startEmbeddedServer(home, { shared_buffers: 'lots' }), { name: 'SetupError', message: /did not start.*shared_buffers/ })
})
