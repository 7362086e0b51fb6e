import { parseArgs } from 'node:util'
import { endWithNpm } from './end-with-npm.js'
import { ALL_MAJORS, type Major } from './postgres/majors.js'
import { SetupError } from './postgres/setup-error.js'
import type { Counts } from './testing/read-results.js'
import { testOnMajor } from './testing/test-on-major.js'

// Runs the data tests on servers of their own, one major version of Postgres after the other.
const interruption = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => { interruption.abort() })
endWithNpm()

function majorOf (text: string): Major {
  const major = ALL_MAJORS.find((major) => String(major) === text)
  if (major === undefined) throw new SetupError(`there is no Postgres ${text} here: choose of ${ALL_MAJORS.join(', ')}, or none for all, and test files after them.`)
  return major
}

async function main (): Promise<number> {
  const { positionals } = parseArgs({ allowPositionals: true })
  const files = positionals.filter((text) => text.endsWith('.test.ts'))
  const chosen = positionals.filter((text) => !text.endsWith('.test.ts')).map(majorOf)
  const total = { passed: 0, failed: 0 }
  for (const major of chosen.length === 0 ? ALL_MAJORS : chosen) {
    if (interruption.signal.aborted) break
    const began = performance.now()
    console.log(`Postgres ${major}`)
    const counts: Counts = await testOnMajor(major, files, interruption.signal)
    total.passed += counts.passed
    total.failed += counts.failed
    console.log(`Postgres ${major}: ${counts.passed} right, ${counts.failed} wrong (${((performance.now() - began) / 1000).toFixed(1)} s)`)
  }
  console.log(`${total.passed} passed, ${total.failed} failed`)
  return interruption.signal.aborted ? 130 : total.failed === 0 && total.passed > 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  console.error(error instanceof SetupError ? `fastify-vintage: ${error.message}` : error)
  console.log('0 passed, 1 failed')
  process.exitCode = 1
}
