import { chmod, lstat, mkdir, mkdtemp } from 'node:fs/promises'
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
  const folder = join(parent, `fastify-vintage-${process.getuid?.() ?? 'user'}`)
  await mkdir(folder, { mode: 0o711 }).catch(() => {})
  const owned = await isOurs(folder) ? folder : await mkdtemp(`${folder}-`)
  await chmod(owned, 0o711)
  return owned
}

async function isOurs (folder: string): Promise<boolean> {
  const found = await lstat(folder)
  return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0
}
