import { parseArgs } from 'node:util'
import { ALL_MAJORS, type Major } from './postgres/majors.js'
import { SetupError } from './postgres/setup-error.js'
import type { Counts } from './testing/read-results.js'
import { runAsProgram } from './testing/run-as-program.js'
import { testOnMajor } from './testing/test-on-major.js'

function majorOf (text: string): Major {
  const major = ALL_MAJORS.find((major) => String(major) === text)
  if (major === undefined) throw new SetupError(`there is no Postgres ${text} here: choose of ${ALL_MAJORS.join(', ')}, or none for all, and test files after them.`)
  return major
}

// Runs the data tests on servers of their own, one major version of Postgres after the other.
await runAsProgram(async (signal) => {
  const { positionals } = parseArgs({ allowPositionals: true })
  const files = positionals.filter((text) => text.endsWith('.test.ts'))
  const chosen = positionals.filter((text) => !text.endsWith('.test.ts')).map(majorOf)
  const counts: Counts[] = []
  for (const major of chosen.length === 0 ? ALL_MAJORS : chosen) {
    if (signal.aborted) break
    const began = performance.now()
    console.log(`Postgres ${major}`)
    const { passed, failed } = await testOnMajor(major, files, signal)
    counts.push({ passed, failed })
    console.log(`Postgres ${major}: ${passed} right, ${failed} wrong (${((performance.now() - began) / 1000).toFixed(1)} s)`)
  }
  return counts
})
