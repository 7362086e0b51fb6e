import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../testing/command.js'
import { readResults } from '../testing/read-results.js'
import type { Copy } from './copy.js'
import { mutate, needsPostgres, type Mutant } from './mutant.js'

/** `killed`: a test of the right name turned red. `survived`: none did. `elsewhere`: others did, but not that one. */
export type Fate = 'killed' | 'survived' | 'elsewhere'

/** What became of a mutant, and the first test that turned red. */
export interface Trial {
  readonly mutant: Mutant
  readonly fate: Fate
  readonly red: string | null
}

/**
 * Names of the assertions of a test file that fail. Tests that need Postgres take their time: of these only those run
 * that are to notice one of the mutants.
 */
export async function failuresOf (folder: string, test: string, mutants: readonly Mutant[]): Promise<readonly string[]> {
  const only: Record<string, string> = mutants.some(needsPostgres) ? { TAP_GREP: `/${mutants.map(({ red }) => escapePattern(red)).join('|')}/` } : {}
  const { code, output } = await runCommand(process.execPath, ['--conditions=vintage-source', '--import=./scripts/typescript.mjs', test], { cwd: folder, env: { NO_COLOR: '1', TAP_TIMEOUT: '60', ...only } })
  const { passed, failures } = readResults(output)
  if (failures.length === 0 && code !== 0) return [`${test} ended with ${code}: ${output.slice(-500)}`]
  return passed === 0 && failures.length === 0 ? [`${test} has no assertions`] : failures.map(({ name }) => name)
}

/** Applies one mutant in a copy, runs its test file, and takes the mutant back. */
export async function tryMutant ({ folder }: Copy, mutant: Mutant): Promise<Trial> {
  const file = join(folder, mutant.file)
  const source = await readFile(file, 'utf8')
  await writeFile(file, mutate(source, mutant))
  try {
    const failures = await failuresOf(folder, mutant.test, [mutant])
    const named = failures.find((name) => name.includes(mutant.red))
    return { mutant, fate: named !== undefined ? 'killed' : failures.length > 0 ? 'elsewhere' : 'survived', red: named ?? failures[0] ?? null }
  } finally {
    await writeFile(file, source)
  }
}

function escapePattern (text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}
