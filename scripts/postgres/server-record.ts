import { existsSync } from 'node:fs'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { isOfHome } from './data-folder.js'
import { SetupError } from './setup-error.js'

/** What stands in `<home>/postgres.json`, for the runs to come. */
export interface ServerRecord {
  /** absolute; holds `data/` and the log. In the file it is relative when it is the home, which may be renamed */
  readonly folder: string
  readonly port: number
  readonly password: string
}

/**
 * @returns null when there is none, or it is of another home or of data that is gone
 * @throws SetupError when it cannot be understood
 */
export async function readRecord (home: string): Promise<ServerRecord | null> {
  const file = join(home, 'postgres.json')
  if (!existsSync(file)) return null
  try {
    const { folder: written, port, password } = JSON.parse(await readFile(file, 'utf8'))
    if (typeof written === 'string' && typeof port === 'number' && typeof password === 'string') {
      const folder = resolve(home, written)
      return await isOfHome(folder, home) && existsSync(join(folder, 'data')) ? { folder, port, password } : null
    }
  } catch {}
  throw new SetupError(`${file} cannot be read: remove ${home} to start afresh.`)
}

/** Writes the record, whole or not at all. */
export async function writeRecord (home: string, record: ServerRecord): Promise<void> {
  const file = join(home, 'postgres.json')
  const folder = record.folder === home ? '.' : record.folder
  await writeFile(`${file}.new`, JSON.stringify({ ...record, folder }), { mode: 0o600 })
  await rename(`${file}.new`, file)
}
