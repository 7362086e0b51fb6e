import { mkdir, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { canEnter, type ServerUser } from './server-user.js'
import { sharedFolder } from './shared-folder.js'

/** The folder for a home's data: the home itself, or one outside when the server's user cannot enter there. */
export async function chooseFolder (home: string, user: ServerUser): Promise<string> {
  if (canEnter(user, home)) return home
  const folder = join(await sharedFolder(user), await nameOutside(home))
  await mkdir(folder, { recursive: true, mode: 0o711 })
  return folder
}

/** Whether a folder holds the data of this home, and not of the one that it is a copy of. */
export async function isOfHome (folder: string, home: string): Promise<boolean> {
  return folder === home || basename(folder) === await nameOutside(home)
}

// The inode stays when the clone is renamed, and a copy has another one.
async function nameOutside (home: string): Promise<string> {
  return `data-${(await stat(home)).ino}`
}
