import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from './command.js'

/** These take long, and so have a process to themselves; they go first, beside the others. */
const ALONE = [
  'end-to-end/proof.test.ts',
  'example/start.test.ts',
  'data/backfill.test.ts',
  'scripts/embedded-server.test.ts',
  'cli/process.test.ts'
]

/** The files of a folder share a process: to start one costs more than most of them run. */
const FOLDERS = ['data/knex', 'data', 'cli', 'versioning', 'http', '']

/** Where the entry of each shared process is written; ignored by git. */
const ENTRIES = '.tap/suites'

/** Writes an entry for each shared process. Resolves to what tap is to run: every test file is in it once. */
export async function writeTestSuites (): Promise<string[]> {
  const files = (await readdir(join(ROOT, 'test'), { recursive: true })).filter((file) => file.endsWith('.test.ts')).sort()
  await rm(join(ROOT, ENTRIES), { recursive: true, force: true })
  await mkdir(join(ROOT, ENTRIES), { recursive: true })
  const suites = ALONE.map((file) => `test/${file}`)
  const left = new Set(files.filter((file) => !ALONE.includes(file)))
  for (const folder of FOLDERS) {
    const shared = [...left].filter((file) => file.startsWith(folder))
    for (const file of shared) left.delete(file)
    const entry = `${ENTRIES}/${folder === '' ? 'others' : folder.replace('/', '-')}.mjs`
    await writeFile(join(ROOT, entry), shared.map((file) => `await import('../../test/${file}')\n`).join(''))
    suites.push(entry)
  }
  return suites
}
