import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand, type CommandResult } from './command.js'

/** What npm would publish: no file outside this list, and each of these there. */
const ALLOWED = /^(?:package\.json|README\.md|LICENSE|CHANGELOG\.md|dist\/.+\.(?:js|js\.map|d\.ts|d\.ts\.map)|src\/.+\.ts)$/
const WANTED = ['package.json', 'LICENSE', 'dist/index.js', 'dist/index.d.ts', 'dist/knex.js', 'dist/graphile-worker.js', 'dist/testing.js', 'dist/cli/bin.js']

/** Packs the package and checks the tarball with publint and attw. */
export async function checkPackage (signal: AbortSignal): Promise<CommandResult> {
  const folder = await mkdtemp(join(tmpdir(), 'fastify-vintage-pack-'))
  try {
    const packed = await runCommand('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { signal })
    if (packed.code !== 0) return packed
    const { filename, files } = readPackList(packed.output)
    const problems = [
      ...files.filter((file) => !ALLOWED.test(file)).map((file) => `${file} should not be published`),
      ...WANTED.filter((file) => !files.includes(file)).map((file) => `${file} is missing from the package`)
    ]
    if (problems.length > 0) return { code: 1, output: problems.join('\n') }
    const tarball = join(folder, filename)
    const publint = await runCommand('publint', ['run', '--strict', tarball], { signal })
    if (publint.code !== 0) return publint
    return await runCommand('attw', [tarball, '--profile', 'esm-only', '--no-definitely-typed', '--no-color'], { signal })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function readPackList (output: string): { filename: string, files: string[] } {
  const start = output.indexOf('[')
  const [first] = JSON.parse(output.slice(start, output.lastIndexOf(']') + 1))
  return { filename: String(first.filename), files: first.files.map((file: { path: string }) => file.path) }
}
