import { parseArgs } from 'node:util'
import { OLDEST } from './postgres/majors.js'
import { SetupError } from './postgres/setup-error.js'
import { checkPackage } from './testing/check-package.js'
import { runCommand, type CommandResult } from './testing/command.js'
import type { Counts } from './testing/read-results.js'
import { runAsProgram } from './testing/run-as-program.js'
import { runOnServer } from './testing/run-on-server.js'
import { testOnMajor } from './testing/test-on-major.js'

/** One check beside the tests; prints its output only when it fails. */
async function check (name: string, work: Promise<CommandResult>): Promise<Counts> {
  const began = performance.now()
  const { code, output } = await work
  console.log(`${code === 0 ? '✔' : '✖'} ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`)
  if (code !== 0) console.log(output)
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

async function checkEverything (signal: AbortSignal): Promise<Counts[]> {
  // the tests run what the build writes, so it goes first, alone; its types are checked with all others
  const built = await check('build', runCommand('npm', ['run', '--silent', 'build', '--', '--no-check'], { signal }))
  const { VINTAGE_TEST_POSTGRES: given } = process.env
  return [built, ...await Promise.all([
    // every phase there and back, with a fleet and `online`; `npm run test:pg` runs the rest on all majors
    given === undefined ? testOnMajor(OLDEST, ['test/data/roles.test.ts'], signal) : { passed: 0, failed: 0 },
    check('lint', runCommand('eslint', ['.'], { signal })),
    check('types', runCommand('tsc', ['-p', 'tsconfig.json'], { signal })),
    check('package', checkPackage(signal)),
    // beside them, since tests wait now and then
    runOnServer([], signal)
  ])]
}

await runAsProgram(async (signal) => {
  const { values, positionals } = parseArgs({ options: { only: { type: 'boolean' } }, allowPositionals: true })
  if (values.only === true && positionals.length === 0) throw new SetupError('name the test files to run: npm run test:only -- test/plugin.test.ts')
  return values.only === true ? [await runOnServer(positionals, signal)] : await checkEverything(signal)
})
