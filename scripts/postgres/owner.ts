import { randomBytes } from 'node:crypto'
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { identify, isAlive, type ProcessIdentity } from './processes.js'
import { SetupError } from './setup-error.js'

/**
 * Makes this process the owner of a folder; whoever owns it starts and stops its server.
 * @param file where the owner is written down, in that folder
 * @returns null when we own it from now on, else who does; that may be ourselves
 * @throws SetupError when the file system cannot tell who was first
 */
export async function claimOwnership (file: string, signal?: AbortSignal): Promise<ProcessIdentity | null> {
  const folder = dirname(file)
  const draft = join(folder, `claim-${randomBytes(6).toString('hex')}`)
  await writeFile(draft, JSON.stringify({ ...identify(process.pid), folder: await inodeOf(folder) }), { mode: 0o600 })
  try {
    for (;;) {
      if (await linkNew(draft, file)) return null
      const owner = await readOwner(file)
      if (owner !== null && isAlive(owner)) return owner
      await removeEnded(file, signal)
    }
  } finally {
    await rm(draft, { force: true })
  }
}

/** Gives up what `claimOwnership` has given; the file of another owner stays. */
export async function releaseOwnership (file: string): Promise<void> {
  const owner = await readOwner(file)
  if (owner?.pid === process.pid) await rm(file, { force: true })
}

/** @returns who has claimed the folder, alive or not; null when nobody has, or the folder is a copy of the claimed one */
export async function readOwner (file: string): Promise<ProcessIdentity | null> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return parseOwner(text, await inodeOf(dirname(file)))
}

/** Makes room where an owner has ended. Only who holds the lock may, so that nobody removes the file of the next one. */
async function removeEnded (file: string, signal: AbortSignal | undefined): Promise<void> {
  const lock = `${file}.next`
  if (await claimOwnership(lock, signal) !== null) {
    await sleep(5, undefined, { signal })
    return
  }
  try {
    const text = await readFile(file, 'utf8').catch(() => null)
    if (text === null) return
    const owner = parseOwner(text, await inodeOf(dirname(file)))
    if (owner === null || !isAlive(owner)) await rm(file, { force: true })
  } finally {
    await releaseOwnership(lock)
  }
}

// A hard link appears whole or not at all, and only if nobody was there first.
async function linkNew (draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file)
    return true
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST') return false
    throw new SetupError(`${file} cannot be made as a hard link (${String(cause)}): move the clone to a file system that has them, or point DATABASE_URL to a server.`, { cause })
  }
}

// A folder keeps its inode when it is renamed; a copy of it has another one.
async function inodeOf (folder: string): Promise<number | null> {
  return await stat(folder).then(({ ino }) => ino, () => null)
}

function parseOwner (text: string, inode: number | null): ProcessIdentity | null {
  try {
    const { pid, startedAt, folder } = JSON.parse(text)
    return Number.isInteger(pid) && typeof startedAt === 'string' && folder === inode ? { pid, startedAt } : null
  } catch {
    return null
  }
}
