import { chmod, lstat, mkdir, mkdtemp, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canEnter, type ServerUser } from './server-user.js'
import { SetupError } from './setup-error.js'

/**
 * A folder outside the clone that the server's user can enter and nobody but us can write. Somebody else may have
 * taken its name in a folder that everybody can write, or put a link there: then a new one is made.
 */
export async function sharedFolder (user: ServerUser): Promise<string> {
  const parent = ['/var/tmp', tmpdir(), '/tmp'].find((folder) => canEnter(user, folder))
  if (parent === undefined) {
    throw new SetupError('the user `postgres` can enter neither this folder nor a temporary one: move the clone, or point DATABASE_URL to a server.')
  }
  return await sharedFolderIn(parent)
}

/** The same folder in every call, as long as it is ours. */
export async function sharedFolderIn (parent: string): Promise<string> {
  const name = `fastify-vintage-${process.getuid?.() ?? 'user'}`
  await mkdir(join(parent, name), { mode: 0o711 }).catch(() => {})
  const folder = await findOurs(parent, name) ?? await mkdtemp(join(parent, `${name}-`))
  await chmod(folder, 0o711)
  return folder
}

async function findOurs (parent: string, name: string): Promise<string | null> {
  const others = (await readdir(parent)).filter((other) => other.startsWith(`${name}-`)).sort()
  for (const candidate of [name, ...others]) {
    if (await isOurs(join(parent, candidate))) return join(parent, candidate)
  }
  return null
}

async function isOurs (folder: string): Promise<boolean> {
  const found = await lstat(folder).catch(() => null)
  return found !== null && found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
}
