import { runAsProgram } from './testing/run-as-program.js'
import { runOnServer } from './testing/run-on-server.js'

// As many programs as CI makes, with a seed of their own; it is printed. npm test makes fewer, with a fixed one.
process.env.VINTAGE_PROGRAM_RUNS ??= '20'
// The operator dies before each sub-step of each step, in npm test before a few.
process.env.VINTAGE_CRASH_STRIDE ??= '1'

await runAsProgram(async (signal) => [await runOnServer(['test/data/programs/programs.test.ts', 'test/data/fleet/protocol.test.ts'], signal)])
