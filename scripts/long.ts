import { runAsProgram } from './testing/run-as-program.js'
import { runOnServer } from './testing/run-on-server.js'
import { LONG } from './testing/test-suites.js'

// As many programs as CI makes, with a seed of their own; it is printed.
process.env.VINTAGE_PROGRAM_RUNS ??= '20'

await runAsProgram(async (signal) => [await runOnServer(LONG.map((file) => `test/${file}`), signal)])
