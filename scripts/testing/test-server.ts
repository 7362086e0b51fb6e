import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { chmod, lstat, mkdtemp, readdir, rm, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { findLeftOver, stopProcess } from '../postgres/left-over.js'
import { MAJORS, NEWEST, type Major } from '../postgres/majors.js'
import { readOwner } from '../postgres/owner.js'
import { isAlive } from '../postgres/processes.js'
import { startEmbeddedServer, type EmbeddedServer } from '../postgres/server.js'

// The tests create a database each, and copy it: in memory that takes a fraction of the time that it takes on a disk.
const MEMORY = '/dev/shm'
const ENOUGH_BYTES = 4 * 1024 ** 3
const PREFIX = 'fastify-vintage-test-'
const YOUNG_MS = 3_600_000

// Durability costs time and gives nothing to a server that is thrown away.
const SETTINGS = {
  fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300', shared_buffers: '128MB'
}

/** Starts a Postgres of this major for one run of the tests; `stop` removes all of it. What is given in `settings` comes before the usual. */
export async function startTestServer (major: Major = NEWEST, settings: Readonly<Record<string, string>> = {}): Promise<EmbeddedServer> {
  await sweep(MEMORY)
  await sweep(tmpdir())
  const folder = await mkdtemp(join(await hasRoom(MEMORY) ? MEMORY : tmpdir(), PREFIX))
  await chmod(folder, 0o755)
  const remove = () => rm(folder, { recursive: true, force: true })
  try {
    const server = await startEmbeddedServer(folder, { settings: { ...SETTINGS, ...settings }, package: MAJORS[major] })
    await makeLoginCheap(server.url)
    return { ...server, stop: async () => { await server.stop(); await remove() } }
  } catch (error) {
    await remove()
    throw error
  }
}

// Thousands of connections are made to it, and to derive a key for each is half of what they cost the server.
async function makeLoginCheap (url: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(`alter role current_user password ${client.escapeLiteral(deriveVerifier(decodeURIComponent(new URL(url).password)))}`)
    // nor is there anybody on loopback from whom the exchange of SCRAM would keep it
    const { rows: [{ hba_file: rules }] } = await client.query('show hba_file')
    await client.query(`copy (select 'host all all 127.0.0.1/32 password') to ${client.escapeLiteral(rules)}`)
    await client.query('select pg_reload_conf()')
  } finally {
    await client.end()
  }
}

/** A password as Postgres keeps it (RFC 5803), after one iteration instead of 4096. */
function deriveVerifier (password: string): string {
  const salt = randomBytes(16)
  const salted = pbkdf2Sync(password, salt, 1, 32, 'sha256')
  const sign = (text: string) => createHmac('sha256', salted).update(text).digest()
  const storedKey = createHash('sha256').update(sign('Client Key')).digest('base64')
  return `SCRAM-SHA-256$1:${salt.toString('base64')}$${storedKey}:${sign('Server Key').toString('base64')}`
}

async function hasRoom (folder: string): Promise<boolean> {
  const { bavail, bsize } = await statfs(folder).catch(() => ({ bavail: 0, bsize: 0 }))
  return bavail * bsize >= ENOUGH_BYTES
}

/** Stops and removes the servers of runs that were killed. */
async function sweep (root: string): Promise<void> {
  for (const name of await readdir(root).catch(() => [])) {
    if (!name.startsWith(PREFIX)) continue
    const folder = join(root, name)
    // Another sweep may remove it meanwhile, and a run that has just made it may own it in a moment.
    const found = await lstat(folder).catch(() => null)
    if (found === null || found.uid !== process.getuid?.()) continue
    const owner = await readOwner(join(folder, 'owner.json'))
    if (owner === null ? Date.now() - found.mtimeMs < YOUNG_MS : isAlive(owner)) continue
    const leftOver = await findLeftOver(join(folder, 'data'))
    if (leftOver !== null) await stopProcess(leftOver.process)
    await rm(folder, { recursive: true, force: true })
  }
}
