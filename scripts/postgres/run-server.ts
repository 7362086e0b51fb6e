import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findProblem } from './connection.js'
import type { NativeFiles } from './native-files.js'
import { identify, isAlive, type ProcessIdentity } from './processes.js'
import type { ServerUser } from './server-user.js'
import { SetupError } from './setup-error.js'

/** A data folder, and what is needed to serve it. */
export interface Cluster {
  readonly files: NativeFiles
  readonly user: ServerUser
  /** absolute; its parent can be entered by the server's user */
  readonly dataFolder: string
  /** of the superuser `postgres` */
  readonly password: string
}

/** How a server is launched. */
export interface LaunchOptions {
  readonly settings?: Readonly<Record<string, string>>
  readonly signal?: AbortSignal
}

const READY_MS = 60_000

/** Makes the data folder, whole or not at all. */
export async function createCluster (cluster: Cluster, signal?: AbortSignal): Promise<void> {
  const { files, user, dataFolder, password } = cluster
  if (existsSync(dataFolder)) return await checkMajor(cluster)
  const half = `${dataFolder}.new`
  const passwordFile = `${dataFolder}.password`
  await rm(half, { recursive: true, force: true })
  await mkdir(half, { mode: 0o700 })
  await writeFile(passwordFile, password, { mode: 0o600 })
  if (user.uid !== undefined && user.gid !== undefined) {
    await chown(half, user.uid, user.gid)
    await chown(passwordFile, user.uid, user.gid)
  }
  try {
    await runInitdb(files.initdb, [`--pgdata=${half}`, `--pwfile=${passwordFile}`], user, dirname(dataFolder))
    signal?.throwIfAborted()
    await rename(half, dataFolder)
  } finally {
    await rm(passwordFile, { force: true })
  }
}

async function checkMajor ({ files, dataFolder }: Cluster): Promise<void> {
  const found = (await readFile(join(dataFolder, 'PG_VERSION'), 'utf8').catch(() => '')).trim()
  const wanted = files.version.split('.')[0]
  if (found === wanted) return
  throw new SetupError(`${dataFolder} was written by Postgres ${found === '' ? 'unknown' : found}, and this is Postgres ${wanted}: remove the folder to start afresh.`)
}

async function runInitdb (initdb: string, args: string[], user: ServerUser, cwd: string): Promise<void> {
  const fixed = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-sync']
  const child = spawn(initdb, [...args, ...fixed], { ...user, cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => { output += String(chunk) })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  if (code !== 0) throw new SetupError(`initdb failed (exit ${code}): ${lastLines(output)}`)
}

/**
 * Starts the server on loopback, in a process group of its own: a Ctrl-C in the terminal reaches us, and we stop the
 * server once nobody needs it.
 * @returns its process, once it answers
 */
export async function launch (cluster: Cluster, port: number, { settings, signal }: LaunchOptions): Promise<ProcessIdentity> {
  const logFile = join(dirname(cluster.dataFolder), 'postgres.log')
  const log = openSync(logFile, 'w', 0o600)
  const all = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...settings }
  const child = spawn(cluster.files.postgres, [
    '-D', nameForServer(cluster.dataFolder), '-p', String(port), ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  ], { ...cluster.user, cwd: cluster.dataFolder, detached: true, stdio: ['ignore', log, log] })
  closeSync(log)
  const failed = new Promise<never>((_resolve, reject) => { child.once('error', reject) })
  const started = await Promise.race([failed, waitUntilReady(child.pid, superuserUrl(port, cluster.password), signal)])
  child.unref()
  if (started !== null) return started
  child.kill('SIGQUIT')
  signal?.throwIfAborted()
  throw new SetupError(`the embedded Postgres did not start; the end of ${logFile}: ${lastLines(await readFile(logFile, 'utf8'))}`)
}

// Postgres opens some files by the name that it was given, and would crash at its next checkpoint after a rename.
function nameForServer (dataFolder: string): string {
  return process.platform === 'linux' ? '/proc/self/cwd' : dataFolder
}

async function waitUntilReady (pid: number | undefined, url: string, signal: AbortSignal | undefined): Promise<ProcessIdentity | null> {
  const process = pid === undefined ? null : identify(pid)
  if (process === null) return null
  const end = performance.now() + READY_MS
  while (isAlive(process) && performance.now() < end && signal?.aborted !== true) {
    if (await findProblem(url, 1_000) === null) return process
    await sleep(50)
  }
  return null
}

/** The superuser's connection to a server of ours. */
export function superuserUrl (port: number, password: string, database = 'postgres'): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/${database}`
}

function lastLines (log: string): string {
  const lines = log.trim().split('\n').slice(-5)
  return lines.join(' | ') || '(no output)'
}
