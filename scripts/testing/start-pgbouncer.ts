import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findProblem } from '../postgres/connection.js'
import { freePort } from '../postgres/free-port.js'
import { findServerUser } from '../postgres/server-user.js'
import { SetupError } from '../postgres/setup-error.js'

/** A PgBouncer in front of a server. */
export interface PgBouncer {
  /** that of the server, through it; every database of the server is there */
  readonly url: string
  stop (): Promise<void>
}

/** fewer than the clients that use them, so that statements of one land on the connections of another */
const SERVER_CONNECTIONS = 3

const READY_MS = 10_000

/** Starts PgBouncer in transaction mode on loopback, for the superuser of a server. */
export async function startPgBouncer (serverUrl: string): Promise<PgBouncer> {
  const program = ['pgbouncer', '/usr/sbin/pgbouncer'].find((name) => spawnSync(name, ['--version']).status === 0)
  if (program === undefined) throw new SetupError('PgBouncer is not installed: apt-get install pgbouncer, and try again.')
  const folder = await mkdtemp(join(tmpdir(), 'fastify-vintage-pgbouncer-'))
  await chmod(folder, 0o755)
  const port = await freePort()
  const file = join(folder, 'pgbouncer.ini')
  await writeFile(file, configure(new URL(serverUrl), port), { mode: 0o644 })
  // like the server, it refuses to run as root
  const child = spawn(program, [file], { ...findServerUser(), cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { output += String(chunk) })
  const ended = once(child, 'exit')
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGQUIT')) await ended
    await rm(folder, { recursive: true, force: true })
  }
  const url = new URL(serverUrl)
  url.port = String(port)
  const until = performance.now() + READY_MS
  for (let problem = await findProblem(url.href); problem !== null; problem = await findProblem(url.href)) {
    if (performance.now() < until && child.exitCode === null) await sleep(50)
    else {
      await stop()
      throw new SetupError(`PgBouncer does not answer (${problem}): ${output.trim()}`)
    }
  }
  return { url: url.href, stop }
}

function configure (server: URL, port: number): string {
  const quoted = (text: string) => `'${decodeURIComponent(text).replaceAll("'", "''")}'`
  return `[databases]
* = host=${server.hostname} port=${server.port} user=${quoted(server.username)} password=${quoted(server.password)}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = ${SERVER_CONNECTIONS}
max_client_conn = 200
`
}
