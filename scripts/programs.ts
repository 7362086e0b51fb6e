import { endWithNpm } from './end-with-npm.js'
import { runOnServer } from './testing/run-on-server.js'

// As many programs as CI makes, with a seed of their own; it is printed. npm test makes fewer, with a fixed one.
process.env.VINTAGE_PROGRAM_RUNS ??= '20'
// The operator dies before each sub-step of each step, in npm test before every third.
process.env.VINTAGE_CRASH_STRIDE ??= '1'

const interruption = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => { interruption.abort() })
endWithNpm()

const { passed, failed } = await runOnServer(['test/data/programs/programs.test.ts', 'test/data/fleet/protocol.test.ts'], interruption.signal)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = interruption.signal.aborted ? 130 : failed === 0 && passed > 0 ? 0 : 1
