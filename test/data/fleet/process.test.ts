import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Knex } from 'knex'
import t, { type Test } from 'tap'
import { createTwins } from '../knex/twins.js'

const LEASE_MS = 1000

/** Another process on the same database. */
async function startProcess (t: Test, url: string) {
  const file = fileURLToPath(new URL('instance-process.ts', import.meta.url))
  const child = spawn(process.execPath, [...process.execArgv, file, url, String(LEASE_MS)], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.stdin.end()
    await once(child, 'exit')
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const answer = async (): Promise<unknown> => (await lines.next()).value
  t.equal(await answer(), 'started')
  const ask = async (line: string): Promise<unknown> => {
    child.stdin.write(`${line}\n`)
    return await answer()
  }
  return { child, ask }
}

const childRow = async (root: Knex) => await root('vintage.instances').select('*', root.raw('lease_until > clock_timestamp() as live')).where('name', 'child').first()

async function until (condition: () => Promise<boolean>): Promise<void> {
  while (!await condition()) await sleep(20)
}

t.test('an instance registers with what it knows, and one that is killed is gone when its lease runs out', async (t) => {
  const { root, url } = await createTwins(t, 'backfill')
  const { child, ask } = await startProcess(t, url)
  t.equal(await ask('read'), 'Ada Lovelace')
  t.match(await childRow(root), { pid: child.pid, build: 'abc123', transitions: ['users.full_name'], live: true })
  await sleep(LEASE_MS + 200)
  t.match(await childRow(root), { live: true }, 'the lease is renewed')
  child.kill('SIGKILL')
  await once(child, 'exit')
  t.match(await childRow(root), { pid: child.pid }, 'it has not left')
  await until(async () => !(await childRow(root)).live)
})

t.test('D13 an instance that was stopped past its lease looks at the phases before it sends anything', async (t) => {
  const { root, url, move } = await createTwins(t, 'dual-write')
  const { child, ask } = await startProcess(t, url)
  t.equal(await ask('read'), 'Ada Lovelace')
  child.kill('SIGSTOP')
  await until(async () => !(await childRow(root)).live)
  await move('hide')
  child.stdin.write('read\n')
  await sleep(50)
  child.kill('SIGCONT')
  t.equal(await ask('read'), 'Ada Lovelace', 'the first one did not name a hidden column')
  t.equal(await ask('read'), 'Ada Lovelace')
})

t.test('D13 a transaction that was stopped past the lease and overtaken is refused, and goes through when it is run again', async (t) => {
  const { root, url, move } = await createTwins(t, 'dual-write')
  const { child, ask } = await startProcess(t, url)
  t.equal(await ask('begin'), 'begun')
  child.kill('SIGSTOP')
  await until(async () => !(await childRow(root)).live)
  await move('hide')
  child.kill('SIGCONT')
  t.equal(await ask('read'), 'FST_ERR_VINTAGE_STATEMENT_OVERTAKEN')
  t.equal(await ask('end'), 'ended')
  t.equal(await ask('begin'), 'begun')
  t.equal(await ask('read'), 'Ada Lovelace')
  child.kill('SIGSTOP')
  await until(async () => !(await childRow(root)).live)
  child.kill('SIGCONT')
  t.equal(await ask('read'), 'Ada Lovelace', 'the lease was out, but nothing had changed')
  t.equal(await ask('end'), 'ended')
})
