import { randomBytes } from 'node:crypto'
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { identify, isAlive, type ProcessIdentity } from './processes.js'

/**
 * Makes this process the owner of a folder; whoever owns it starts and stops its server.
 * @param file where the owner is written down
 * @returns null when we own it now, else who does
 */
export async function claimOwnership (file: string): Promise<ProcessIdentity | null> {
  const mine = JSON.stringify(identify(process.pid))
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  await writeFile(draft, mine, { mode: 0o600 })
  try {
    for (;;) {
      // A hard link appears whole or not at all, and only if nobody was there first.
      const taken = await link(draft, file).then(() => false, () => true)
      if (!taken) return null
      const owner = await readOwner(file)
      if (owner !== null && isAlive(owner)) return owner.pid === process.pid ? null : owner
      await rename(file, `${draft}.stale`).catch(() => {})
    }
  } finally {
    await rm(draft, { force: true })
    await rm(`${draft}.stale`, { force: true })
  }
}

/** @returns who has claimed the folder, alive or not; null when nobody has */
export async function readOwner (file: string): Promise<ProcessIdentity | null> {
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return null
  try {
    const { pid, startedAt } = JSON.parse(text)
    return Number.isInteger(pid) && typeof startedAt === 'string' ? { pid, startedAt } : null
  } catch {
    return null
  }
}
