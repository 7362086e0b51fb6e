import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findProblem } from './connection.js'
import { freePort } from './free-port.js'
import { findLeftOver, stopProcess } from './left-over.js'
import { findNativeFiles } from './native-files.js'
import { claimOwnership, releaseOwnership } from './owner.js'
import { isAlive, type ProcessIdentity } from './processes.js'
import { createCluster, launch, superuserUrl, type Cluster } from './run-server.js'
import { canEnter, findServerUser, type ServerUser } from './server-user.js'
import { SetupError } from './setup-error.js'
import { sharedFolder } from './shared-folder.js'

/** An embedded Postgres that answers. */
export interface EmbeddedServer {
  /** connection of the superuser, to database `postgres` */
  readonly url: string
  /** false when another process that is still running has started it and will stop it */
  readonly owned: boolean
  /** Stops the server if it is ours to stop; a second call waits for the first. */
  stop (): Promise<void>
}

/** What stands in `<home>/postgres.json`, for the runs to come. */
interface ServerRecord {
  /** absolute; holds `data/` and the log */
  readonly folder: string
  readonly port: number
  readonly password: string
}

/**
 * Starts, or finds again, the embedded Postgres of a folder.
 * @param home where its data is kept, or a pointer to it when the server's user cannot enter there
 * @param settings of the server, e.g. `{ fsync: 'off' }`
 * @throws SetupError with one sentence that says what is wrong and the way out
 */
export async function startEmbeddedServer (home: string, settings: Readonly<Record<string, string>> = {}): Promise<EmbeddedServer> {
  const absolute = resolve(home)
  await mkdir(absolute, { recursive: true })
  const ownerFile = join(absolute, 'owner.json')
  const owner = await claimOwnership(ownerFile)
  if (owner !== null) return await joinServer(absolute, owner)
  try {
    const { url, process } = await startOwn(absolute, settings)
    return { url, owned: true, stop: once(async () => { await stopProcess(process); await releaseOwnership(ownerFile) }) }
  } catch (error) {
    await releaseOwnership(ownerFile)
    throw error
  }
}

async function startOwn (home: string, settings: Readonly<Record<string, string>>): Promise<{ url: string, process: ProcessIdentity }> {
  const user = findServerUser()
  const recorded = await readRecord(home)
  const folder = recorded?.folder ?? await chooseFolder(home, user)
  if (!canEnter(user, folder)) {
    throw new SetupError(`the user \`postgres\` can no longer enter ${folder}, where the data lies: open the folders above it, or remove ${home} to start afresh.`)
  }
  const dataFolder = join(folder, 'data')
  const leftOver = await findLeftOver(dataFolder)
  if (leftOver !== null) {
    const url = recorded === null ? null : superuserUrl(leftOver.port, recorded.password)
    if (url !== null && await findProblem(url) === null) return { url, process: leftOver.process }
    await stopProcess(leftOver.process)
  }
  // Without a record nobody knows the password any more: somebody has removed it to start afresh.
  if (recorded === null) await rm(dataFolder, { recursive: true, force: true })
  const cluster: Cluster = { files: await findNativeFiles(user), user, dataFolder, password: recorded?.password ?? randomBytes(18).toString('hex') }
  const port = await freePort(recorded?.port)
  await createCluster(cluster)
  await writeRecord(home, { folder, port, password: cluster.password })
  return { url: superuserUrl(port, cluster.password), process: await launch(cluster, port, settings) }
}

async function joinServer (home: string, owner: ProcessIdentity): Promise<EmbeddedServer> {
  while (isAlive(owner)) {
    const record = await readRecord(home)
    const url = record === null ? null : superuserUrl(record.port, record.password)
    if (url !== null && await findProblem(url) === null) return { url, owned: false, stop: async () => {} }
    await sleep(200)
  }
  throw new SetupError(`the process with pid ${owner.pid}, which was starting the Postgres of ${home}, has ended: try again.`)
}

async function chooseFolder (home: string, user: ServerUser): Promise<string> {
  if (canEnter(user, home)) return home
  const folder = join(await sharedFolder(user), nameOutside(home))
  await mkdir(folder, { recursive: true, mode: 0o711 })
  return folder
}

function nameOutside (home: string): string {
  return `data-${createHash('sha256').update(home).digest('hex').slice(0, 12)}`
}

// A clone that was copied brings the record of the other one along: its server is not ours, and its folder may be gone.
function isOfHome (folder: string, home: string): boolean {
  return (folder === home || basename(folder) === nameOutside(home)) && existsSync(join(folder, 'data'))
}

async function readRecord (home: string): Promise<ServerRecord | null> {
  const file = join(home, 'postgres.json')
  if (!existsSync(file)) return null
  try {
    const { folder, port, password } = JSON.parse(await readFile(file, 'utf8'))
    if (typeof folder === 'string' && typeof port === 'number' && typeof password === 'string') {
      return isOfHome(folder, home) ? { folder, port, password } : null
    }
  } catch {}
  throw new SetupError(`${file} cannot be read: remove ${home} to start afresh.`)
}

async function writeRecord (home: string, record: ServerRecord): Promise<void> {
  const file = join(home, 'postgres.json')
  await writeFile(`${file}.new`, JSON.stringify(record), { mode: 0o600 })
  await rename(`${file}.new`, file)
}

function once (work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => (running ??= work())
}
