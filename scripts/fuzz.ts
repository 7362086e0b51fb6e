import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ROOT } from './testing/command.js'
import { runTap } from './testing/run-tap.js'

// As many runs as CI makes, with a seed of their own; it is printed.
process.env.VINTAGE_FUZZ_RUNS ??= '20000'

const files = (await readdir(join(ROOT, 'test', 'fuzz'))).filter((name) => name.endsWith('.test.ts'))
const { passed, failed } = await runTap({ postgresUrl: '', files: files.map((name) => `test/fuzz/${name}`) })
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 && passed > 0 ? 0 : 1
