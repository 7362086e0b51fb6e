import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from './command.js'

/**
 * What shares a process: files and folders of `test/`, each with the files that none before it has. To start a process
 * costs more than most files run; what takes long has one to itself.
 */
const SUITES = [
  'end-to-end/proof.test.ts',
  'data/fleet',
  'data/online',
  'data/knex',
  'data/backfill.test.ts',
  'data',
  'cli/process.test.ts',
  'cli',
  'http',
  'versioning',
  ''
]

/** Suites that take longest, so that nothing long is left for the end. */
const FIRST: readonly string[] = ['end-to-end/proof.test.ts', 'data', 'cli']

/** What takes longer than `npm test` has time for, and is run by `npm run test:long`; nothing of the coverage hangs on it. */
export const LONG: readonly string[] = [
  'data/backfill-long.test.ts',
  'data/fleet/process.test.ts',
  'data/fleet/protocol.test.ts',
  'data/fleet/traffic.test.ts',
  'data/programs/programs.test.ts',
  'example/start.test.ts',
  'graphile-worker-machines.test.ts',
  'scripts/embedded-server.test.ts',
  'scripts/native-files.test.ts'
]

/** Requests at random, of which `npm run test:fuzz` sends more. */
const FUZZ = 'fuzz/'

/** Where the entry of each suite is written; ignored by git. */
const ENTRIES = '.tap/suites'

/** Writes an entry for each suite with files in this folder of `test/`, without the long ones. Resolves to what tap is to run: each of those files once. */
export async function writeTestSuites (folder = ''): Promise<string[]> {
  const found = await readdir(join(ROOT, 'test'), { recursive: true })
  const files = found.filter((file) => file.startsWith(folder) && file.endsWith('.test.ts') && !file.startsWith(FUZZ) && !LONG.includes(file)).sort()
  await rm(join(ROOT, ENTRIES), { recursive: true, force: true })
  await mkdir(join(ROOT, ENTRIES), { recursive: true })
  const left = new Set(files)
  const filesOf = new Map<string, readonly string[]>()
  for (const suite of SUITES) {
    const shared = [...left].filter((file) => file.startsWith(suite))
    for (const file of shared) left.delete(file)
    filesOf.set(suite, shared)
  }
  const entries: string[] = []
  for (const [index, suite] of [...new Set([...FIRST, ...SUITES])].entries()) {
    const shared = filesOf.get(suite) ?? []
    if (shared.length === 0) continue
    // tap runs them in the order of their names
    const name = `${String(index).padStart(2, '0')}-${suite === '' ? 'others' : suite.replace('.test.ts', '').replaceAll('/', '-')}`
    await writeFile(join(ROOT, ENTRIES, `${name}.mjs`), shared.map((file) => `await import('../../test/${file}')\n`).join(''))
    entries.push(`${ENTRIES}/${name}.mjs`)
  }
  return entries
}
