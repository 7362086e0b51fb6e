import { chmod, readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT, runCommand } from './testing/command.js'

const INPUTS = ['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json']
const DIST = join(ROOT, 'dist')

/** When the newest of some files and folders was written, in milliseconds; a folder is written when a file of it goes. */
async function newestOf (paths: readonly string[]): Promise<number> {
  const times = await Promise.all(paths.map(async (path) => (await stat(path)).mtimeMs))
  return Math.max(...times)
}

/** Whether something that `dist/` is made of has been written since. */
async function isStale (): Promise<boolean> {
  const built = await stat(DIST).catch(() => null)
  if (built === null) return true
  const sources = (await readdir(join(ROOT, 'src'), { recursive: true })).map((file) => join('src', file))
  return await newestOf([...INPUTS, ...sources].map((path) => join(ROOT, path))) >= built.mtimeMs
}

/** Writes `dist/` whole, or leaves the one that is there. */
async function build (checks: boolean): Promise<number> {
  const began = new Date()
  const [fresh, old] = [`${DIST}.new.${process.pid}`, `${DIST}.old.${process.pid}`] as const
  try {
    const { code, output } = await runCommand('tsc', ['-p', 'tsconfig.build.json', '--outDir', fresh, ...(checks ? [] : ['--noCheck'])])
    if (code !== 0) {
      console.error(output.trim())
      return code
    }
    await chmod(join(fresh, 'cli', 'bin.js'), 0o755)
    await utimes(fresh, began, began)
    await rename(DIST, old).catch(() => {})
    await rename(fresh, DIST)
    return 0
  } finally {
    await Promise.all([fresh, old].map((folder) => rm(folder, { recursive: true, force: true })))
  }
}

const { values } = parseArgs({ options: { 'if-stale': { type: 'boolean' }, 'no-check': { type: 'boolean' } } })
if (values['if-stale'] !== true || await isStale()) process.exitCode = await build(values['no-check'] !== true)
