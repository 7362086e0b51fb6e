import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findProblem } from './connection.js'
import { findLeftOver } from './left-over.js'
import { isAlive, type ProcessIdentity } from './processes.js'
import { superuserUrl } from './run-server.js'
import { readRecord } from './server-record.js'
import { SetupError } from './setup-error.js'

/** How a start waits for another one. */
export interface JoinOptions {
  /** gives the start up */
  readonly signal?: AbortSignal
  /** gets a line about what takes long or what is put aside; @default console.log */
  readonly say?: (line: string) => void
  /** how long a server that another process holds may take to answer; @default 60_000 */
  readonly joinMs?: number
}

const QUIET_MS = 2_000

/**
 * Waits until the server that another process starts, or has started, for this home answers.
 * @returns its superuser's URL
 * @throws SetupError when that process ends, or the server does not answer in time
 */
export async function joinServer (home: string, owner: ProcessIdentity, options: JoinOptions): Promise<string> {
  const { signal, say = console.log, joinMs = 60_000 } = options
  const began = performance.now()
  let told = false
  while (isAlive(owner)) {
    const url = await findUrl(home)
    if (url !== null && await findProblem(url, 1_000) === null) return url
    const waitedMs = performance.now() - began
    if (waitedMs > joinMs) {
      throw new SetupError(`the process with pid ${owner.pid} holds the Postgres of ${home}, which does not answer: stop that process and try again.`)
    }
    if (!told && waitedMs > QUIET_MS) say(`waiting for pid ${owner.pid}, which holds the Postgres of ${home}`)
    told ||= waitedMs > QUIET_MS
    await sleep(200, undefined, { signal })
  }
  throw new SetupError(`the process with pid ${owner.pid}, which was starting the Postgres of ${home}, has ended: try again.`)
}

// The port of the record may be the one of a server that ran here before, and somebody else's now.
async function findUrl (home: string): Promise<string | null> {
  const record = await readRecord(home)
  const server = record === null ? null : await findLeftOver(join(record.folder, 'data'))
  return record === null || server === null ? null : superuserUrl(server.port, record.password)
}
